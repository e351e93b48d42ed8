"""Staff forms. They clean what people type; the rules live in `permissions` and `actions`."""

from django import forms
from django.forms.models import ModelChoiceIterator

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import wareki_year_both
from mine_welfare.toolkit.text import clean, narrow

from ..fields import FIELDS, MAX_LENGTH
from ..models import Cycle, Direction, Entry, Grade
from ..queries.gaps import Gap
from ..workflow import EntryState

STALE = "この画面を開いたときの内容と比べられません。画面を開き直してから、もう一度操作してください。"


class LongTextField(forms.CharField):
    """Running text: control characters that came with a copy are dropped before anything is checked."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs):
        super().__init__(**{"required": False, "max_length": MAX_LENGTH, **kwargs})

    def widget_attrs(self, widget):
        # No maxlength in the browser: it would cut a pasted text without a word.
        return {}

    def to_python(self, value):
        return super().to_python(clean(value) if isinstance(value, str) else value)


class ThousandYenField(forms.IntegerField):
    """Thousand yen as people type it: 「１２，５００」, "12,500", 12500."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **kwargs):
        super().__init__(min_value=0, max_value=999_999_999, required=False, **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = narrow(value).replace(",", "").replace("千円", "").strip()
        return super().to_python(value)


class VersionField(forms.IntegerField):
    """The version of the sheet the person looked at."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs):
        super().__init__(label="画面", error_messages={"required": STALE, "invalid": STALE}, **kwargs)


class LoadedChoices(ModelChoiceIterator):
    """The letters of a scale, read once however often they are drawn and compared."""

    def __iter__(self):
        return map(self.choice, self.queryset)


def _text_field(field) -> LongTextField:
    attrs = {"rows": 4 if field.guide >= 400 else 3, "data-guide": field.guide}
    return LongTextField(label=field.label, widget=forms.Textarea(attrs=attrs))


class EntryForm(forms.ModelForm):
    """個票. Nothing is required to save; what is missing is told before 提出."""

    version = VersionField()
    budget = ThousandYenField(label="予算額（千円）")
    settlement = ThousandYenField(label="決算額（千円）")

    class Meta:
        model = Entry
        fields = [field.name for field in FIELDS]
        widgets = {"rating": forms.RadioSelect, "direction": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= {field.name: _text_field(field) for field in FIELDS if field.kind == "text"}
        scale = self.instance.cycle.scale_id
        grades, directions = Grade.objects.filter(scale=scale), Direction.objects.filter(scale=scale)
        for name, choices in (("rating", grades), ("direction", directions)):
            self.fields[name].iterator = LoadedChoices
            self.fields[name].empty_label = None
            self.fields[name].queryset = choices
        self.fields["direction"].help_text = _direction_help(self.fields["direction"].queryset)
        self.fields["version"].initial = self.instance.version

    def values(self) -> dict:
        """What `actions.save_entry` takes: every field of the table that was sent."""
        return {field.name: self.cleaned_data[field.name] for field in FIELDS if field.name in self.cleaned_data}

    def clean(self):
        given = super().clean()
        if given.get("no_budget") and (given.get("budget") is not None or given.get("settlement") is not None):
            self.add_error("no_budget", "金額を入れるときは、「予算を伴わない」の印を外してください。")
        return given

    def _post_clean(self):
        """The instance is never written here: `actions.save_entry` locks the row and writes it."""


def _direction_help(directions) -> str:
    """What each choice asks for further down, said before it is chosen."""
    mended = "・".join(direction.label for direction in directions if direction.needs_improvement)
    ended = "・".join(direction.label for direction in directions if direction.ends_action)
    words = f"{mended}のときは、「方向性の内容・改善策」も書きます。" if mended else ""
    return words + (f"{ended}のときは、「次年度の取組予定」は要りません。" if ended else "")


class CommentForm(forms.Form):
    """The words given with a move, and the version the person looked at."""

    comment = LongTextField(label="理由・コメント")
    version = VersionField()


class UnchangedForm(forms.Form):
    """「前年度から変更なし」, over what was already written only with a tick."""

    version = VersionField()
    replace = forms.BooleanField(label="入力した内容を、前年度の内容に置き換える", required=False)


OVERDUE = "overdue"
UNANSWERED = "unanswered"
UNSENT = "unsent"


class EntryFilter(forms.Form):
    """The filter of the staff list; an unknown value is no filter, never an error page."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int)
    organization = forms.ModelChoiceField(
        label="課・団体",
        queryset=Organization.objects.none(),
        required=False,
        empty_label="すべて",
        to_field_name="slug",
    )
    state = forms.ChoiceField(
        label="状態",
        required=False,
        choices=[
            ("", "すべて"),
            (OVERDUE, "締切超過"),
            (UNSENT, "提出前のすべて"),
            *EntryState.choices,
            (UNANSWERED, "未回答のまま締切"),
        ],
    )
    gap = forms.ChoiceField(label="記入の不足", required=False, choices=[("", "すべて"), *Gap.choices])
    goal = forms.TypedChoiceField(label="基本目標", required=False, coerce=int, empty_value=None)
    q = forms.CharField(label="番号・取組", required=False, max_length=60, strip=True)

    def __init__(self, data, *, cycle: Cycle):
        """The year in the address has been resolved to `cycle`; the form shows which one it is."""
        super().__init__(data.copy())
        self.data["year"] = str(cycle.year)
        years = cycle.plan.cycles.values_list("year", flat=True)
        self.fields["year"].choices = [(year, wareki_year_both(year)) for year in years]
        self.fields["organization"].queryset = Organization.objects.filter(entries__cycle=cycle).distinct()
        goals = cycle.plan.goals.all()
        self.fields["goal"].choices = [("", "すべて"), *((goal.number, str(goal)) for goal in goals)]

    def given(self) -> dict:
        """The values that could be read."""
        self.is_valid()
        return self.cleaned_data
