"""Forms of sign-in and of the lists of people and organizations."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils import timezone

from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year
from mine_welfare.toolkit.text import clean, narrow

from .backends import LONGEST
from .models import Organization, User
from .permissions import Roles
from .roles import Role
from .sheets import MAX_BYTES, decode

LONGEST_PASSWORD = 256  # a passphrase is shorter; hashing a megabyte would keep the server busy


class SignInForm(AuthenticationForm):
    """Staff ID or e-mail, and a passphrase. One sentence for every failure: it tells a stranger nothing."""

    error_messages = {
        "invalid_login": "IDかパスワードが違います。大文字と小文字、全角と半角を確かめてください。",
        "inactive": "このIDは使えません。事務局へ連絡してください。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.error_messages["required"] = "職員番号・IDか、電子メールを入力してください。"
        name.widget.attrs |= {"autocomplete": "username", "autofocus": False, "maxlength": LONGEST}
        password.error_messages["required"] = "パスワードを入力してください。"
        password.widget.attrs |= {"autocomplete": "current-password", "maxlength": LONGEST_PASSWORD}

    def clean_password(self):
        password = self.cleaned_data["password"]
        if len(password) > LONGEST_PASSWORD:
            raise self.get_invalid_login_error()
        return password


class NewPasswordForm(PasswordChangeForm):
    """パスワードの変更; the old one, temporary or not, is no new one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.max_length = LONGEST_PASSWORD
            field.widget.attrs |= {"maxlength": LONGEST_PASSWORD, "autofocus": False}

    def clean_new_password1(self):
        password = self.cleaned_data["new_password1"]
        if len(password) > LONGEST_PASSWORD:
            raise forms.ValidationError(f"{LONGEST_PASSWORD}文字までにしてください。")
        if self.user.check_password(password):
            raise forms.ValidationError("いまのパスワードとは別のものにしてください。")
        return password


class PersonForm(forms.ModelForm):
    """One person. Roles are rows of the formset beside it."""

    class Meta:
        model = User
        fields = ["login_id", "name", "email"]
        help_texts = {
            "login_id": "サインインに使います。職員番号など、1人に1つのものにします。",
            "email": "提出や差戻しのお知らせを送ります。なくても使えます。",
        }
        widgets = {field: forms.TextInput(attrs={"autocomplete": "off"}) for field in ("login_id", "name")}

    def clean_login_id(self):
        login_id = narrow(clean(self.cleaned_data["login_id"])).strip()
        if User.objects.exclude(pk=self.instance.pk).filter(email__iexact=login_id).exists():
            raise forms.ValidationError("ほかの利用者の電子メールと同じIDは使えません。")
        return login_id

    def clean_name(self):
        return clean(self.cleaned_data["name"]).strip()

    def clean_email(self):
        email = narrow(self.cleaned_data["email"]).strip()
        if email and User.objects.exclude(pk=self.instance.pk).filter(email__iexact=email).exists():
            raise forms.ValidationError("この電子メールは、ほかの利用者が使っています。")
        return email


class RoleForm(forms.Form):
    """One 所属と役割."""

    role = forms.ChoiceField(label="役割", choices=[("", "—"), *Role.choices], required=False)
    organization = forms.ModelChoiceField(
        label="組織", queryset=Organization.objects.all(), required=False, empty_label="—"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # An organization that has ended is offered only to those who are still in it.
        current = Organization.objects.current()
        self.fields["organization"].queryset = current | Organization.objects.filter(
            pk=self.initial.get("organization")
        )

    def clean(self):
        given = super().clean()
        role, organization = given.get("role"), given.get("organization")
        if role and Role(role).needs_organization and not organization and "organization" not in self.errors:
            self.add_error("organization", f"「{Role(role).label}」は、組織も選んでください。")
        if organization and not role and "role" not in self.errors:
            self.add_error("role", "役割も選んでください。")
        if role and not Role(role).needs_organization and Role(role) != Role.SECRETARIAT:
            given["organization"] = None
        return given


class BaseRoleFormSet(forms.BaseFormSet):
    default_error_messages = {
        "missing_management_form": "送られた内容を読み取れませんでした。画面を開き直して、もう一度入力してください。",
        "too_many_forms": "所属と役割は%(num)d行までです。",
    }

    def roles(self) -> Roles:
        """The rows that say something, doubled rows once."""
        return list(dict.fromkeys((row.cleaned_data["role"], row.cleaned_data["organization"]) for row in self.filled))

    @property
    def filled(self) -> list[RoleForm]:
        return [form for form in self.forms if form.cleaned_data.get("role")]

    def clean(self):
        if self.management_form.is_valid() and not any(self.errors) and not self.filled:
            raise forms.ValidationError("役割を1つ以上選んでください。")


# Two empty rows below those in use: 兼務 can be added without a script; the next two come after saving.
RoleFormSet = forms.formset_factory(RoleForm, formset=BaseRoleFormSet, extra=2, max_num=20, absolute_max=20)


class OrganizationForm(forms.ModelForm):
    """組織. Its address on the public site is permanent: once given, it stays."""

    class Meta:
        model = Organization
        fields = [
            "name", "slug", "kind", "section", "phone", "email", "url", "hours", "is_secretariat", "skips_approval",
            "position",
        ]  # fmt: skip
        help_texts = {
            "position": "一覧に並べる順の番号です。",
            "is_secretariat": "市民の画面に、この計画の問合せ先として載せます。",
            "hours": "例：平日 8時30分〜17時15分",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["slug"].disabled = True
            self.fields[
                "slug"
            ].help_text = "公開ページの番地です。ほかの資料からのリンクが切れないよう、変えられません。"
            self.fields[
                "name"
            ].help_text = (
                "誤字を直すときだけ変えます。組織改編で名称が変わったときは、新しい組織を加え、この組織を廃止します。"
            )

    def clean_name(self):
        name = clean(self.cleaned_data["name"]).strip()
        others = Organization.objects.filter(name=name, valid_to=None).exclude(pk=self.instance.pk)
        if self.instance.valid_to is None and others.exists():
            raise forms.ValidationError(
                "同じ名称の組織が、もうあります。先にその組織を廃止するか、別の名称にしてください。"
            )
        return name


class RetireOrganizationForm(forms.Form):
    """廃止: in April the reorganized department has already ended with last year."""

    last_year = forms.TypedChoiceField(label="いつまで", coerce=int, required=False, empty_value=None)
    successor = forms.ModelChoiceField(
        label="継承先",
        queryset=Organization.objects.all(),
        required=False,
        empty_label="なし",
        help_text="次に用意する年度の個票は、継承先の組織が書きます。",
    )

    def __init__(self, *args, organization: Organization, **kwargs):
        initial = {"last_year": organization.valid_to, "successor": organization.successor_id}
        super().__init__(*args, initial=initial, **kwargs)
        this_year = fiscal_year(timezone.localdate())
        years = sorted({this_year - 1, this_year, organization.valid_to or this_year})
        self.fields["last_year"].choices = [
            ("", "廃止しない"),
            *((year, f"{wareki_year(year)}まで（{year + 1}年3月31日）") for year in years),
        ]
        self.fields["successor"].queryset = Organization.objects.current().exclude(pk=organization.pk)


class TransferForm(forms.Form):
    """人事異動の一覧: a CSV as a spreadsheet saves it."""

    file = forms.FileField(
        label="CSVファイル",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "CSVファイルを選んでください。", "empty": "ファイルが空です。"},
    )

    def clean_file(self):
        """Its text; what it was encoded in is kept beside it."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"ファイルは{MAX_BYTES // 1000}KBまでです。")
        text, self.encoding = decode(file.read())
        if not text:
            raise forms.ValidationError(
                "文字コードを読み取れません。表計算ソフトで「CSV UTF-8」か「CSV」の形式で保存し直してください。"
            )
        return text
