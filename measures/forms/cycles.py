"""Forms of the year: its dates, and who answers for what."""

from django import forms

from mine_welfare.accounts.models import Organization

from .entries import LongTextField


def _date(label: str, **more) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def offices():
    """Who may be given a row: everyone who works in the portal."""
    return Organization.objects.current().exclude(kind=Organization.Kind.OUTSIDE)


class DatesForm(forms.Form):
    """日程. `year`, where the form knows it, is the fiscal year the dates belong to."""

    year: int | None = None

    opens_on = _date("入力の開始日")
    due_on = _date("締切日")
    grace_days = forms.IntegerField(
        label="猶予日数",
        min_value=0,
        max_value=60,
        initial=0,
        help_text="締切のあと、担当課がまだ入力できる日数です。この間の提出は「締切後」と記録します。",
    )
    liaison_on = _date("連携会議の日", required=False)
    committee_on = _date("委員会の日", required=False)
    publish_on = _date("公表の予定日", required=False)

    def clean(self):
        given = super().clean()
        opens_on, due_on = given.get("opens_on"), given.get("due_on")
        if opens_on and due_on and due_on < opens_on:
            self.add_error("due_on", "締切日は、入力の開始日より後の日にしてください。")
        for name in ("opens_on", "due_on"):
            day = given.get(name)
            if day and self.year and not self.year <= day.year <= self.year + 10:
                self.add_error(name, f"年を確かめてください（{self.year}年度の評価です）。")
        return given


class CycleForm(DatesForm):
    """日程と記入のお願い of a year that stands already."""

    instructions = LongTextField(
        label="記入のお願い",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="担当課のホームに載せます。",
    )

    def __init__(self, data=None, *, cycle):
        self.year = cycle.year
        super().__init__(data, initial={name: getattr(cycle, name) for name in self.base_fields})


class AssignForm(forms.Form):
    """Who answers for a 「関係各課」."""

    organizations = forms.MultipleChoiceField(label="担当する組織")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = {str(office.pk): office for office in offices()}
        self.fields["organizations"].choices = [(pk, office.name) for pk, office in self.offered.items()]

    def clean_organizations(self):
        return [self.offered[pk] for pk in self.cleaned_data["organizations"]]
