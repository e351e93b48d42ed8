"""Forms of sign-in and of the lists of people and organizations."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from mine_welfare.toolkit.text import narrow

from .models import Organization, User
from .roles import Role


class SignInForm(AuthenticationForm):
    """Staff ID or e-mail, and a passphrase. One sentence for every failure: it tells a stranger nothing."""

    error_messages = {
        "invalid_login": "IDかパスワードが違います。大文字と小文字、全角と半角を確かめてください。",
        "inactive": "このIDは使えません。事務局へ連絡してください。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "職員番号・IDまたは電子メール"
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "autofocus": False}
        self.fields["password"].label = "パスワード"
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}


class PersonForm(forms.ModelForm):
    """One person. Roles are rows of the formset beside it."""

    class Meta:
        model = User
        fields = ["login_id", "name", "email"]

    def clean_login_id(self):
        return narrow(self.cleaned_data["login_id"]).strip()

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

    def clean(self):
        given = super().clean()
        role, organization = given.get("role"), given.get("organization")
        if role and Role(role).needs_organization and not organization:
            self.add_error("organization", f"「{Role(role).label}」には組織が必要です。")
        if organization and not role:
            self.add_error("role", "役割を選んでください。")
        if role and not Role(role).needs_organization and Role(role) != Role.SECRETARIAT:
            given["organization"] = None
        return given


class BaseRoleFormSet(forms.BaseFormSet):
    def roles(self) -> list[tuple[str, Organization | None]]:
        """The rows that say something, doubled rows once."""
        rows = [(form.cleaned_data["role"], form.cleaned_data["organization"]) for form in self.filled]
        return list(dict.fromkeys(rows))

    @property
    def filled(self) -> list[RoleForm]:
        return [form for form in self.forms if form.cleaned_data.get("role") and not form.cleaned_data.get("DELETE")]

    def clean(self):
        if not any(self.errors) and not self.filled:
            raise forms.ValidationError("役割を1つ以上選んでください。")


RoleFormSet = forms.formset_factory(RoleForm, formset=BaseRoleFormSet, extra=2, can_delete=False)


class OrganizationForm(forms.ModelForm):
    class Meta:
        model = Organization
        fields = [
            "name", "slug", "kind", "section", "phone", "email", "url", "hours", "is_secretariat", "skips_approval",
            "position",
        ]  # fmt: skip


class RetireOrganizationForm(forms.Form):
    successor = forms.ModelChoiceField(
        label="継承先", queryset=Organization.objects.all(), required=False, empty_label="なし"
    )

    def __init__(self, *args, organization: Organization, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = Organization.objects.current().exclude(pk=organization.pk)
