"""Forms of the plan's text."""

from typing import Any

from django import forms

from mine_welfare.toolkit.text import clean

from .actions import LONGEST_REASON, LONGEST_TEXT, fingerprint, levels_after
from .models import BasicPolicy, GlossaryTerm, Plan, Section


class PlanTextField(forms.CharField):
    """Running text of the plan: control characters that came with a copy are dropped before anything is checked."""

    def __init__(self, *, rows: int = 4, **kwargs):
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(**{"widget": widget, "max_length": LONGEST_TEXT, **kwargs})

    def widget_attrs(self, widget):
        # No maxlength in the browser: it would cut a pasted text without a word.
        return {}

    def to_python(self, value):
        return clean(super().to_python(value)).strip()


class ReasonField(forms.CharField):
    """変更の理由: asked of a plan that has been decided."""

    def __init__(self, *, plan: Plan):
        super().__init__(
            label="変更の理由",
            max_length=LONGEST_REASON,
            required=not plan.is_draft,
            help_text="変更の記録に残ります。市民の画面には出ません。",
        )


class TextForm(forms.ModelForm):
    """The words of one row; what is written is written by an action, never by the form."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, plan: Plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.words = list(self._meta.fields)
        self.fields["reason"] = ReasonField(plan=plan)
        self.fields["seen"].initial = fingerprint(self.instance, self.words)

    def _post_clean(self):
        """The row stays as it was read: another's version may have to be shown beside this one."""

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.words}

    def saved_in_between(self, row) -> list[tuple[str, str, str]]:
        """[(label, what stands now, what was typed)] of the fields that differ; the next saving is on top of it."""
        self.data = self.data.copy()
        self.data["seen"] = fingerprint(row, self.words)
        pairs = [
            (self.fields[name].label, str(getattr(row, name)), str(self.cleaned_data[name])) for name in self.words
        ]
        return [(label, now, typed) for label, now, typed in pairs if now != typed]


class SectionForm(TextForm):
    """本文の1節."""

    body = PlanTextField(
        label="本文",
        rows=18,
        required=False,
        help_text=(
            "段落の間は1行空けます。行の初めの「- 」は箇条書き、「### 」は小見出しです。"
            "「![」で始まる行は図です。消すと、図も消えます。"
        ),
    )

    class Meta:
        model = Section
        fields = ["marker", "title", "body"]


class NewSectionForm(SectionForm):
    """本文に加える1節: how deep it stands, then its words."""

    WORDS = {-1: "1つ上の段", 0: "同じ段", 1: "1つ下の段"}

    def __init__(self, *args, after: Section, **kwargs):
        super().__init__(*args, **kwargs)
        levels = levels_after(after)
        self.fields["level"] = forms.TypedChoiceField(
            label="段",
            choices=[(level, f"「{after.heading}」の{self.WORDS[level - after.level]}") for level in levels],
            coerce=int,
            initial=max(after.level, 2),
        )
        self.order_fields(["seen", "level"])


class PolicyForm(TextForm):
    """基本施策の名称と現状と課題."""

    issues = PlanTextField(label="現状と課題", rows=10, required=False, help_text="段落ごとに改行します。")

    class Meta:
        model = BasicPolicy
        fields = ["title", "issues"]


class TermForm(TextForm):
    """用語解説の1語."""

    definition = PlanTextField(label="説明", rows=5, help_text="段落ごとに改行します。")

    class Meta:
        model = GlossaryTerm
        fields = ["term", "reading", "definition", "origin"]
        help_texts = {
            "reading": "ひらがなで入力します。五十音の順に並べます。",
            "origin": "計画書にある説明か、このサイトが補った説明かを示します。",
        }

    def clean_term(self):
        """Said before the action says it, so that the field is marked."""
        term = clean(self.cleaned_data["term"]).strip()
        others = GlossaryTerm.objects.filter(plan=self.instance.plan_id, term=term).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError("この用語は、もうあります。")
        return term
