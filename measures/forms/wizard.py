"""The pages of the wizard that prepares a year. Each is checked alone; the last page checks them together."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django import forms
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year_both
from mine_welfare.toolkit.text import clean
from plans.models import Plan

from ..actions.cycles import LONGEST_OMISSION
from ..models import Action, Cycle, Responsibility, Scale
from .cycles import DatesForm, offices
from .entries import LongTextField

Stored = dict[str, list[str]]


@dataclass
class Known:
    """What every page may ask about: fetched once for all of them."""

    plan: Plan
    cycles: list[Cycle]  # the newest first
    scales: list[Scale]
    year: int | None = None


class WizardPage:
    """What the pages share: each keeps what was sent as it was sent."""

    def __init__(self, data=None, *, known: Known, **kwargs):
        self.known, self.year = known, known.year
        super().__init__(data, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Choices and first values."""

    def sent(self) -> Stored:
        return {name: self.data.getlist(name) for name in self.fields if name in self.data}


def stored(answers: Stored) -> MultiValueDict:
    """What a page kept, as its form reads it again."""
    return MultiValueDict(answers)


class YearPage(WizardPage, forms.Form):
    """年度と基準."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    scale = forms.ChoiceField(label="評価の基準", help_text="用意した後は変えられません。")

    def prepare(self):
        used = {cycle.year for cycle in self.known.cycles}
        free = [year for year in self.known.plan.years if year not in used]
        self.fields["year"].choices = [(year, wareki_year_both(year)) for year in free]
        last = fiscal_year(timezone.localdate()) - 1
        self.fields["year"].initial = last if last in free else next(iter(free), None)
        self.fields["scale"].choices = [(str(scale.pk), str(scale)) for scale in self.known.scales]
        self.fields["scale"].initial = next((str(cycle.scale_id) for cycle in self.known.cycles), None)

    def clean_scale(self):
        return next(scale for scale in self.known.scales if str(scale.pk) == self.cleaned_data["scale"])


class DatesPage(WizardPage, DatesForm):
    """日程."""

    def prepare(self):
        opens_on, due_on, today = (
            datetime.date(self.year + 1, 5, 15),
            datetime.date(self.year + 1, 6, 20),
            timezone.localdate(),
        )
        if due_on < today:
            # A portal that begins in the middle of a year: the same five weeks from now.
            opens_on, due_on = today, today + (due_on - opens_on)
        self.fields["opens_on"].initial, self.fields["due_on"].initial = opens_on, due_on


class RowsPage(WizardPage, forms.Form):
    """評価する取組: those left out this year, and why."""

    omitted = forms.MultipleChoiceField(
        label="今年度は評価しない取組", required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="評価しない理由",
        required=False,
        max_length=LONGEST_OMISSION,
        help_text="例：隔年で評価するため。庁内の記録に残ります。",
    )

    def __init__(self, *args, without: Collection[int] = (), **kwargs):
        """`without` are actions that have been left out before."""
        self.without = without
        super().__init__(*args, **kwargs)

    def prepare(self):
        actions = (
            Action.objects.filter(plan=self.known.plan)
            .evaluated()
            .active_in(self.year)
            .exclude(pk__in=self.without)
            .in_order()
        )
        self.actions = {str(action.pk): action for action in actions.select_related("measure__policy__goal", "actor")}
        self.fields["omitted"].choices = [(pk, str(action)) for pk, action in self.actions.items()]

    @property
    def chosen(self) -> set[str]:
        return set(self["omitted"].value() or ())

    @property
    def measures(self) -> list[tuple]:
        """(施策, its actions as (id, action, ticked), how many are ticked)."""
        grouped: dict = {}
        for pk, action in self.actions.items():
            grouped.setdefault(action.measure, []).append((pk, action, pk in self.chosen))
        return [(measure, rows, sum(ticked for *_, ticked in rows)) for measure, rows in grouped.items()]

    def clean_reason(self):
        return clean(self.cleaned_data["reason"]).strip()

    def clean_omitted(self):
        return [self.actions[pk] for pk in self.cleaned_data["omitted"]]

    def clean(self):
        given = super().clean()
        if given.get("omitted") and not given.get("reason"):
            self.add_error("reason", "評価しない取組があるときは、理由を書いてください。")
        if not given.get("omitted") and "omitted" in given:
            given["reason"] = ""
        return given


class OwnersPage(WizardPage, forms.Form):
    """「関係各課」の担当: real organizations for the rows that name none. May stay open."""

    def __init__(self, *args, responsibilities: Iterable[Responsibility], **kwargs):
        self.responsibilities = {f"owner-{row.pk}": row for row in responsibilities}
        super().__init__(*args, **kwargs)

    def prepare(self):
        self.offices = {str(office.pk): office for office in offices()}
        choices = [(pk, office.name) for pk, office in self.offices.items()]
        for name, row in self.responsibilities.items():
            self.fields[name] = forms.MultipleChoiceField(
                label=f"{row.action.code} {row.action.title}",
                required=False,
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                help_text=f"計画書の表記「{row.wording}」",
            )

    @property
    def owners(self) -> dict[Responsibility, list[Organization]]:
        """Only where somebody was chosen."""
        return {
            row: [self.offices[pk] for pk in self.cleaned_data[name]]
            for name, row in self.responsibilities.items()
            if self.cleaned_data.get(name)
        }


class WordsPage(WizardPage, forms.Form):
    """記入のお願い; last year's words stand there to be mended."""

    instructions = LongTextField(
        label="記入のお願い",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="担当課のホームに載せます。書き方の注意や、問い合わせ先などです。",
    )

    def prepare(self):
        before = next((cycle for cycle in self.known.cycles if cycle.year < self.year), None)
        self.fields["instructions"].initial = before.instructions if before else ""
