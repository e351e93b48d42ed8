"""How cells of a master file are read and written: as people write them, and only what the column may hold.

A cell that cannot be read raises ValueError with the sentence for its row.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet
from import_export.widgets import Widget

from mine_welfare.accounts.models import Membership, Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.text import clean, narrow
from surveys.sheets.cells import printed

YES, NO = "はい", "いいえ"


class Text(Widget):
    """Any words; an empty cell is empty text."""

    def clean(self, value: Any, row=None, **kwargs) -> Any:
        return clean(str(value)).strip()

    def render(self, value: Any, obj=None, **kwargs) -> str:
        return "" if value is None else str(value)


class Number(Text):
    """A number as people write it: １，４８０ is 1480. Empty is none."""

    def clean(self, value: Any, row=None, **kwargs) -> Decimal | None:
        text = narrow(str(value)).replace(",", "").strip()
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValueError(f"「{value}」は数ではありません。単位を付けずに、数だけを書いてください。")
        return number

    def render(self, value: Any, obj=None, **kwargs) -> str:
        return printed(value)


class Whole(Number):
    def clean(self, value: Any, row=None, **kwargs) -> int | None:  # type: ignore[override]
        number = super().clean(value)
        if number is None:
            return None
        if number != number.to_integral_value() or not 0 <= number <= 99_999:
            raise ValueError(f"「{value}」は、0以上の整数で書いてください。")
        return int(number)


class YesNo(Text):
    def clean(self, value: Any, row=None, **kwargs) -> bool:
        found = {YES: True, NO: False, "": False}.get(str(value).strip())
        if found is None:
            raise ValueError(f"「{value}」は、「{YES}」か「{NO}」で書いてください。")
        return found

    def render(self, value: Any, obj=None, **kwargs) -> str:
        return YES if value else NO


class Label(Text):
    """One of an enum's choices, by the words people see."""

    def __init__(self, choices, default: str = ""):
        super().__init__()
        self.choices, self.default = choices, default

    def clean(self, value: Any, row=None, **kwargs) -> str:
        words = str(value).strip()
        if not words and self.default:
            return self.default
        found = {label: code for code, label in self.choices.choices}.get(words)
        if found is None:
            raise ValueError(f"「{value}」は使えません。使えるのは、{'、'.join(self.choices.labels)}です。")
        return found

    def render(self, value: Any, obj=None, **kwargs) -> str:
        return self.choices(value).label if value else ""


class Row(Text):
    """A row of another table by its natural code; all of them are read at the first cell.

    `beside` names a column of the same row that the code is looked up with.
    """

    def __init__(self, what: str, rows: QuerySet, code: str, *, beside: tuple[str, str] | None = None, blank=False):
        super().__init__()
        self.what, self.rows, self.code, self.beside, self.blank = what, rows, code, beside, blank
        self.found: dict[tuple, Any] | None = None

    def clean(self, value: Any, row=None, **kwargs) -> Any:
        key = str(value).strip()
        if not key and self.blank:
            return None
        if self.found is None:
            self.found = {self._key_of(one): one for one in self.rows}
        place = (str(row.get(self.beside[0], "")).strip(), key) if self.beside and row else (key,)
        if place not in self.found:
            raise ValueError(f"「{key}」という{self.what}はありません。" if key else f"{self.what}が空です。")
        return self.found[place]

    def _key_of(self, one: Any) -> tuple:
        names = ([self.beside[1]] if self.beside else []) + [self.code]
        return tuple(self._value(one, name) for name in names)

    @staticmethod
    def _value(one: Any, path: str) -> str:
        for name in path.split("__"):
            one = getattr(one, name)
        return str(one)

    def render(self, value: Any, obj=None, **kwargs) -> str:
        return "" if value is None else self._value(value, self.code)


class Roles(Text):
    """役割と所属 in one cell: 「担当者（welfare）／事務局」, organizations by their 識別名."""

    def clean(self, value: Any, row=None, **kwargs) -> tuple[tuple[str, str], ...]:
        parts = [part.strip() for part in str(value).split("／") if part.strip()]
        return tuple(sorted(self._role(part) for part in parts))

    def _role(self, part: str) -> tuple[str, str]:
        label, _, rest = part.partition("（")
        slug = rest.removesuffix("）")
        role = {one.label: one for one in Role}.get(label)
        if role is None:
            raise ValueError(f"「{label}」という役割はありません。使えるのは、{'、'.join(Role.labels)}です。")
        if slug and not Organization.objects.filter(slug=slug).exists():
            raise ValueError(f"「{slug}」という組織はありません。")
        if role.needs_organization and not slug:
            raise ValueError(f"「{label}」には、組織の識別名を「{label}（識別名）」のように付けてください。")
        return role.value, slug

    def render(self, value: Any, obj=None, **kwargs) -> str:
        words = [(Role(role).label, slug) for role, slug in value or ()]
        return "／".join(f"{label}（{slug}）" if slug else label for label, slug in words)


def roles_of(person: User) -> tuple[tuple[str, str], ...]:
    rows: list[Membership] = list(person.memberships.all())
    return tuple(sorted((row.role, row.organization.slug if row.organization else "") for row in rows))
