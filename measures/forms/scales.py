"""評価の基準 as the secretariat edits it: a table of grades, a table of directions."""

from django import forms

from mine_welfare.toolkit.text import clean, narrow

from ..models import Direction, Grade, Scale

# The drawings a grade may have; the word says what each looks like.
MARKS = {
    "ma": "二重丸",
    "mb": "丸",
    "mc": "三角",
    "md": "ばつ",
    "check": "チェック",
    "mx": "横棒",
    "stop": "四角",
    "mq": "疑問符",
}


class ScaleForm(forms.ModelForm):
    class Meta:
        model = Scale
        fields = ["name"]


class CopyForm(forms.Form):
    name = forms.CharField(label="新しい基準の名称", max_length=60)


class GradeForm(forms.ModelForm):
    """One letter. The short name stands in tables, the definition beside the choice."""

    # A browser always sends one of the marks: the row that is left empty must begin with the first.
    mark = forms.ChoiceField(label="印", choices=list(MARKS.items()), initial="ma")

    class Meta:
        model = Grade
        fields = ["code", "label", "short_label", "mark", "tone", "definition", "is_rated", "needs_reason"]
        # Long enough for two lines: a definition is read whole.
        widgets = {"definition": forms.Textarea(attrs={"rows": 2})}

    def clean_definition(self):
        return " ".join(clean(self.cleaned_data["definition"]).split())

    def clean_code(self):
        return narrow(clean(self.cleaned_data["code"])).strip()


class DirectionForm(forms.ModelForm):
    """One direction. Its code is given once by the action and never shown."""

    class Meta:
        model = Direction
        fields = ["label", "needs_improvement", "ends_action"]


class LabelledFormSet(forms.BaseModelFormSet):
    """A table has its labels in the head; each box is read aloud with its own."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        place = f"{index + 1}行目" if index is not None else ""
        for name, field in form.fields.items():
            label = {"ORDER": "順", "DELETE": "消す"}.get(name, field.label)
            field.widget.attrs["aria-label"] = f"{place} {label}"


def _formset(model, form):
    return forms.modelformset_factory(
        model,
        form=form,
        formset=LabelledFormSet,
        extra=1,
        can_order=True,
        can_delete=True,
        max_num=20,
        validate_max=True,
    )


GradeFormSet = _formset(Grade, GradeForm)
DirectionFormSet = _formset(Direction, DirectionForm)


def kept(formset) -> list:
    """The rows of a valid formset in the order the numbers beside them give, without those taken out."""
    return [form.instance for form in formset.ordered_forms]


def dropped(formset) -> list:
    """The rows that stand in the database and are to go."""
    return [form.instance for form in formset.deleted_forms if form.instance.pk]
