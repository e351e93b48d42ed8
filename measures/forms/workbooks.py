"""Which sheets a workbook holds, and the workbook that comes back."""

from django import forms
from django.db.models import QuerySet

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.upload import EMPTY, LIMITS, MEGABYTE

from ..models import Measure


class WorkbookForm(forms.Form):
    """The rows of a workbook, out of the sheets this person works on; an unknown value is no filter."""

    organization = forms.ModelChoiceField(
        label="課・団体",
        queryset=Organization.objects.none(),
        required=False,
        empty_label="すべて",
        to_field_name="slug",
    )
    measure = forms.ModelChoiceField(
        label="施策", queryset=Measure.objects.none(), required=False, empty_label="すべて", to_field_name="code"
    )

    def __init__(self, *args, entries: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.entries = entries
        offices = Organization.objects.filter(entries__in=entries).distinct()
        if len(offices) < 2:
            del self.fields["organization"]
        else:
            self.fields["organization"].queryset = offices
        self.fields["measure"].queryset = Measure.objects.filter(actions__entries__in=entries).distinct()

    def chosen(self) -> QuerySet:
        """The sheets asked for, in the plan's order."""
        self.is_valid()
        entries = self.entries
        if organization := self.cleaned_data.get("organization"):
            entries = entries.filter(organization=organization)
        if measure := self.cleaned_data.get("measure"):
            entries = entries.filter(action__measure=measure)
        return entries


class UploadForm(forms.Form):
    """記入した調査票。"""

    file = forms.FileField(
        label="記入したExcel",
        help_text=f"Excelのファイル（.xlsx）を1つ、{LIMITS.size // MEGABYTE}MBまで。書きかけでもかまいません。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "記入したExcelのファイルを選んでください。", "empty": EMPTY},
    )
