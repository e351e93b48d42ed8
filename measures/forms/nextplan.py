"""Forms of the next plan: what it is called, what becomes of each measure, what goes on in what."""

from django import forms

from mine_welfare.toolkit.text import clean, lines
from plans.models import Plan

from ..actions.nextplan import Fate, next_ordinal
from ..models import Action, Lineage, Measure


class SwitchForm(forms.Form):
    """次の計画に切り替える: how it is shown, and why."""

    old = forms.IntegerField(widget=forms.HiddenInput)
    is_final = forms.TypedChoiceField(
        label="公開するときの段階",
        choices=[("", "素案として公開する"), ("yes", "確定した計画として公開する")],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
        help_text="素案のあいだは、計画名に「（素案）」と付きます。確定した計画の本文を直すには、理由が必要です。",
    )
    reason = forms.CharField(
        label="切り替える理由", max_length=100, help_text="変更の記録に残ります。例　議会の議決を経たため"
    )


class NextPlanForm(forms.Form):
    """次期計画の素案: the names and years, and one choice for each measure of the plan that ends."""

    titles = forms.CharField(label="計画名", widget=forms.Textarea(attrs={"rows": 3}), help_text="1行に1つずつ。")
    short_title = forms.CharField(label="計画名（短い形）", max_length=120)
    vision = forms.CharField(label="基本理念", max_length=120)
    slug = forms.SlugField(label="識別名", max_length=50, help_text="半角英数字とハイフン。あとから変えられません。")
    start_year = forms.IntegerField(label="始まりの年度（西暦）", min_value=1900, max_value=2200)
    end_year = forms.IntegerField(label="終わりの年度（西暦）", min_value=1900, max_value=2200)

    def __init__(self, *args, plan: Plan, **kwargs):
        length = plan.end_year - plan.start_year
        initial = {
            "titles": next_ordinal("\n".join(plan.titles)),
            "short_title": next_ordinal(plan.short_title),
            "vision": plan.vision,
            "slug": f"plan-{plan.end_year + 1}",
            "start_year": plan.end_year + 1,
            "end_year": plan.end_year + 1 + length,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.own = list(Measure.objects.of_plan(plan))
        for measure in self.own:
            others = [(str(one.pk), f"「{one}」に統合") for one in self.own if one.pk != measure.pk]
            self.fields[f"fate-{measure.pk}"] = forms.ChoiceField(
                label=str(measure),
                choices=[(Lineage.SAME, "継続する"), (Lineage.ENDED, "終了する"), *others],
                initial=Lineage.SAME,
            )

    @property
    def basics(self) -> list[forms.BoundField]:
        return [self[name] for name in ("titles", "short_title", "vision", "slug", "start_year", "end_year")]

    @property
    def measures(self) -> list[forms.BoundField]:
        return [self[f"fate-{measure.pk}"] for measure in self.own]

    def clean_titles(self) -> list[str]:
        return lines(clean(self.cleaned_data["titles"]))

    @property
    def named(self) -> dict:
        return {bound.name: self.cleaned_data[bound.name] for bound in self.basics}

    @property
    def fates(self) -> dict[int, Fate]:
        by_id = {str(measure.pk): measure for measure in self.own}
        given = {measure.pk: self.cleaned_data[f"fate-{measure.pk}"] for measure in self.own}
        return {pk: by_id[value] if value in by_id else Lineage(value) for pk, value in given.items()}


class LinkMeasureForm(forms.Form):
    """前の計画から引き継ぐ施策."""

    before = forms.ModelMultipleChoiceField(
        label="前の計画から引き継ぐ施策",
        queryset=Measure.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text="1つも選ばないと「新規」、2つ以上選ぶと「統合」になります。",
    )

    def __init__(self, *args, measure: Measure, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["before"].queryset = Measure.objects.of_plan(measure.plan.predecessor)
        self.fields["before"].initial = [link.before_id for link in measure.carries.all()]


class LinkActionForm(forms.Form):
    """前の計画から引き継ぐ取組: of the measures that go on here, and those nobody carries on yet."""

    before = forms.ModelMultipleChoiceField(
        label="前の計画から引き継ぐ取組",
        queryset=Action.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text="1つも選ばないと「新規」、2つ以上選ぶと「統合」になります。",
    )

    def __init__(self, *args, action: Action, **kwargs):
        super().__init__(*args, **kwargs)
        old = Action.objects.filter(plan=action.plan.predecessor_id)
        near = old.filter(measure__carried_by__after=action.measure_id)
        open_ended = old.filter(carried_by=None)
        own = old.filter(carried_by__after=action.pk)
        found = {*near.values_list("pk", flat=True), *open_ended.values_list("pk", flat=True)}
        found |= {*own.values_list("pk", flat=True)}
        self.fields["before"].queryset = Action.objects.filter(pk__in=found).in_order()
        self.fields["before"].initial = [link.before_id for link in action.carries.all()]
