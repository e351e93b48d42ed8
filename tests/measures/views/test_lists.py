"""Each staff table as Excel and CSV, with the filter of the page."""

import pytest

from mine_welfare.accounts.models import Organization
from tests.factories import (
    ActionFactory,
    EntryFactory,
    OpinionFactory,
    OrganizationFactory,
    ResponsibilityFactory,
    fill,
)
from tests.tables import as_csv, as_excel

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(entry, cycle, action):
    """One sheet that was begun, and an untouched one of another organization."""
    fill(entry, state="draft", is_late=True)
    ActionFactory._meta.model.objects.filter(pk=action.pk).update(title="=1+1")
    other = OrganizationFactory(name="建設課", slug="kensetsu")
    return EntryFactory(cycle=cycle, action=ActionFactory(measure=action.measure), organization=other)


HEAD = [
    "年度", "番号", "取組", "課・団体", "状態", "前年度の達成度", "達成度", "今後の方向性",
    "代理入力", "締切後入力", "未回答のまま締切", "最終保存",
]  # fmt: skip


def test_the_list_of_sheets_as_excel(two, entry, secretariat, client_of):
    answer = client_of(secretariat).get("/staff/entries/", {"format": "xlsx"})
    assert as_excel(answer) == [
        HEAD,
        [2025, entry.action.code, "=1+1", "福祉課", "入力中", None, "B 計画どおり", "継続", None, "はい", None, None],
        [2025, two.action.code, two.action.title, "建設課", "未入力", *[None] * 7],
    ]
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%80%8B%E7%A5%A8")


def test_the_filter_of_the_page_holds_in_the_file(two, secretariat, client_of):
    answer = client_of(secretariat).get("/staff/entries/", {"format": "csv", "organization": "kensetsu"})
    assert [row[1] for row in as_csv(answer)] == ["番号", two.action.code]


def test_a_department_saves_only_what_it_may_read(two, entry, writer, client_of):
    answer = client_of(writer).get("/staff/entries/", {"format": "csv"})
    assert [row[:3] for row in as_csv(answer)] == [HEAD[:3], ["2025", entry.action.code, "'=1+1"]]


def test_another_format_is_the_page(two, secretariat, client_of):
    answer = client_of(secretariat).get("/staff/entries/", {"format": "pdf"})
    assert answer["Content-Type"] == "text/html; charset=utf-8"


def test_the_page_offers_both_with_its_filter(two, secretariat, client_of):
    text = client_of(secretariat).get("/staff/entries/", {"organization": "kensetsu"}).content.decode()
    assert 'href="?organization=kensetsu&amp;format=xlsx"' in text
    assert 'href="?organization=kensetsu&amp;format=csv"' in text


def test_提出状況_as_excel(two, secretariat, client_of):
    rows = as_excel(client_of(secretariat).get("/staff/cycles/2025/", {"format": "xlsx"}))
    assert rows[0][:4] == ["年度", "課・団体", "未入力", "入力中"]
    assert sorted(row[1:4] + row[-1:] for row in rows[1:]) == [["建設課", 1, 0, 1], ["福祉課", 0, 1, 1]]


def test_責任の割当て_as_csv(entry, action, secretariat, client_of):
    ResponsibilityFactory(action=action, organization=None)
    ended = OrganizationFactory(name="旧課", valid_to=2020)
    ResponsibilityFactory(action=action, organization=ended)
    rows = as_csv(client_of(secretariat).get("/staff/responsibilities/", {"format": "csv"}))
    assert [row[3:] for row in rows] == [
        ["計画書の表記", "状況", "組織"],
        ["旧課", "廃止した組織が担当", "旧課"],
        ["関係各課", "担当が決まっていない", ""],
    ]


def test_opinions_without_who_said_them(cycle, secretariat, client_of):
    OpinionFactory(cycle=cycle, text="周知を\n工夫してほしい。", meeting="第1回", received_at=None)
    rows = as_csv(client_of(secretariat).get("/staff/opinions/", {"format": "csv"}))
    assert rows == [
        ["年度", "施策", "会議", "意見", "受付", "市の考え方"],
        ["2025", "計画全体", "第1回", "周知を／工夫してほしい。", "受付前", ""],
    ]


def test_people_and_organizations(writer, secretariat, client_of):
    client = client_of(secretariat)
    people = as_excel(client.get("/staff/people/", {"format": "xlsx"}))
    assert people[0] == ["氏名", "職員番号・ID", "電子メール", "所属と役割", "最後のサインイン", "利用を終えた日"]
    assert [row[:4] for row in people[1:]] == [
        ["事務 局", "secretariat", "secretariat@example.jp", "事務局"],
        ["担当 者", "writer", "writer@example.jp", "福祉課　担当者"],
    ]
    Organization.objects.filter(slug="welfare").update(phone="+81 837", valid_from=2008)
    offices = as_csv(client.get("/staff/organizations/", {"format": "csv"}))
    assert offices == [
        ["名称", "識別名", "区分", "電話", "課長の確認", "利用者数", "設置年度", "廃止年度", "継承先"],
        ["福祉課", "welfare", "市", "'+81 837", "あり", "1", "2008", "", ""],
    ]
