"""施策の評価: the form of one review, with the parts that may be written now."""

from collections.abc import Collection

from django import forms

from ..models import Grade, MeasureReview
from ..reviewing import REVIEW_FIELDS
from .entries import LongTextField, VersionField


class ReviewForm(forms.ModelForm):
    """Only the fields named in `names`: what may not be written now is not in the form at all."""

    version = VersionField()

    class Meta:
        model = MeasureReview
        fields = [field.name for field in REVIEW_FIELDS]
        widgets = {"first_rating": forms.RadioSelect, "second_rating": forms.RadioSelect}

    def __init__(self, *args, names: Collection[str], **kwargs):
        super().__init__(*args, **kwargs)
        grades = Grade.objects.filter(scale=self.instance.cycle.scale_id)
        for field in REVIEW_FIELDS:
            if field.name not in names:
                del self.fields[field.name]
            elif field.kind == "choice":
                self.fields[field.name].queryset = grades
                self.fields[field.name].empty_label = None
            else:
                attrs = {"rows": 4, "data-guide": field.guide}
                self.fields[field.name] = LongTextField(label=field.label, widget=forms.Textarea(attrs=attrs))
        self.fields["version"].initial = self.instance.version

    def values(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "why")}

    def _post_clean(self):
        """The instance is never written here: the action locks the row and writes it."""
