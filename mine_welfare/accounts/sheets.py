"""人事異動 as a CSV: the list of people out, what is to change in. One list of columns for both directions.

Reading is three steps: bytes to cells, cells to changes, changes to the
database (`actions.transfer`). The first two write nothing and name each
mistake with its row and column.
"""

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices

from mine_welfare.toolkit.flat import FORMULA_STARTS, to_csv
from mine_welfare.toolkit.text import clean, fold, narrow

from .models import Organization, User
from .permissions import KEEPERS, Roles, change_refusal, leave_refusal
from .roles import Role

COLUMNS = ("操作", "職員番号・ID", "氏名", "電子メール", "役割", "組織")
OPERATION, LOGIN_ID, NAME, EMAIL, ROLE, ORGANIZATION = COLUMNS
LENGTHS = {OPERATION: 10, LOGIN_ID: 60, NAME: 60, EMAIL: 254, ROLE: 20, ORGANIZATION: 60}
MAX_BYTES = 500_000
MAX_ROWS = 1000
MAX_NEW = 50  # each new password is slow to compute, on purpose: more would outlast a request


class Operation(TextChoices):
    """What a row asks for; an empty one leaves the person as they are."""

    ADD = "追加", "追加"
    MOVE = "異動", "異動"
    RETIRE = "終了", "終了"


@dataclass(frozen=True)
class Problem:
    """One mistake: row 1 is the heading, row 0 the file as a whole."""

    row: int
    column: str
    value: str
    sentence: str


@dataclass
class Row:
    number: int
    cells: dict[str, str]


@dataclass
class Change:
    """What happens to one person, and the rows that say so."""

    operation: Operation
    person: User
    login_id: str
    name: str
    email: str
    roles: Roles
    rows: list[int]
    before: list[str] = field(default_factory=list)

    @property
    def after(self) -> list[str]:
        return [] if self.operation == Operation.RETIRE else [words(role, one) for role, one in self.roles]

    @property
    def is_empty(self) -> bool:
        """A move that changes nothing."""
        same = (self.person.login_id, self.person.name, self.person.email) == (self.login_id, self.name, self.email)
        return self.operation == Operation.MOVE and same and sorted(self.before) == sorted(self.after)


def words(role: str, organization: Organization | None) -> str:
    """「福祉課　担当者」, as the list of people has it."""
    return f"{organization}　{Role(role).label}" if organization else Role(role).label


# ---- out --------------------------------------------------------------------
def people_csv() -> str:
    """Everyone in use, one row for each role; 操作 is left empty for the secretariat to fill in."""
    people = User.objects.filter(is_active=True).prefetch_related("memberships__organization")
    return to_csv(COLUMNS, (row for person in people for row in _rows_of(person)))


def _rows_of(person: User) -> Iterator[dict[str, str]]:
    known = {OPERATION: "", LOGIN_ID: person.login_id, NAME: person.name, EMAIL: person.email}
    for membership in person.memberships.all():
        organization = membership.organization.name if membership.organization else ""
        yield known | {ROLE: membership.get_role_display(), ORGANIZATION: organization}


# ---- in: bytes to cells -------------------------------------------------------
def decode(data: bytes) -> tuple[str, str]:
    """(text, name of the encoding); ("", "") where it is none that a spreadsheet writes as CSV."""
    for encoding, name in (("utf-8-sig", "UTF-8"), ("cp932", "Shift_JIS")):
        try:
            return data.decode(encoding), name
        except UnicodeDecodeError:
            continue
    return "", ""


def read(text: str) -> tuple[list[Row], list[Problem]]:
    """The rows that say something, and what is wrong with the file itself."""
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return [], [Problem(0, "", "", "CSVとして読み取れません。表計算ソフトで開き、CSV形式で保存し直してください。")]
    while records and not any(records[-1]):
        records.pop()
    if not records:
        return [], [Problem(0, "", "", "ファイルが空です。")]
    heading = [clean(cell).strip() for cell in records[0]]
    if Counter(map(fold, heading)) != Counter(map(fold, COLUMNS)):
        wanted = "、".join(COLUMNS)
        return [], [Problem(1, "", "、".join(heading)[:200], f"1行目の見出しを「{wanted}」にしてください。")]
    if len(records) - 1 > MAX_ROWS:
        return [], [Problem(0, "", "", f"1度に読み取れるのは{MAX_ROWS}行までです。分けて取り込んでください。")]
    by_fold = {fold(column): column for column in COLUMNS}
    order = [by_fold[fold(cell)] for cell in heading]
    rows, problems = [], []
    for number, record in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(COLUMNS):
            sentence = f"列が{len(record)}あります。{len(COLUMNS)}列にしてください。"
            problems.append(Problem(number, "", ",".join(record)[:60], sentence))
            continue
        cells = {column: _cell(value) for column, value in zip(order, record, strict=True)}
        rows.append(Row(number, cells))
        problems += [
            Problem(number, column, value[:60], sentence)
            for column, value in cells.items()
            if (sentence := _cell_problem(column, value))
        ]
    return rows, problems


def _cell(value: str) -> str:
    """One value; the apostrophe our own export puts before a formula sign comes off again."""
    value = value.strip()
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA_STARTS) else value


def _cell_problem(column: str, value: str) -> str:
    if value.startswith(FORMULA_STARTS):
        return f"「{value[0]}」で始まる値は使えません。"
    if clean(value) != value or "\n" in value:
        return "改行や、画面に表示できない文字は使えません。"
    return f"{LENGTHS[column]}字までにしてください。" if len(value) > LENGTHS[column] else ""


# ---- in: cells to changes ---------------------------------------------------------
def changes(rows: Iterable[Row], by: User, year: int) -> tuple[list[Change], list[Problem]]:
    """What the rows ask for, person by person, as `by` may do it; and what is wrong with them."""
    reader = _Reader(by, year)
    by_person: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[narrow(row.cells[LOGIN_ID])].append(row)
    for login_id, own in by_person.items():
        reader.take(login_id, own)
    reader.check_whole()
    return reader.changes, sorted(reader.problems, key=lambda problem: problem.row)


class _Reader:
    """A bag for what every row is checked against."""

    def __init__(self, by: User, year: int):
        self.by = by
        people = list(User.objects.prefetch_related("memberships__organization"))
        for person in people:
            # The permissions ask each person; asked here, all are answered by one query.
            person.memberships_now = list(person.memberships.all())
        self.people = {person.login_id: person for person in people}
        self.addresses = {person.email.lower(): person.login_id for person in people if person.email}
        self.organizations = {fold(one.name): one for one in Organization.objects.valid_in(year)}
        self.roles = {fold(role.label): role for role in Role}
        self.changes: list[Change] = []
        self.problems: list[Problem] = []

    def wrong(self, row: Row, column: str, sentence: str) -> None:
        self.problems.append(Problem(row.number, column, row.cells[column][:60], sentence))

    def take(self, login_id: str, rows: list[Row]) -> None:
        """All rows of one ID; those without 操作 keep what they say while another row moves the person."""
        known = len(self.problems)
        operations = {self._operation(row) for row in rows} - {None}
        if not operations or len(self.problems) > known:
            return
        if not login_id:
            self.wrong(rows[0], LOGIN_ID, "職員番号・IDを入力してください。")
        elif len(operations) > 1:
            self.wrong(rows[0], OPERATION, "同じIDに、ちがう操作が書かれています。1つにしてください。")
        else:
            [operation] = operations
            change = self._change(operation, login_id, rows)
            if len(self.problems) == known and change and not change.is_empty:
                self.changes.append(change)

    def _operation(self, row: Row) -> Operation | None:
        value = row.cells[OPERATION]
        if value and value not in Operation.values:
            self.wrong(row, OPERATION, f"{'・'.join(Operation.labels)}のどれかにするか、空欄にしてください。")
        return Operation(value) if value in Operation.values else None

    def _change(self, operation: Operation, login_id: str, rows: list[Row]) -> Change | None:
        person = self.people.get(login_id)
        if operation == Operation.ADD and person:
            left = "" if person.is_active else "利用を終えた人です。利用者の画面から、利用を再開してください。"
            self.wrong(rows[0], LOGIN_ID, left or "このIDの利用者は、もう登録されています。")
            return None
        if operation != Operation.ADD and (person is None or not person.is_active):
            self.wrong(rows[0], LOGIN_ID, "このIDの利用者はいません。")
            return None
        if person is None:
            person = User(login_id=login_id)
            person.memberships_now = []
            if login_id.lower() in self.addresses:
                self.wrong(rows[0], LOGIN_ID, "ほかの利用者の電子メールと同じIDは使えません。")
        change = Change(
            operation=operation,
            person=person,
            login_id=login_id,
            name=self._one(rows, NAME) or person.name,
            email=self._email(rows, login_id) or person.email,
            roles=[] if operation == Operation.RETIRE else self._roles(rows),
            rows=[row.number for row in rows],
            before=[words(row.role, row.organization) for row in person.memberships_now],
        )
        if not change.name:
            self.wrong(rows[0], NAME, "氏名を入力してください。")
        if sentence := self._refusal(change):
            self.wrong(rows[0], LOGIN_ID, sentence)
        return change

    def _one(self, rows: list[Row], column: str) -> str:
        """The one value all rows of a person agree on; empty cells say nothing."""
        given = {row.cells[column]: row for row in rows if row.cells[column]}
        if len(given) > 1:
            self.wrong(rows[-1], column, f"同じIDに、ちがう{column}が書かれています。")
        return next(iter(given), "")

    def _email(self, rows: list[Row], login_id: str) -> str:
        address = narrow(self._one(rows, EMAIL))
        if not address:
            return ""
        try:
            validate_email(address)
        except ValidationError:
            self.wrong(rows[0], EMAIL, "電子メールの形になっていません。")
        owner = self.addresses.setdefault(address.lower(), login_id)
        if owner != login_id or (address in self.people and address != login_id):
            self.wrong(rows[0], EMAIL, "この電子メールは、ほかの利用者が使っています。")
        return address

    def _roles(self, rows: list[Row]) -> Roles:
        found = [pair for row in rows if (pair := self._role(row))]
        return list(dict.fromkeys(found))

    def _role(self, row: Row) -> tuple[str, Organization | None] | None:
        role = self.roles.get(fold(row.cells[ROLE]))
        name = row.cells[ORGANIZATION]
        organization = self.organizations.get(fold(name))
        if role is None:
            self.wrong(row, ROLE, f"役割は、{'・'.join(one.label for one in Role)}から選んでください。")
        elif name and organization is None:
            self.wrong(row, ORGANIZATION, "この名称の組織は、いまありません。組織の一覧の名称と同じにしてください。")
        elif role.needs_organization and organization is None:
            self.wrong(row, ORGANIZATION, f"「{role.label}」は、組織も入力してください。")
        elif organization and not role.needs_organization and role != Role.SECRETARIAT:
            self.wrong(row, ORGANIZATION, f"「{role.label}」は、組織を空欄にしてください。")
        else:
            return role, organization
        return None

    def _refusal(self, change: Change) -> str | None:
        if change.operation == Operation.RETIRE:
            return leave_refusal(self.by, change.person)
        return change_refusal(self.by, change.person, {role for role, _ in change.roles})

    def check_whole(self) -> None:
        """What no single row shows: too many at once, or nobody left to keep the lists."""
        new = [change for change in self.changes if change.operation == Operation.ADD]
        if len(new) > MAX_NEW:
            self.problems.append(Problem(0, "", f"{len(new)}人", f"1度に加えられるのは{MAX_NEW}人までです。"))
        for role in KEEPERS:
            before = {person.login_id for person in self.people.values() if person.is_active and person.has_role(role)}
            gone = [change for change in self.changes if change.login_id in before and not _keeps(change, role)]
            come = {change.login_id for change in self.changes if _keeps(change, role)}
            if gone and not (before | come) - {change.login_id for change in gone}:
                sentence = f"「{role.label}」の人が1人もいなくなります。"
                self.problems.append(Problem(gone[0].rows[0], ROLE, gone[0].name, sentence))


def _keeps(change: Change, role: Role) -> bool:
    return any(own == role for own, _ in change.roles)


def digest(found: Iterable[Change]) -> str:
    """A mark of exactly these changes: what was looked at and what is applied must be the same."""
    lines = [repr((one.operation, one.login_id, one.name, one.email, one.before, one.after)) for one in found]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
