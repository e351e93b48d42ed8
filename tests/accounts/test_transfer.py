"""人事異動 as the browser sends and sees it: read, looked at, then kept."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role
from tests.factories import OrganizationFactory
from tests.personas import PERSONAS, person

from .test_sheets import text

pytestmark = pytest.mark.django_db

PAGE = "/staff/april/people/"


@pytest.fixture
def desk(secretariat, client_of):
    return client_of(secretariat)


def send(desk, content: str | bytes, name="people.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return desk.post(PAGE, {"file": SimpleUploadedFile(name, data, content_type="text/csv")})


def hidden(response, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', response.text)[1]


def apply(desk, shown, content: str, **more):
    return desk.post(f"{PAGE}apply/", {"text": content, "digest": hidden(shown, "digest")} | more)


def banners(response) -> list[str]:
    return re.findall(r'class="banner-title">([^<]*)<', response.text)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.mark.parametrize("persona", [name for name in PERSONAS if name not in ("secretariat", "sysadmin")])
def test_others_are_refused(request, persona, client_of):
    client = client_of(request.getfixturevalue(persona))
    assert [client.get(PAGE).status_code, client.get(f"{PAGE}list.csv").status_code] == [403, 403]
    assert [client.post(PAGE).status_code, client.post(f"{PAGE}apply/").status_code] == [403, 403]


def test_the_page_says_which_words_can_be_used(desk, office):
    page = words(desk.get(PAGE))
    assert ("福祉課" in page, "システム管理" in page, "1度に50人まで" in page) == (True, True, True)


def test_the_list_as_a_file(desk, writer):
    response = desk.get(f"{PAGE}list.csv")
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        "text/csv; charset=utf-8", 'attachment; filename="people.csv"',
    )  # fmt: skip
    assert response.content.decode().startswith("\ufeff操作,職員番号・ID,氏名")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_from_the_file_to_the_passwords(desk, writer, office, encoding):
    content = text("追加,1234,新任 一,,担当者,福祉課", "終了,writer,,,,")
    shown = send(desk, content.encode(encoding))
    assert (shown.status_code, banners(shown)) == (200, ["まだ何も変わっていません"])
    assert "2行（" in shown.text
    assert {user.login_id for user in User.objects.filter(is_active=True)} == {"secretariat", "writer"}
    done = apply(desk, shown, content)
    added = User.objects.get(login_id="1234")
    password = re.search(r"<dt>仮のパスワード</dt>\s*<dd>([^<]+)</dd>", done.text)[1]
    assert (added.check_password(password), User.objects.get(pk=writer.pk).is_active) == (True, False)
    assert "no-store" in done["Cache-Control"]
    again = apply(desk, shown, content)
    assert (again.status_code, "このIDの利用者は、もう登録されています。" in again.text) == (422, True)
    assert User.objects.filter(login_id="1234").count() == 1


def test_a_list_without_new_people_goes_back_to_the_people(desk, writer, office):
    content = text("異動,writer,,,課長,福祉課")
    done = apply(desk, send(desk, content), content)
    assert done["Location"] == "/staff/people/"
    assert writer.memberships.get().role == Role.APPROVER


def test_mistakes_stand_with_row_and_column(desk, writer):
    shown = send(desk, text("異動,writer,,,課長,ない課"))
    assert (shown.status_code, banners(shown)) == (422, ["直すところがあります"])
    assert "2 組織 ない課 この名称の組織は、いまありません。" in words(shown)
    assert "反映する</button>" not in shown.text


def test_nothing_to_change_is_said(desk, writer):
    assert "変わるところは、ありません" in send(desk, text(",writer,,,担当者,福祉課")).text


def test_what_changed_meanwhile_is_looked_at_again(desk, writer, office):
    content = text("異動,writer,,,課長,福祉課")
    shown = send(desk, content)
    writer.memberships.update(organization=OrganizationFactory(name="総務課"))
    moved = apply(desk, shown, content)
    assert (moved.status_code, banners(moved)[0]) == (422, "まだ反映していません")
    assert ("総務課　担当者" in moved.text, writer.memberships.get().role) == (True, Role.WRITER)


def test_what_was_not_looked_at_is_not_applied(desk, writer, office):
    shown = send(desk, text("異動,writer,,,課長,福祉課"))
    forged = apply(desk, shown, text("終了,writer,,,,"))
    assert (forged.status_code, User.objects.get(pk=writer.pk).is_active) == (422, True)


def test_a_refusal_at_the_last_moment_changes_nothing(desk, writer, office, monkeypatch):
    content = text("追加,1,新任,,委員,", "終了,writer,,,,")
    shown = send(desk, content)
    monkeypatch.setattr("mine_welfare.accounts.actions.retire_refusal", lambda by, person: "いまはできません。")
    assert apply(desk, shown, content)["Location"] == PAGE
    assert not User.objects.filter(login_id="1").exists()


def test_the_secretariat_does_not_raise_itself(desk, secretariat):
    shown = send(desk, text("異動,secretariat,,,システム管理,", ",secretariat,,,事務局,"))
    assert (shown.status_code, secretariat.memberships.get().role) == (422, Role.SECRETARIAT)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "ファイルが空です。"),
        (b"x" * 10_000_000, "ファイルは500KBまでです。"),
        (b"\x81\xff\xfe\x80", "文字コードを読み取れません。"),
        ("操作,氏名\r\n追加,x", "1行目の見出しを"),
        (b"\x00" * 100, "1行目の見出しを"),
        (b"PK\x03\x04" + b"\x00" * 100, "1行目の見出しを"),
        (text("追加,1,=HYPERLINK(x),,委員,"), "「=」で始まる値は使えません。"),
    ],
    ids=["empty", "10 MB", "no text", "wrong columns", "NUL", "a zip", "a formula"],
)
def test_files_that_are_none(desk, content, sentence):
    answer = send(desk, content)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert User.objects.count() == 1


def test_no_file_at_all(desk):
    answer = desk.post(PAGE)
    assert (answer.status_code, "CSVファイルを選んでください。" in answer.text) == (422, True)


def test_what_a_file_says_is_text_on_the_page(desk):
    assert "<script>" not in send(desk, text("追加,1,<script>alert(1)</script>,,委員,")).text.split("</head>")[1]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_preview(desk, office, number, django_assert_num_queries):
    for n in range(number):
        person(Role.WRITER, office, login_id=f"w{n}")
    content = text(*(f"異動,w{n},,,課長,福祉課" for n in range(number)))
    with django_assert_num_queries(8):
        assert send(desk, content).status_code == 200
