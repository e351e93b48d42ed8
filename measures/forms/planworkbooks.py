"""The workbook of a plan's structure that comes back, and what is chosen before it is written."""

from django import forms
from django.utils import timezone

from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year
from mine_welfare.toolkit.upload import EMPTY, LIMITS, MEGABYTE
from plans.forms import ReasonField
from plans.models import Plan

from .plantext import FROM_THE_START, since_choices


class PlanUploadForm(forms.Form):
    """直した計画のExcel。"""

    file = forms.FileField(
        label="直したExcel",
        help_text=f"Excelのファイル（.xlsx）を1つ、{LIMITS.size // MEGABYTE}MBまで。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "直したExcelのファイルを選んでください。", "empty": EMPTY},
    )


class PlanApplyForm(forms.Form):
    """What the file cannot say: from when new 担当 answer, until when actions last that are gone from it, and why."""

    since = forms.TypedChoiceField(
        label="担当を変える時期",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="担当が変わる取組の、新しい担当が始まる時期です。前の年度の担当は、そのまま残ります。",
    )
    last_year = forms.TypedChoiceField(
        label="取組を終える年度",
        coerce=int,
        help_text="印を付けた取組は、この年度までで終えます。次の年度から、個票をつくりません。",
    )

    def __init__(self, *args, plan: Plan, moves: bool, ends: bool, **kwargs):
        """`moves`: somebody else answers for an action; `ends`: an action may end."""
        super().__init__(*args, **kwargs)
        self.fields["since"].choices = since_choices(plan, FROM_THE_START)
        self.fields["last_year"].choices = [(year, f"{wareki_year(year)}まで") for year in plan.years]
        this_year = fiscal_year(timezone.localdate())
        self.fields["last_year"].initial = this_year if this_year in plan.years else plan.end_year
        for name, is_asked in (("since", moves), ("last_year", ends)):
            if not is_asked:
                del self.fields[name]
        self.fields["reason"] = ReasonField(plan=plan)
