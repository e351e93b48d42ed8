"""Forms of the partners and the events."""

from django import forms

from .models import Event, Partner


class PartnerForm(forms.ModelForm):
    """One partner. Names are told apart within a plan."""

    class Meta:
        model = Partner
        fields = ("name", "role", "contact", "known_as")
        widgets = {"role": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"contact": "市民に公開します。個人の電話番号は載せないでください。"}

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = Partner.objects.filter(plan=self.instance.plan, name=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(f"「{name}」は、もう名簿にあります。")
        return name


class EventForm(forms.ModelForm):
    """One dated notice."""

    class Meta:
        model = Event
        fields = ("title", "starts_on", "ends_on", "place", "text")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def clean(self):
        first, last = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "終わりの日は、始まりの日より後の日にしてください。")
        return self.cleaned_data
