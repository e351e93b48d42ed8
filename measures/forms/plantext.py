"""Forms of what the plan says of measures: their words, roles, actions."""

from typing import Any

from django import forms
from django.utils import timezone

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year
from plans.forms import PlanTextField, ReasonField, TextForm
from plans.models import Component, Plan

from ..actions import plantext
from ..models import Action, Actor, Measure, RoleItem


class MeasureForm(TextForm):
    """施策の名称と説明."""

    introduction = PlanTextField(label="説明", rows=8, required=False, help_text="段落ごとに改行します。")

    class Meta:
        model = Measure
        fields = ["title", "introduction"]


# ---- roles ------------------------------------------------------------------
class RoleLineForm(forms.Form):
    """役割の1行. A line without words goes."""

    item = forms.IntegerField(widget=forms.HiddenInput, required=False)
    order = forms.IntegerField(label="順", min_value=0, max_value=999, required=False)
    text = PlanTextField(label="文章", rows=2, required=False)


class BaseRoleFormSet(forms.BaseFormSet):
    default_error_messages = {
        "missing_management_form": "送られた内容を読み取れませんでした。画面を開き直して、もう一度入力してください。",
        "too_many_forms": "役割は%(num)d行までです。",
    }

    def lines(self, present: dict[int, RoleItem]) -> list[plantext.Line]:
        """The lines in the order of their numbers; those without a number stay where they are."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data]
        places = [
            (row["order"] if row.get("order") is not None else index * 10, index) for index, row in enumerate(rows, 1)
        ]
        ordered = [rows[index - 1] for _, index in sorted(places)]
        return [(present.get(row.get("item")), row.get("text", "")) for row in ordered]


RoleFormSet = forms.formset_factory(RoleLineForm, formset=BaseRoleFormSet, extra=3, max_num=60, absolute_max=60)


class RolesForm(forms.Form):
    """What goes with the lines: what they said when the page was opened, and why they change."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, plan: Plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"] = ReasonField(plan=plan)


# ---- actions ------------------------------------------------------------------
FROM_THE_START = "計画の始めから（誤りの訂正）"


def since_choices(plan: Plan, first: str) -> list[tuple[str | int, str]]:
    """From when who answers for an action changes: from the start of the plan, from this year, from the next."""
    this_year = fiscal_year(timezone.localdate())
    years = [year for year in (this_year, this_year + 1) if year in plan.years and year > plan.start_year]
    return [("", first), *((year, f"{wareki_year(year)}から") for year in years)]


class ActionForm(TextForm):
    """具体的取組: its words, its place, who answers for it and from when."""

    content = PlanTextField(label="内容", rows=5, help_text="段落ごとに改行します。")
    organizations = forms.ModelMultipleChoiceField(
        label="担当", queryset=Organization.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    components = forms.ModelMultipleChoiceField(
        label="構成計画", queryset=Component.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    since = forms.TypedChoiceField(
        label="担当を変える時期", coerce=int, required=False, empty_value=None,
        help_text="担当が途中の年度から変わったときは、その年度を選びます。前の年度の担当は、そのまま残ります。",
    )  # fmt: skip

    class Meta:
        model = Action
        fields = ["title", "content", "commission", "form", "group"]

    def __init__(self, *args, plan: Plan, **kwargs):
        super().__init__(*args, plan=plan, **kwargs)
        action, is_new = self.instance, self.instance.pk is None
        self.order_fields([*self.Meta.fields, "components", "organizations", "since", "reason", "seen"])
        self.fields["group"].queryset = action.measure.groups.all()
        if not self.fields["group"].queryset:
            del self.fields["group"]
            self.words.remove("group")
        if "group" in self.fields:
            self.fields["group"].empty_label = "まとまりに入れない"
        self.fields["components"].queryset = plan.components.all()
        current = plantext.answering(action) if not is_new else []
        self.fields["organizations"].queryset = Organization.objects.filter(
            valid_to=None
        ) | Organization.objects.filter(pk__in=current)
        self.fields["since"].choices = since_choices(plan, "計画の始めから" if is_new else FROM_THE_START)
        if is_new:
            self.fields["since"].label = "始める時期"
            self.fields["since"].help_text = "途中の年度から加えるときは、その年度を選びます。"
            self.fields["seen"].initial = "new"
        else:
            self.fields["seen"].initial = plantext.action_mark(action)
            self.fields["organizations"].initial = current
            self.fields["components"].initial = list(action.components.all())

    @property
    def beside(self) -> dict[str, Any]:
        """What it asks beside the words of the row."""
        return {name: self.cleaned_data[name] for name in ("components", "organizations", "since")}

    def saved_in_between(self, row: Action) -> list[tuple[str, str, str]]:
        found = super().saved_in_between(row)
        self.data["seen"] = plantext.action_mark(row)
        return found


def new_action(measure: Measure, actor: Actor) -> Action:
    """What the form of a new action is about."""
    return Action(plan=measure.plan, measure=measure, actor=actor)


class EndForm(forms.Form):
    """終える年度."""

    last_year = forms.TypedChoiceField(label="いつまで", coerce=int, required=False, empty_value=None)

    def __init__(self, *args, action: Action, plan: Plan, **kwargs):
        super().__init__(*args, initial={"last_year": action.valid_to}, **kwargs)
        years = [year for year in plan.years if year >= (action.valid_from or plan.start_year)]
        self.fields["last_year"].choices = [("", "終えない"), *((year, f"{wareki_year(year)}まで") for year in years)]
        self.fields["reason"] = ReasonField(plan=plan)


class NewMeasureForm(forms.Form):
    """施策を加える。"""

    title = forms.CharField(label="名称", max_length=120)
    introduction = PlanTextField(label="説明", rows=5, required=False, help_text="段落ごとに改行します。")
