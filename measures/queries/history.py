"""変更の記録: who changed what, when; every version of one row beside the one before it, and the whole portal's latest.

Histories are kept by django-simple-history: one row for each save, with the
whole row as it stood.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from django.db import models
from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from mine_welfare.accounts.models import Membership, User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import wareki_date

from ..models import Entry, Transition
from .kinds import KINDS, Kind

MADE = {"+": "作成", "~": "変更", "-": "削除"}
SYSTEM = "（計画の読込みなど）"
# Kept for the machine; a reader learns nothing from them.
HIDDEN = {"id", "version", "saved_at", "saved_by", "password", "must_change_password", "answered_by"}
# Its moves tell these of a sheet.
TOLD_BY_MOVES = {"state", "submitted_at"}
# What a row hangs on: said in its title, and only worth a line where it changes.
PARENTS = {"cycle", "plan", "goal", "policy", "measure", "action", "actor", "scale", "indicator", "opinion"}
# Related rows without a name of their own in the model.
LABELS = {
    "cycle": "年度", "action": "取組", "organization": "組織", "measure": "施策", "actor": "担い手", "plan": "計画",
    "policy": "基本施策", "goal": "基本目標", "scale": "評価の基準", "indicator": "目標指標", "opinion": "意見",
    "unchanged_by": "「前年度から変更なし」とした人", "is_superuser": "管理者の権限",
}  # fmt: skip
EMPTY = (None, "", [], {}, False)
TOGETHER = datetime.timedelta(minutes=10)  # saves of one person in a row are one change to a reader


@dataclass
class Change:
    """One field: its two wordings."""

    label: str
    before: str
    after: str


@dataclass
class Event:
    """One thing that happened to a row. `version` is the id of the version it made, where there is one."""

    at: datetime.datetime
    who: str
    what: str
    reason: str = ""
    changes: list[Change] = field(default_factory=list)
    version: int | None = None
    is_latest: bool = False
    saves: int = 1

    @property
    def says_something(self) -> bool:
        """A version that only a move made is told by the move."""
        return bool(self.changes or self.reason or self.is_latest or self.what != MADE["~"])

    @property
    def compared(self) -> list[Change]:
        """Fields with two wordings to be read side by side."""
        return [change for change in self.changes if change.before and change.after]

    @property
    def single(self) -> list[Change]:
        """Fields that were empty before, or are now."""
        return [change for change in self.changes if not (change.before and change.after)]


@dataclass
class RowHistory:
    """One row through all its versions, newest first."""

    kind: Kind
    pk: int
    row: models.Model | None  # None where it has been deleted
    title: str
    versions: list  # oldest first, saves in a row taken together
    saves: dict[int, int]  # how many saves stand in a version, by its id
    extra: list[Event]

    @property
    def latest_id(self) -> int | None:
        return self.versions[-1].history_id if self.versions else None

    @property
    def url(self) -> str | None:
        return self.kind.page(self.row) if self.row and self.kind.page else None

    @cached_property
    def events(self) -> list[Event]:
        words = _Words(self.kind, self.versions)
        made = [self._event(before, after, words) for before, after in pairwise([None, *self.versions])]
        told = [event for event in made if event.says_something]
        return sorted([*told, *self.extra], key=lambda event: (event.at, event.version or 0), reverse=True)

    def _event(self, before, after, words: "_Words") -> Event:
        return Event(
            at=after.history_date,
            who=after.history_user.name if after.history_user else SYSTEM,
            what=MADE[after.history_type] if before or after.history_type != "~" else "記録の始まり",
            reason=after.history_change_reason or "",
            changes=[] if after.history_type == "-" else words.changes(before, after),
            version=after.history_id,
            is_latest=after.history_id == self.latest_id,
            saves=self.saves.get(after.history_id, 1),
        )


def row_history(kind: Kind, pk: int) -> RowHistory | None:
    """The history of one row, or None where there never was one."""
    rows = kind.model.history.filter(**{kind.model._meta.pk.attname: pk}).select_related("history_user")
    versions, saves = _taken_together(list(rows.order_by("history_date", "history_id")))
    row = kind.model._default_manager.filter(pk=pk).first()
    if not versions and row is None:
        return None
    title = str(row) if row else str(versions[-1].instance)
    return RowHistory(kind, pk, row, title, versions, saves, _extra(kind, pk))


def _taken_together(versions: list) -> tuple[list, dict[int, int]]:
    """Without the saves one person followed up within minutes: typing is saved every few seconds."""
    kept, saves = [], {}
    for version in versions:
        last = kept[-1] if kept else None
        if last and _same_sitting(last, version):
            saves[version.history_id] = saves.pop(last.history_id, 1) + 1
            kept[-1] = version
        else:
            kept.append(version)
    return kept, saves


def _same_sitting(last, version) -> bool:
    return (
        (last.history_type, version.history_type) == ("~", "~")
        and version.history_user_id is not None
        and last.history_user_id == version.history_user_id
        and not (last.history_change_reason or version.history_change_reason)
        and getattr(last, "state", None) == getattr(version, "state", None)
        and version.history_date - last.history_date <= TOGETHER
    )


class _Words:
    """What the values of a row's versions are called: related rows are looked up once for all of them."""

    def __init__(self, kind: Kind, versions: list):
        hidden = HIDDEN | TOLD_BY_MOVES if kind.model is Entry else HIDDEN
        self.fields = [one for one in kind.model.history.model.tracked_fields if one.name not in hidden]
        self.related: dict[str, dict] = {}
        for one in self.fields:
            if one.is_relation:
                ids = {getattr(version, one.attname) for version in versions} - {None}
                is_needed = len(ids) > (one.name in PARENTS)
                self.related[one.name] = one.related_model._base_manager.in_bulk(ids) if is_needed else {}

    def changes(self, before, after) -> list[Change]:
        found = []
        for one in self.fields:
            if before is None and one.is_relation and one.name in PARENTS:
                continue
            was, now = getattr(before, one.attname) if before else None, getattr(after, one.attname)
            if was != now and not (before is None and now in EMPTY):
                found.append(Change(self._label(one), self._word(one, was), self._word(one, now)))
        return found

    def _label(self, one: models.Field) -> str:
        """A relation nobody gave a name is called by what it leads to."""
        own = one.verbose_name
        if one.is_relation and own == one.name.replace("_", " "):
            own = one.related_model._meta.verbose_name
        return LABELS.get(one.name) or str(own)

    def _word(self, one: models.Field, value: object) -> str:
        if value is None or value == "":
            return ""
        if one.is_relation:
            return str(self.related[one.name].get(value, "（削除された行）"))
        if isinstance(value, bool):
            return "はい" if value else "いいえ"
        if isinstance(value, datetime.datetime):
            local = timezone.localtime(value)
            return f"{wareki_date(local.date())} {local:%H:%M}"
        if isinstance(value, datetime.date):
            return wareki_date(value)
        if isinstance(value, list):
            return "\n".join(map(str, value))
        if isinstance(value, dict):
            return "\n".join(f"{key}：{words}" for key, words in value.items())
        return str(dict(one.flatchoices).get(value, value))


def _extra(kind: Kind, pk: int) -> list[Event]:
    """What happened to the row outside its own table: the moves of a sheet, the roles of a person."""
    if kind.model is Entry:
        moves = Transition.objects.filter(entry=pk).select_related("by")
        return [Event(row.at, row.by.name, row.get_verb_display(), row.comment, [_moved(row)]) for row in moves]
    if kind.model is User:
        rows = Membership.history.filter(user_id=pk).select_related("history_user", "organization")
        return [_role_event(row) for row in rows]
    return []


def _moved(row: Transition) -> Change:
    return Change("状態", row.get_source_display(), row.get_target_display())


def _role_event(row) -> Event:
    role = Role(row.role).label
    words = f"{row.organization}　{role}" if row.organization_id else role
    change = Change("所属と役割", words, "") if row.history_type == "-" else Change("所属と役割", "", words)
    who = row.history_user.name if row.history_user else SYSTEM
    what = {"+": "役割を加える", "~": "役割を変える", "-": "役割を外す"}[row.history_type]
    return Event(row.history_date, who, what, row.history_change_reason or "", [change])


# ---- the whole portal -------------------------------------------------------
# Named so that no field of a table is called the same.
COLUMNS = tuple(f"changed_{name}" for name in ("kind", "row", "words", "how", "at", "by", "because"))


def changes_of(kinds: list[Kind]) -> QuerySet:
    """Rows of `COLUMNS`, newest first: what people changed in these kinds, in one query."""
    tables = [_columns(kind) for kind in kinds]
    return tables[0].union(*tables[1:], all=True).order_by("-changed_at", "changed_kind", "changed_row")


def _columns(kind: Kind) -> QuerySet:
    pk = kind.model._meta.pk.attname
    return (
        kind.model.history.filter(history_user__isnull=False)
        .order_by()
        .annotate(
            changed_kind=Value(kind.name, output_field=CharField()),
            changed_row=F(pk),
            changed_words=kind.title_words,
            changed_how=F("history_type"),
            changed_at=F("history_date"),
            changed_by=F("history_user__name"),
            changed_because=Cast(F("history_change_reason"), TextField()),
        )
        .values_list(*COLUMNS)
    )


@dataclass
class Recent:
    """One change in the list of all: the saves of one person to one row in a sitting are one line."""

    kind: Kind
    pk: int
    words: str
    what: str
    at: datetime.datetime
    who: str
    why: str
    saves: int = 1


def recent(rows) -> list[Recent]:
    """`rows` of `changes_of`, saves in a row taken together."""
    found: list[Recent] = []
    latest: dict[tuple, Recent] = defaultdict(lambda: None)
    for kind, pk, words, type_, at, who, why in rows:
        key = (kind, pk, who, type_, why)
        last = latest[key]
        if last and type_ == "~" and last.at - at <= TOGETHER:
            last.saves += 1
            continue
        latest[key] = Recent(KINDS[kind], pk, words[:60], MADE[type_], at, who, why or "")
        found.append(latest[key])
    return found
