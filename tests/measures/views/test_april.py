"""年度替わり and 組織改編 as the browser sends and sees them."""

import re

import pytest
from django.utils import timezone

from measures.models import Reorganization
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import fiscal_year
from tests.factories import ActionFactory, EntryFactory, MeasureFactory, OrganizationFactory, ResponsibilityFactory
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db

LIST = "/staff/april/organizations/"


@pytest.fixture
def desk(secretariat, client_of):
    return client_of(secretariat)


@pytest.fixture
def year():
    return fiscal_year(timezone.localdate())


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy__goal__plan=plan)


def banners(response) -> list[str]:
    return re.findall(r'class="banner-title">([^<]*)<', response.text)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.text))


def rows(*targets: dict) -> dict:
    """What the browser sends of the new organizations."""
    data = {"targets-TOTAL_FORMS": str(len(targets)), "targets-INITIAL_FORMS": "0"}
    return data | {f"targets-{n}-{name}": value for n, row in enumerate(targets) for name, value in row.items()}


def prepare(desk, kind, sources, *targets, **more):
    year = fiscal_year(timezone.localdate())
    return desk.post(f"{LIST}new/{kind}/", {"year": str(year), "sources": sources} | rows(*targets) | more, follow=True)


# ---- who may --------------------------------------------------------------------
@pytest.mark.parametrize("persona", [name for name in PERSONAS if name != "secretariat"])
@pytest.mark.parametrize("path", [LIST, f"{LIST}new/rename/", f"{LIST}1/"])
def test_only_the_secretariat_opens_these_pages(request, persona, path, client_of):
    assert client_of(request.getfixturevalue(persona)).get(path).status_code == 403


@pytest.mark.parametrize("persona", [name for name in PERSONAS if name not in ("secretariat", "sysadmin")])
def test_the_first_page_is_for_those_who_keep_the_lists(request, persona, client_of):
    assert client_of(request.getfixturevalue(persona)).get("/staff/april/").status_code == 403


def test_the_system_administrator_sees_only_the_people(client_of, sysadmin, plan):
    page = client_of(sysadmin).get("/staff/april/")
    assert ("人事異動" in page.text, "組織改編</a>" in page.text) == (True, False)


def test_the_first_page_says_what_waits(desk, office, writer, measure, year, secretariat):
    ResponsibilityFactory(action=ActionFactory(measure=measure), organization=None)
    ResponsibilityFactory(action=ActionFactory(measure=measure), organization=office)
    Organization.objects.update(valid_to=year - 1)
    Reorganization.objects.create(kind="rename", year=year, drafted_by=secretariat)
    text = words(desk.get("/staff/april/"))
    assert "反映していない組織改編が1件あります。" in text
    assert "廃止した組織に残っている利用者がいます：担当 者" in text
    assert "担当が決まっていない取組 1件、廃止した組織が担当のままの取組 1件" in text


def test_before_a_plan_is_loaded_the_first_page_stands(desk):
    assert desk.get("/staff/april/").status_code == 200


# ---- prepared ---------------------------------------------------------------------
def test_a_rename_from_the_form_to_the_record(desk, entry, office, writer, year):
    shown = prepare(desk, "rename", str(office.pk), {"name": "地域福祉課", "phone": "0837-11-1111"})
    row = Reorganization.objects.get()
    assert shown.redirect_chain == [(f"{LIST}{row.pk}/", 302)]
    text = words(shown)
    assert ("まだ何も変わっていません" in text, "担当する取組 1件" in text, "利用者 1件" in text) == (True, True, True)
    assert Organization.objects.get() == office
    done = desk.post(f"{LIST}{row.pk}/apply/", follow=True)
    assert done.redirect_chain == [(f"{LIST}{row.pk}/", 302)]
    assert "さんが反映しました。移したものは3件です。" in words(done)
    assert Organization.objects.get(name="地域福祉課").phone == "0837-11-1111"
    again = desk.post(f"{LIST}{row.pk}/apply/", follow=True)
    assert banners(again) == ["この組織改編は、もう反映してあります。"]
    assert Organization.objects.count() == 2
    assert "反映済" in words(desk.get(LIST))


def test_a_split_keeps_what_was_chosen_when_something_is_missing(desk, entry, action, office, writer):
    prepare(desk, "split", str(office.pk), {"name": "甲課"}, {"name": "乙課"})
    row = Reorganization.objects.get()
    responsibility = action.responsibilities.get()
    missing = desk.post(f"{LIST}{row.pk}/apply/", {f"responsibility-{responsibility.pk}": "2"})
    assert (missing.status_code, banners(missing)[0]) == (422, "反映していません")
    assert "「担当 者」の移し先を選んでください。" in words(missing)
    assert '<option value="2" selected>乙課</option>' in missing.text
    assert Organization.objects.count() == 1
    desk.post(f"{LIST}{row.pk}/apply/", {f"responsibility-{responsibility.pk}": "2", f"person-{writer.pk}": "1"})
    entry.refresh_from_db()
    assert (entry.organization.name, writer.memberships.get().organization.name) == ("乙課", "甲課")


def test_a_part_of_the_work_goes_to_another_office(desk, office):
    general = OrganizationFactory(name="総務課")
    prepare(desk, "split", str(office.pk), {"organization": str(general.pk)}, keeps="on")
    targets = Reorganization.objects.get().targets.all()
    assert [target.organization for target in targets] == [office, general]


def test_several_are_merged(desk, office):
    general = OrganizationFactory(name="総務課")
    shown = prepare(desk, "merge", [str(office.pk), str(general.pk)], {"name": "総合課"})
    assert "この組織には、移すものがありません。" in words(shown)
    assert set(Reorganization.objects.get().sources.all()) == {office, general}


def test_next_years_reorganization_says_what_moves_at_once(desk, office, year):
    data = {"year": str(year + 1), "sources": str(office.pk)} | rows({"name": "地域福祉課"})
    assert "反映するとすぐに新しい組織に移ります" in words(desk.post(f"{LIST}new/rename/", data, follow=True))


def test_it_can_be_given_up(desk, office):
    prepare(desk, "rename", str(office.pk), {"name": "地域福祉課"})
    row = Reorganization.objects.get()
    gone = desk.post(f"{LIST}{row.pk}/discard/", follow=True)
    assert banners(gone) == ["組織改編の用意を取りやめました。何も変わっていません。"]
    assert Reorganization.objects.count() == 0


def test_what_was_carried_out_cannot_be_given_up(desk, office):
    prepare(desk, "rename", str(office.pk), {"name": "地域福祉課"})
    row = Reorganization.objects.get()
    desk.post(f"{LIST}{row.pk}/apply/")
    assert banners(desk.post(f"{LIST}{row.pk}/discard/", follow=True))[-1] == "この組織改編は、もう反映してあります。"


# ---- bad input -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("rename", {"sources": ""}, "元の組織を選んでください。"),
        ("rename", {"sources": "999999"}, "元の組織："),
        ("rename", {"year": "1999"}, "いつから："),
        ("rename", {"year": "x"}, "いつから："),
        ("rename", {"targets-TOTAL_FORMS": ""}, "送られた内容を読み取れませんでした。"),
        ("rename", rows({"name": ""}), "新しい組織の名称を入力するか、いまある組織を選んでください。"),
        ("rename", rows({"name": "x" * 61}), "1つめの新しい名称："),
        ("rename", rows({"name": "新\x00課"}), "1つめの新しい名称："),
        ("rename", rows({"name": "", "phone": "1"}), "1つめの新しい名称：新しい名称を入力してください。"),
        ("rename", rows({"name": "新課", "slug": "日本語"}), "1つめの識別名："),
        ("rename", rows({"name": "新課", "slug": "welfare"}), "識別名「welfare」は、ほかの組織が使っています。"),
        ("split", rows({"name": "新課"}), "分割・一部移管では、元の組織を1つと、移し先を2つ以上指定してください。"),
        ("merge", {"sources": []}, "元の組織を選んでください。"),
    ],
)
def test_what_is_sent_back(desk, office, year, kind, data, sentence):
    given = {"year": str(year), "sources": str(office.pk)} | rows({"name": "新課"}) | data
    answer = desk.post(f"{LIST}new/{kind}/", given)
    assert (answer.status_code, "<title>エラー：" in answer.text) == (422, True)
    assert sentence in words(answer)
    assert Reorganization.objects.count() == 0


def test_a_name_beside_a_chosen_office_is_asked_about(desk, office):
    general = OrganizationFactory(name="総務課")
    answer = prepare(desk, "merge", [str(office.pk)], {"organization": str(general.pk), "name": "新課"})
    assert "いまある組織を選んだときは、新しい名称は空欄にしてください。" in words(answer)


@pytest.mark.parametrize("path", ["new/close/", "999/", "999/apply/", "999/discard/"])
def test_what_there_is_not(desk, path):
    send = desk.post if path.endswith(("apply/", "discard/")) else desk.get
    assert send(f"{LIST}{path}").status_code == 404


# ---- the same number of questions ---------------------------------------------------------
@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_preview(desk, measure, cycle, office, number, django_assert_num_queries):
    for _ in range(number):
        action = ActionFactory(measure=measure)
        ResponsibilityFactory(action=action, organization=office)
        EntryFactory(cycle=cycle, action=action, organization=office)
    prepare(desk, "split", str(office.pk), *({"name": f"新{n}課"} for n in range(number + 1)))
    row = Reorganization.objects.get()
    with django_assert_num_queries(14):
        assert desk.get(f"{LIST}{row.pk}/").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_list_and_the_record(desk, measure, number, django_assert_num_queries):
    for n in range(number):
        office = OrganizationFactory()
        ResponsibilityFactory(action=ActionFactory(measure=measure), organization=office)
        prepare(desk, "rename", str(office.pk), {"name": f"改名{n}課"})
    for row in Reorganization.objects.all():
        desk.post(f"{LIST}{row.pk}/apply/")
    with django_assert_num_queries(7):
        desk.get(LIST)
    with django_assert_num_queries(8):
        desk.get(f"{LIST}{row.pk}/")
    with django_assert_num_queries(8):
        desk.get("/staff/april/")
