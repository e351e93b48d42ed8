"""訂正: the fields citizens read, with the reason a correction demands."""

from django import forms

from ..models import Entry, MeasureReview, Opinion, Response
from ..reviewing import REVIEW_FIELDS
from .entries import EntryForm, LongTextField, VersionField
from .reviews import ReviewForm

NOT_VALUES = ("version", "why")


class ReasonField(forms.CharField):
    """Why a fixed row is changed; citizens read it."""

    def __init__(self):
        super().__init__(
            label="訂正の理由",
            max_length=100,
            help_text="訂正履歴に載り、市民が読みます。例：実績の件数に誤りがあったため",
            error_messages={"required": "訂正の理由を入力してください。"},
        )


class EntryCorrectionForm(EntryForm):
    """個票の訂正: every field but the inside memo."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["memo"]
        self.fields["why"] = ReasonField()


class ReviewCorrectionForm(ReviewForm):
    """施策の評価の訂正: what citizens read of it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, names=[field.name for field in REVIEW_FIELDS], **kwargs)
        self.fields["why"] = ReasonField()


class _TextCorrectionForm(forms.ModelForm):
    version = VersionField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        label = self.instance._meta.get_field("text").verbose_name
        self.fields["text"] = LongTextField(label=label, required=True, widget=forms.Textarea(attrs={"rows": 5}))
        self.fields["version"].initial = self.instance.version
        self.fields["why"] = ReasonField()

    def values(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name not in NOT_VALUES}

    def _post_clean(self):
        """The instance is never written here: `actions.correct` locks the row and writes it."""


class OpinionCorrectionForm(_TextCorrectionForm):
    class Meta:
        model = Opinion
        fields = ["text", "meeting"]


class ResponseCorrectionForm(_TextCorrectionForm):
    class Meta:
        model = Response
        fields = ["text", "reflection"]
        widgets = {"reflection": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reflection"].choices = Response.Reflection.choices
        self.fields["reflection"].required = True


CORRECTION_FORMS = {
    Entry: EntryCorrectionForm,
    MeasureReview: ReviewCorrectionForm,
    Opinion: OpinionCorrectionForm,
    Response: ResponseCorrectionForm,
}
