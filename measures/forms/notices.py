"""The form of a notice."""

from django import forms
from django.utils import timezone

from ..models import Notice
from .entries import LongTextField


class NoticeForm(forms.ModelForm):
    """お知らせを書く。"""

    text = LongTextField(label="本文", widget=forms.Textarea(attrs={"rows": 4}))

    class Meta:
        model = Notice
        fields = ["title", "text", "from_on", "to_on"]
        widgets = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("from_on", "to_on")}
        help_texts = {"to_on": "空欄のままにすると、取り下げるまで載ります。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["from_on"].initial = timezone.localdate()

    def _post_clean(self):
        """`actions.save_notice` writes it."""
