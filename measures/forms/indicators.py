"""Forms of 目標指標; `actions.indicators` writes what they give."""

from django import forms

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import wareki_year
from plans.models import Plan

from ..models import Indicator, Measure

WHY = "前の値と理由は、変更の記録に残ります。"


def years_of(plan: Plan, last_year: int | None = None) -> list[tuple[int, str]]:
    return [(year, wareki_year(year)) for year in plan.years if last_year is None or year <= last_year]


class IndicatorForm(forms.ModelForm):
    """目標指標を決める。"""

    measure = forms.ModelChoiceField(label="施策", queryset=Measure.objects.none(), empty_label="選んでください")
    target_year = forms.TypedChoiceField(label="目標の年度", coerce=int, empty_value=None, required=False)
    why = forms.CharField(label="目標値を変える理由", max_length=100, required=False, help_text=WHY)

    class Meta:
        model = Indicator
        fields = [
            "measure", "name", "unit", "kind", "trend", "baseline", "baseline_year", "target", "target_year",
            "organization", "source",
        ]  # fmt: skip
        help_texts = {
            "unit": "例：件、人、%",
            "kind": "行ったことの量は「活動」、その結果の変化は「成果」です。",
            "baseline_year": "例：令和6年度、令和6年4月1日",
            "organization": "実績値を答える課・団体です。",
            "source": "値をどこから取るかを書きます。例：福祉課の業務記録",
        }

    def __init__(self, *args, plan: Plan, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("baseline", "target"):
            if (stored := self.initial.get(name)) is not None:
                self.initial[name] = f"{stored.normalize():f}"  # 120, not 120.000
        self.fields["target_year"].choices = [("", "なし"), *years_of(plan)]
        self.fields["kind"].choices, self.fields["trend"].choices = Indicator.Kind.choices, Indicator.Trend.choices
        self.fields["organization"].queryset = Organization.objects.public()
        self.fields["organization"].empty_label = "決めない"
        if self.instance.pk:
            del self.fields["measure"]
        else:
            del self.fields["why"]
            self.fields["measure"].queryset = Measure.objects.of_plan(plan)

    def _post_clean(self):
        """The action checks and writes."""


class EndForm(forms.Form):
    """指標を終える。"""

    last_year = forms.TypedChoiceField(label="最後の年度", coerce=int, empty_value=None, required=False)
    why = forms.CharField(label="理由", max_length=100)

    def __init__(self, *args, indicator: Indicator, **kwargs):
        super().__init__(*args, initial={"last_year": indicator.last_year}, auto_id="end-%s", **kwargs)
        self.fields["last_year"].choices = [("", "決めない（続ける）"), *years_of(indicator.measure.plan)]


class ValueForm(forms.Form):
    """1つの年度の値。"""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    actual = forms.DecimalField(label="実績値", required=False, max_digits=14, decimal_places=3)
    target = forms.DecimalField(label="年度の目標値", required=False, max_digits=14, decimal_places=3)
    reason = forms.CharField(label="値がない理由", max_length=200, required=False)
    why = forms.CharField(label="入っている値を変える理由", max_length=100, required=False, help_text=WHY)

    def __init__(self, *args, indicator: Indicator, **kwargs):
        super().__init__(*args, auto_id="value-%s", **kwargs)
        self.fields["year"].choices = years_of(indicator.measure.plan, indicator.last_year)
