"""Forms of 組織改編: what becomes what, and from when."""

from django import forms
from django.utils import timezone

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year
from mine_welfare.toolkit.text import clean

from ..actions.april import Target
from ..models import Reorganization

MOST_TARGETS = 6  # of a split; a larger one is done in two steps


class ReorganizationForm(forms.Form):
    """The old side: which organizations, and the fiscal year the new ones begin with."""

    year = forms.TypedChoiceField(label="いつから", coerce=int)
    sources = forms.MultipleChoiceField(label="元の組織", error_messages={"required": "元の組織を選んでください。"})
    keeps = forms.BooleanField(
        label="元の組織も残す（一部の事務だけを移す）",
        required=False,
        help_text="印を付けると、元の組織は廃止しません。移すものだけを、次の画面で選びます。",
    )

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        this_year = fiscal_year(timezone.localdate())
        self.fields["year"].choices = [(y, f"{wareki_year(y)}（{y}年4月1日）から") for y in (this_year, this_year + 1)]
        self.fields["year"].initial = this_year
        self.offered = {str(one.pk): one for one in Organization.objects.filter(valid_to=None)}
        choices = [(pk, one.name) for pk, one in self.offered.items()]
        if kind == Reorganization.Kind.MERGE:
            self.fields["sources"].widget = forms.CheckboxSelectMultiple()
        else:
            self.fields["sources"] = forms.ChoiceField(
                label="元の組織", error_messages={"required": "元の組織を選んでください。"}
            )
            choices = [("", "—"), *choices]
        self.fields["sources"].choices = choices
        if kind != Reorganization.Kind.SPLIT:
            del self.fields["keeps"]

    def clean_sources(self) -> list[Organization]:
        given = self.cleaned_data["sources"]
        return [self.offered[pk] for pk in ([given] if isinstance(given, str) else given)]


class TargetForm(forms.Form):
    """The new side, one organization: an existing one, or a new name."""

    organization = forms.ModelChoiceField(
        label="いまある組織から選ぶ", queryset=Organization.objects.none(), required=False, empty_label="新しくつくる"
    )
    name = forms.CharField(label="新しい名称", max_length=60, required=False)
    slug = forms.SlugField(
        label="識別名",
        max_length=50,
        required=False,
        help_text="公開ページの番地です（半角英数字とハイフン）。空欄なら、元の識別名に年度を付けます。",
    )
    section = forms.CharField(label="担当班・係", max_length=60, required=False)
    phone = forms.CharField(label="電話", max_length=30, required=False)
    email = forms.EmailField(label="電子メール", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(valid_to=None)

    def clean_name(self) -> str:
        return clean(self.cleaned_data["name"]).strip()

    def clean(self):
        given = super().clean()
        details = any(given.get(name) for name in ("slug", "section", "phone", "email"))
        if given.get("organization") and given.get("name"):
            self.add_error("name", "いまある組織を選んだときは、新しい名称は空欄にしてください。")
        elif details and not given.get("organization") and not given.get("name") and "name" not in self.errors:
            self.add_error("name", "新しい名称を入力してください。")
        return given


class BaseTargetFormSet(forms.BaseFormSet):
    default_error_messages = {
        "missing_management_form": "送られた内容を読み取れませんでした。画面を開き直して、もう一度入力してください。",
        "too_many_forms": "移し先は%(num)d組織までです。",
    }

    def targets(self) -> list[Target]:
        """The rows that say something."""
        rows = [form.cleaned_data for form in self.forms]
        return [Target(**row) for row in rows if row.get("organization") or row.get("name")]

    def clean(self):
        if self.management_form.is_valid() and not any(self.errors) and not self.targets():
            raise forms.ValidationError("新しい組織の名称を入力するか、いまある組織を選んでください。")


def target_formset(kind: str) -> type[forms.BaseFormSet]:
    """As many rows as a 組織改編 of this kind may need."""
    rows = 3 if kind == Reorganization.Kind.SPLIT else 1
    most = MOST_TARGETS if kind == Reorganization.Kind.SPLIT else 1
    return forms.formset_factory(TargetForm, formset=BaseTargetFormSet, extra=rows, max_num=most, absolute_max=most)
