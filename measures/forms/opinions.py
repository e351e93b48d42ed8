"""Opinions of the committee, the request to answer them, and the answers."""

import datetime

from django import forms
from django.utils import timezone

from ..models import Cycle, Measure, Opinion, Response
from ..queries.opinions import meetings, offered
from .entries import LongTextField, VersionField

WHOLE_PLAN = "計画の全体"


class OpinionForm(forms.Form):
    """委員会意見, on a measure or on the whole plan."""

    measure = forms.ModelChoiceField(
        label="どの施策への意見か", queryset=Measure.objects.none(), required=False, empty_label=WHOLE_PLAN
    )
    text = LongTextField(
        label="意見",
        required=True,
        widget=forms.Textarea(attrs={"rows": 6, "data-guide": 400}),
        error_messages={"required": "意見を書いてください。"},
    )
    meeting = forms.CharField(
        label="会議",
        required=False,
        max_length=80,
        help_text="意見が出た会議の名前です。公表されます。例：第1回 策定推進委員会",
    )
    version = VersionField()

    def __init__(self, *args, cycle: Cycle, opinion: Opinion | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["measure"].queryset = Measure.objects.of_plan(cycle.plan)
        self.fields["version"].initial = opinion.version if opinion else 0
        if opinion:
            self.initial |= {"measure": opinion.measure_id, "text": opinion.text, "meeting": opinion.meeting}
        elif known := meetings(cycle):
            self.initial.setdefault("meeting", known[0])

    def values(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class RequestForm(forms.Form):
    """回答の依頼: who is to answer an opinion, and by when."""

    organizations = forms.MultipleChoiceField(
        label="回答する組織",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "回答する組織を1つ以上選んでください。",
            "invalid_choice": "回答する組織は、一覧から選んでください。",
        },
    )
    due_on = forms.DateField(
        label="回答の期限",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "回答の期限を入れてください。"},
    )

    def __init__(self, *args, opinion: Opinion, **kwargs):
        super().__init__(*args, **kwargs)
        rows = offered(opinion, opinion.cycle.year + 1)
        asked = {response.organization_id for response in opinion.responses.all()}
        self.offered = {str(one.pk): one for one, _ in rows if one.pk not in asked}
        self.owners = "、".join(one.name for one, is_owner in rows if is_owner)
        self.fields["organizations"].choices = [(pk, one.name) for pk, one in self.offered.items()]
        if self.owners:
            self.fields["organizations"].help_text = f"この施策の取組を担当しているのは、{self.owners}です。"
        self.fields["due_on"].initial = timezone.localdate() + datetime.timedelta(days=14)

    def values(self) -> dict:
        chosen = self.cleaned_data["organizations"]
        return {
            "organizations": [self.offered[pk] for pk in chosen],
            "due_on": self.cleaned_data["due_on"],
        }


class ResponseForm(forms.Form):
    """市の考え方. Nothing is required to keep what was written so far."""

    text = LongTextField(
        label="市の考え方",
        widget=forms.Textarea(attrs={"rows": 6, "data-guide": 300}),
        help_text="です・ます調で、市民に分かる言葉で書きます。市の考え方として公表されます",
    )
    reflection = forms.ChoiceField(
        label="反映状況",
        required=False,
        widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in Response.Reflection],
        help_text="　".join(f"{one.label}：{one.definition}" for one in Response.Reflection),
    )
    version = VersionField()

    def __init__(self, *args, response: Response, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"text": response.text, "reflection": response.reflection, "version": response.version}

    def values(self) -> dict:
        return {"text": self.cleaned_data["text"], "reflection": self.cleaned_data["reflection"]}
