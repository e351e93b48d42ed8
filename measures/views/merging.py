"""Two people wrote the same row: nothing typed is lost, nothing of the other's is overwritten unseen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Model
from django.forms import BaseForm

from mine_welfare.toolkit.markup import number


@dataclass
class Merge:
    """`clashes`: {field: (theirs, mine) in words} both changed; `taken`: labels only they changed."""

    clashes: dict[str, tuple[str, str]] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)


def merge(form: BaseForm, row: Model, labels: Mapping[str, str]) -> Merge:
    """Make `form`, filled in at an earlier version of `row`, ready to be sent again against what stands now.

    A field only they changed takes their value; one that both changed keeps
    what was typed, with the two side by side.
    """
    base = row.history.filter(version=form.cleaned_data["version"]).first()
    form.data = form.data.copy()
    merged = Merge()
    for name, label in labels.items():
        if name not in form.cleaned_data:
            continue
        column = row._meta.get_field(name).attname
        mine, theirs = _plain(form.cleaned_data[name]), getattr(row, column)
        # Before the first save there was nothing: what is empty there was not touched.
        before = getattr(base, column) if base else None
        if (mine or None) == (theirs or None):
            continue
        if (mine or None) == (before or None):
            form.data[name] = "" if theirs in (None, False) else str(theirs)
            merged.taken.append(label)
        elif (theirs or None) != (before or None):
            merged.clashes[name] = (in_words(getattr(row, name)), in_words(form.cleaned_data[name]))
    form.data["version"] = str(row.version)
    return merged


def _plain(value: object) -> object:
    return value.pk if isinstance(value, Model) else value


def in_words(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return number(value) if isinstance(value, int) else str(value or "")
