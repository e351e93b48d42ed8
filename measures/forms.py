"""Staff forms. They clean what people type; the rules live in `permissions` and `actions`."""

import datetime

from django import forms
from django.utils import timezone

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year_both
from mine_welfare.toolkit.text import clean, narrow
from plans.models import Plan

from .fields import FIELDS
from .models import Cycle, Direction, Entry, Grade


class ThousandYenField(forms.IntegerField):
    """Thousand yen as people type it: 「１２，５００」, "12,500", 12500."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **kwargs):
        super().__init__(min_value=0, max_value=999_999_999, required=False, **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = narrow(value).replace(",", "").replace("千円", "").strip()
        return super().to_python(value)


class EntryForm(forms.ModelForm):
    """個票. Nothing is required to save; what is missing is told before 提出."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    budget = ThousandYenField(label="予算額（千円）")
    settlement = ThousandYenField(label="決算額（千円）")

    class Meta:
        model = Entry
        fields = [field.name for field in FIELDS]
        widgets = {
            **{
                field.name: forms.Textarea(attrs={"rows": 4 if field.guide >= 400 else 3, "data-guide": field.guide})
                for field in FIELDS
                if field.kind == "text"
            },
            "rating": forms.RadioSelect,
            "direction": forms.RadioSelect,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        scale = self.instance.cycle.scale_id
        self.fields["rating"].queryset = Grade.objects.filter(scale=scale)
        self.fields["direction"].queryset = Direction.objects.filter(scale=scale)
        for name in ("rating", "direction"):
            self.fields[name].empty_label = None
        self.fields["version"].initial = self.instance.version

    def values(self) -> dict:
        """What `actions.save_entry` takes: every field of the table that was sent."""
        return {field.name: self.cleaned_data[field.name] for field in FIELDS if field.name in self.cleaned_data}

    def clean(self):
        given = super().clean()
        if given.get("no_budget") and (given.get("budget") is not None or given.get("settlement") is not None):
            self.add_error("no_budget", "金額を入れるときは、「予算を伴わない」の印を外してください。")
        return given

    def _post_clean(self):
        """The instance is never written here: `actions.save_entry` locks the row and writes it."""


class CommentForm(forms.Form):
    """The words given with a move, and the version the person looked at."""

    comment = forms.CharField(label="理由・コメント", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_comment(self):
        return clean(self.cleaned_data["comment"]).strip()


class CycleForm(forms.ModelForm):
    """年度を用意する。"""

    year = forms.TypedChoiceField(label="年度", coerce=int)

    class Meta:
        model = Cycle
        fields = ["year", "scale", "opens_on", "due_on", "grace_days", "committee_on", "publish_on", "instructions"]
        widgets = {
            **{
                name: forms.DateInput(attrs={"type": "date"})
                for name in ("opens_on", "due_on", "committee_on", "publish_on")
            },
            "instructions": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args, plan: Plan, **kwargs):
        super().__init__(*args, **kwargs)
        used = set(plan.cycles.values_list("year", flat=True))
        free = [year for year in plan.years if year not in used]
        self.fields["year"].choices = [(year, wareki_year_both(year)) for year in free]
        self.fields["scale"].queryset = plan.scales.all()
        self.fields["scale"].initial = plan.scales.first()
        this_year = fiscal_year(timezone.localdate())
        if free and not self.is_bound:
            year = self.fields["year"].initial = this_year - 1 if this_year - 1 in free else free[0]
            self.fields["opens_on"].initial = datetime.date(year + 1, 5, 15)
            self.fields["due_on"].initial = datetime.date(year + 1, 6, 20)

    def _post_clean(self):
        """`actions.prepare_cycle` creates the year together with its sheets."""


class AssignForm(forms.Form):
    """Who answers for a 「関係各課」."""

    organizations = forms.ModelMultipleChoiceField(
        label="担当する組織",
        queryset=Organization.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "担当する組織を1つ以上選んでください。"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organizations"].queryset = Organization.objects.current().exclude(kind=Organization.Kind.OUTSIDE)


class EntryFilter(forms.Form):
    """The filter of the staff list; an unknown value is no filter, never an error page."""

    organization = forms.ModelChoiceField(
        label="課・団体",
        queryset=Organization.objects.all(),
        required=False,
        empty_label="すべて",
        to_field_name="slug",
    )
    state = forms.ChoiceField(label="状態", required=False)
    goal = forms.TypedChoiceField(label="基本目標", required=False, coerce=int, empty_value=None)
    q = forms.CharField(label="番号・取組", required=False, max_length=60)
