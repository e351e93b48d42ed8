"""Forms of the year: its dates and scale, and who answers for what."""

import datetime

from django import forms
from django.utils import timezone

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year_both
from plans.models import Plan

from ..models import Cycle
from .entries import LongTextField


class CycleForm(forms.ModelForm):
    """年度を用意する。"""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    grace_days = forms.IntegerField(
        label="猶予日数",
        min_value=0,
        max_value=60,
        initial=0,
        help_text="締切のあと、担当課がまだ入力できる日数です。この間の提出は「締切後」と記録します。",
    )
    instructions = LongTextField(
        label="記入のお願い",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="担当課のホームに載せます。書き方の注意や、問い合わせ先などです。",
    )

    class Meta:
        model = Cycle
        fields = [
            "year", "scale", "opens_on", "due_on", "grace_days", "liaison_on", "committee_on", "publish_on",
            "instructions",
        ]  # fmt: skip
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("opens_on", "due_on", "liaison_on", "committee_on", "publish_on")
        }

    def __init__(self, *args, plan: Plan, **kwargs):
        super().__init__(*args, **kwargs)
        used = set(plan.cycles.values_list("year", flat=True))
        self.free = [year for year in plan.years if year not in used]
        self.fields["year"].choices = [(year, wareki_year_both(year)) for year in self.free]
        self.fields["scale"].queryset = plan.scales.all()
        self.fields["scale"].initial = plan.scales.first()
        this_year = fiscal_year(timezone.localdate())
        if self.free and not self.is_bound:
            year = self.fields["year"].initial = this_year - 1 if this_year - 1 in self.free else self.free[0]
            self.fields["opens_on"].initial = datetime.date(year + 1, 5, 15)
            self.fields["due_on"].initial = datetime.date(year + 1, 6, 20)

    def _post_clean(self):
        """`actions.prepare_cycle` creates the year together with its sheets."""


class AssignForm(forms.Form):
    """Who answers for a 「関係各課」."""

    organizations = forms.MultipleChoiceField(label="担当する組織")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offices = Organization.objects.current().exclude(kind=Organization.Kind.OUTSIDE)
        self.offered = {str(office.pk): office for office in offices}
        self.fields["organizations"].choices = [(pk, office.name) for pk, office in self.offered.items()]

    def clean_organizations(self):
        return [self.offered[pk] for pk in self.cleaned_data["organizations"]]
