"""督促: the letters as they come back from the page, one for each organization."""

from django import forms

from mine_welfare.accounts.roles import Role

from ..models import Reminder
from ..queries.reminders import LADDER, Chase
from .entries import LongTextField

ADDRESSEES = [(role.value, role.label) for role in LADDER]


class LetterForm(forms.Form):
    """One letter: its words, and what it was made from (the sheets it names, the reminders sent before it)."""

    text = LongTextField(label="文面", required=True, widget=forms.Textarea(attrs={"rows": 14}))
    addressee = forms.ChoiceField(choices=ADDRESSEES, widget=forms.HiddenInput)
    named = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    sent_before = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, chase: Chase, role: Role | None, letter: str = "", **kwargs):
        self.chase, self.role = chase, role
        super().__init__(*args, prefix=chase.organization.slug, **kwargs)
        self.initial = {
            "text": letter,
            "addressee": role,
            "named": " ".join(str(entry.pk) for entry in chase.entries),
            "sent_before": len(chase.sent),
        }

    @property
    def readers(self) -> list[tuple[str, str]]:
        """(name, address or "") of those it goes to."""
        return self.chase.readers(self.role) if self.role else []

    def clean_addressee(self):
        return Role(self.cleaned_data["addressee"])

    def clean_named(self):
        words = self.cleaned_data["named"].split()
        if not all(word.isascii() and word.isdigit() for word in words):
            raise forms.ValidationError("画面を開き直してください。")
        return {int(word) for word in words}


class WayForm(forms.Form):
    """How the letters go out: said by the button."""

    way = forms.ChoiceField(choices=Reminder.Way)
