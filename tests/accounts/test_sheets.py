"""人事異動 as a CSV: out, in, and each mistake with its row and column."""

import csv
import io

import pytest

from mine_welfare.accounts import actions, sheets
from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.accounts.sheets import COLUMNS, Operation
from tests.factories import OrganizationFactory
from tests.personas import person

pytestmark = pytest.mark.django_db

YEAR = 2026
HEADING = ",".join(COLUMNS)
NO_SUCH = "この名称の組織は、いまありません。組織の一覧の名称と同じにしてください。"
ONLY_THEY = "「システム管理」の役割を付けたり外したりできるのは、システム管理の人だけです。"


def text(*rows: str) -> str:
    return "\r\n".join([HEADING, *rows])


def check(by: User, *rows: str):
    """(changes, problems) of a file with these rows."""
    found, problems = sheets.read(text(*rows))
    changes, more = sheets.changes(found, by, YEAR)
    return changes, [*problems, *more]


def said(problems) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.sentence) for problem in problems]


def roles_of(user: User) -> set:
    return set(user.memberships.values_list("role", "organization__name"))


@pytest.fixture
def general(db):
    return OrganizationFactory(name="総務課", slug="general")


# ---- out -------------------------------------------------------------------------
def test_the_list_of_people_is_one_row_for_each_role(writer, secretariat, general):
    writer.memberships.create(role=Role.APPROVER, organization=general)
    person(Role.COMMITTEE, login_id="left", is_active=False)
    rows = list(csv.reader(io.StringIO(sheets.people_csv().removeprefix("\ufeff"))))
    assert rows == [
        list(COLUMNS),
        ["", "secretariat", "事務 局", "secretariat@example.jp", "事務局", ""],
        ["", "writer", "担当 者", "writer@example.jp", "担当者", "福祉課"],
        ["", "writer", "担当 者", "writer@example.jp", "課長", "総務課"],
    ]


def test_what_goes_out_comes_in_as_no_change(writer, secretariat, general):
    User.objects.filter(pk=writer.pk).update(name="@担当")  # disarmed on the way out
    out = sheets.people_csv()
    assert "'@担当" in out
    rows, problems = sheets.read(sheets.decode(out.encode())[0])
    assert said(problems) == [(3, "氏名", "「@」で始まる値は使えません。")]
    User.objects.filter(pk=writer.pk).update(name="担当")
    moved = sheets.people_csv().replace("\r\n,", "\r\n異動,")
    rows, problems = sheets.read(sheets.decode(moved.encode())[0])
    assert (sheets.changes(rows, secretariat, YEAR), problems) == (([], []), [])


# ---- bytes -------------------------------------------------------------------------
@pytest.mark.parametrize(("encoding", "name"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp932", "Shift_JIS")])
def test_what_a_spreadsheet_writes_is_read(encoding, name):
    given = text("追加,1,髙橋①,,委員,")
    assert sheets.decode(given.encode(encoding)) == (given, name)


@pytest.mark.parametrize("data", [text().encode("utf-16"), b"\x81\xff\xfe\x80", bytes(range(128, 256))])
def test_what_no_spreadsheet_writes_is_not(data):
    assert sheets.decode(data) == ("", "")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("", "ファイルが空です。"),
        ("\r\n\r\n", "ファイルが空です。"),
        ("氏名,ID\r\nx,y", f"1行目の見出しを「{'、'.join(COLUMNS)}」にしてください。"),
        (HEADING + ",備考", f"1行目の見出しを「{'、'.join(COLUMNS)}」にしてください。"),
        (HEADING + '\r\n"閉じない', "CSVとして読み取れません。表計算ソフトで開き、CSV形式で保存し直してください。"),
        (
            HEADING + "\r\n追加," + "x" * 200_000,
            "CSVとして読み取れません。表計算ソフトで開き、CSV形式で保存し直してください。",
        ),
        (
            "\r\n".join([HEADING, *["追加,1,x,,委員,"] * 1001]),
            "1度に読み取れるのは1000行までです。分けて取り込んでください。",
        ),
    ],
)
def test_a_file_that_is_none(given, sentence):
    rows, problems = sheets.read(given)
    assert (rows, [problem.sentence for problem in problems]) == ([], [sentence])


def test_the_columns_may_stand_in_any_order_and_width():
    rows, problems = sheets.read(
        "組織,役割,電子メール,氏名,職員番号・ＩＤ,操作\r\n福祉課,担当者,,新任,12,追加\r\n,,,,,\r\n福祉課,課長,,,,\r\n\r\n"
    )
    assert problems == []
    assert [(row.number, row.cells["職員番号・ID"], row.cells["組織"]) for row in rows] == [
        (2, "12", "福祉課"),
        (4, "", "福祉課"),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("追加,1,=1+1,,委員,", (2, "氏名", "「=」で始まる値は使えません。")),
        ("追加,1,＝cmd,,委員,", (2, "氏名", "「＝」で始まる値は使えません。")),
        ("追加,@SUM(A1),x,,委員,", (2, "職員番号・ID", "「@」で始まる値は使えません。")),
        ("追加,1,新\x00任,,委員,", (2, "氏名", "改行や、画面に表示できない文字は使えません。")),
        ('追加,1,"新\n任",,委員,', (2, "氏名", "改行や、画面に表示できない文字は使えません。")),
        (f"追加,1,{'x' * 61},,委員,", (2, "氏名", "60字までにしてください。")),
        ("追加,1,x,,委員", (2, "", "列が5あります。6列にしてください。")),
        ("追加,1,x,,委員,,,", (2, "", "列が8あります。6列にしてください。")),
    ],
)
def test_a_cell_that_cannot_be(row, problem):
    _, problems = sheets.read(text(row))
    assert said(problems) == [problem]


# ---- changes -----------------------------------------------------------------------
def test_one_list_of_everything(secretariat, writer, approver, office, general):
    changes, problems = check(
        secretariat,
        "追加,１２３４,新任 一,ｎｅｗ@example.jp,担当者,福祉課",
        "異動,writer,,,課長,総務課",
        "終了,approver,,,,",
        ",secretariat,,,事務局,",
    )
    assert problems == []
    assert [(one.operation, one.login_id, one.name, one.before, one.after, one.rows) for one in changes] == [
        ("追加", "1234", "新任 一", [], ["福祉課　担当者"], [2]),
        ("異動", "writer", "担当 者", ["福祉課　担当者"], ["総務課　課長"], [3]),
        ("終了", "approver", "課 長", ["福祉課　課長"], [], [4]),
    ]
    [(added, password)] = actions.transfer(changes=changes, by=secretariat)
    assert (added.login_id, added.email, roles_of(added)) == ("1234", "new@example.jp", {("writer", "福祉課")})
    assert (added.check_password(password), added.must_change_password) == (True, True)
    assert (roles_of(writer), User.objects.get(pk=writer.pk).email) == ({("approver", "総務課")}, "writer@example.jp")
    assert not User.objects.get(pk=approver.pk).is_active


def test_a_second_role_is_a_second_row(secretariat, writer, general):
    changes, problems = check(secretariat, ",writer,,,担当者,福祉課", "異動,writer,新しい名,,課長,総務課")
    assert (problems, changes[0].after, changes[0].name) == ([], ["福祉課　担当者", "総務課　課長"], "新しい名")


def test_doubled_rows_count_once(secretariat, writer, general):
    changes, _ = check(secretariat, "異動,writer,,,課長,総務課", "異動,writer,,,課長,総務課")
    assert changes[0].after == ["総務課　課長"]


def test_a_new_address_and_a_move_that_changes_nothing(secretariat, writer):
    changes, problems = check(secretariat, "異動,writer,,w@example.jp,担当者,福祉課")
    assert (problems, [one.email for one in changes]) == ([], ["w@example.jp"])
    assert check(secretariat, "異動,writer,担当 者,,担当者,福祉課") == ([], [])


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        ("昇任,writer,,,担当者,福祉課", "操作", "追加・異動・終了のどれかにするか、空欄にしてください。"),
        ("追加,,新任,,委員,", "職員番号・ID", "職員番号・IDを入力してください。"),
        ("追加,writer,新任,,委員,", "職員番号・ID", "このIDの利用者は、もう登録されています。"),
        ("追加,gone,新任,,委員,", "職員番号・ID", "利用を終えた人です。利用者の画面から、利用を再開してください。"),
        ("追加,writer@example.jp,新任,,委員,", "職員番号・ID", "ほかの利用者の電子メールと同じIDは使えません。"),
        ("追加,1,,,委員,", "氏名", "氏名を入力してください。"),
        ("追加,1,新任,住所,委員,", "電子メール", "電子メールの形になっていません。"),
        ("追加,1,新任,WRITER@example.jp,委員,", "電子メール", "この電子メールは、ほかの利用者が使っています。"),
        ("異動,nobody,,,委員,", "職員番号・ID", "このIDの利用者はいません。"),
        ("終了,gone,,,,", "職員番号・ID", "このIDの利用者はいません。"),
        ("異動,writer,,,,", "役割", "役割は、担当者・課長・事務局・委員・監査・システム管理から選んでください。"),
        ("異動,writer,,,担当者,", "組織", "「担当者」は、組織も入力してください。"),
        ("異動,writer,,,委員,福祉課", "組織", "「委員」は、組織を空欄にしてください。"),
        ("異動,writer,,,担当者,昔の課", "組織", NO_SUCH),
        ("異動,writer,,,担当者,ない課", "組織", NO_SUCH),
        ("異動,sysadmin,,,委員,", "職員番号・ID", "システム管理の人の登録を変えられるのは、システム管理の人だけです。"),
        ("異動,writer,,,システム管理,", "職員番号・ID", ONLY_THEY),
        ("異動,secretariat,,,委員,", "職員番号・ID", "自分の「事務局」の役割は外せません。ほかの人に頼んでください。"),
        ("終了,secretariat,,,,", "職員番号・ID", "自分の利用は終えられません。ほかの事務局の人に頼んでください。"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be(secretariat, sysadmin, writer, row, column, sentence):
    OrganizationFactory(name="昔の課", valid_to=2025)
    person(Role.COMMITTEE, login_id="gone", is_active=False)
    changes, problems = check(secretariat, row)
    assert (changes, said(problems)) == ([], [(2, column, sentence)])


def test_rows_that_contradict_each_other(secretariat, writer, approver):
    changes, problems = check(
        secretariat,
        "異動,writer,甲,,担当者,福祉課",
        "異動,writer,乙,,課長,福祉課",
        "異動,approver,,,課長,福祉課",
        "終了,approver,,,,",
    )
    assert changes == []
    assert said(problems) == [
        (3, "氏名", "同じIDに、ちがう氏名が書かれています。"),
        (4, "操作", "同じIDに、ちがう操作が書かれています。1つにしてください。"),
    ]


def test_two_new_people_with_one_address(secretariat):
    changes, problems = check(secretariat, "追加,1,甲,a@example.jp,委員,", "追加,2,乙,A@example.jp,委員,")
    assert (len(changes), said(problems)) == (1, [(3, "電子メール", "この電子メールは、ほかの利用者が使っています。")])


def test_one_mistake_keeps_no_other_from_being_shown(secretariat, writer, approver):
    _, problems = check(secretariat, "異動,writer,,,x,", "異動,approver,,,担当者,ない課")
    assert [problem.row for problem in problems] == [2, 3]


def test_too_many_at_once(secretariat):
    _, problems = check(secretariat, *(f"追加,{n},新任,,委員," for n in range(51)))
    assert said(problems) == [(0, "", "1度に加えられるのは50人までです。")]


# ---- nobody is locked out ---------------------------------------------------------------
def test_the_last_of_the_secretariat_stays(sysadmin, secretariat):
    for row in ("終了,secretariat,,,,", "異動,secretariat,,,委員,"):
        _, problems = check(sysadmin, row)
        assert said(problems) == [(2, "役割", "「事務局」の人が1人もいなくなります。")]


def test_the_secretariat_is_handed_over_within_one_list(sysadmin, secretariat, writer):
    """Whoever leaves stands first in the file: the order of the rows is not the order of the writes."""
    changes, problems = check(sysadmin, "終了,secretariat,,,,", "異動,writer,,,事務局,")
    assert problems == []
    actions.transfer(changes=changes, by=sysadmin)
    assert (roles_of(writer), User.objects.get(pk=secretariat.pk).is_active) == ({("secretariat", None)}, False)


def test_two_who_change_places(sysadmin, secretariat, writer, office):
    changes, _ = check(
        sysadmin, "異動,secretariat,,,担当者,福祉課", "異動,writer,,,事務局,福祉課", "追加,9,新任,,委員,"
    )
    actions.transfer(changes=changes, by=sysadmin)
    assert (roles_of(secretariat), roles_of(writer)) == ({("writer", "福祉課")}, {("secretariat", "福祉課")})


# ---- the whole or nothing -----------------------------------------------------------------
def test_what_was_taken_meanwhile_leaves_everything_as_it_was(secretariat, writer, office):
    changes, _ = check(secretariat, "追加,1,新任,,委員,", "異動,writer,,,課長,福祉課", "追加,2,新任,,委員,")
    person(Role.COMMITTEE, login_id="2")
    with pytest.raises(actions.Refused, match="^「2」のIDは、もう登録されています。$"):
        actions.transfer(changes=changes, by=secretariat)
    assert (User.objects.filter(login_id="1").exists(), roles_of(writer)) == (False, {("writer", "福祉課")})


def test_the_mark_tells_one_list_from_another(secretariat, writer, general):
    first, _ = check(secretariat, "異動,writer,,,課長,総務課")
    second, _ = check(secretariat, "異動,writer,,,担当者,総務課")
    assert sheets.digest(first) == sheets.digest(check(secretariat, "異動,writer,,,課長,総務課")[0])
    assert sheets.digest(first) != sheets.digest(second)
    assert Operation.RETIRE not in {one.operation for one in first}
    assert Organization.objects.count() == 2


@pytest.mark.parametrize("number", [1, 3])
def test_checking_asks_the_same_number_of_questions(secretariat, office, number, django_assert_num_queries):
    for n in range(number):
        person(Role.WRITER, office, login_id=f"w{n}")
    rows = [f"異動,w{n},,,課長,福祉課" for n in range(number)] + [f"追加,n{n},新任,,委員," for n in range(number)]
    with django_assert_num_queries(5):
        changes, problems = check(secretariat, *rows)
    assert (len(changes), problems) == (2 * number, [])
