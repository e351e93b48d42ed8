"""Sign-in, and the lists of people and organizations the secretariat keeps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import actions
from .decorators import roles_required
from .forms import OrganizationForm, PersonForm, RetireOrganizationForm, RoleFormSet, SignInForm
from .models import Organization, User
from .permissions import KEEPERS, retire_refusal


@method_decorator(login_not_required, name="dispatch")
class SignInView(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        """Keep when this person was here last: shown on every page, so that a stranger's use is noticed."""
        person = form.get_user()
        User.objects.filter(pk=person.pk).update(previous_login=person.last_login)
        return super().form_valid(form)


class ChangePasswordView(PasswordChangeView):
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("staff:home")

    def form_valid(self, form):
        response = super().form_valid(form)
        User.objects.filter(pk=self.request.user.pk).update(must_change_password=False)
        messages.success(self.request, "パスワードを変えました。")
        return response


# ---- people ---------------------------------------------------------------
@require_GET
@roles_required(*KEEPERS)
def people(request):
    rows = User.objects.prefetch_related("memberships__organization").order_by("-is_active", "login_id")
    return render(request, "accounts/people.html", {"people": rows})


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS)
def person_new(request):
    form, roles = PersonForm(request.POST or None), RoleFormSet(request.POST or None, prefix="roles")
    if request.method == "POST" and form.is_valid() and roles.is_valid():
        try:
            person, password = actions.add_person(**form.cleaned_data, roles=roles.roles(), by=request.user)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "accounts/password_shown.html", {"person": person, "password": password})
    return person_page(request, form, roles)


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS)
def person(request, pk: int):
    person = get_object_or_404(User, pk=pk)
    initial = [{"role": row.role, "organization": row.organization_id} for row in person.memberships.all()]
    form = PersonForm(request.POST or None, instance=person)
    roles = RoleFormSet(request.POST or None, prefix="roles", initial=initial)
    if request.method == "POST" and form.is_valid() and roles.is_valid():
        try:
            actions.set_roles(person=person, roles=roles.roles(), by=request.user)
            form.save()
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{person}さんの登録を変えました。")
            return redirect("staff:people")
    return person_page(request, form, roles, person)


def person_page(request, form, roles, person: User | None = None):
    context = {
        "form": form,
        "roles": roles,
        "person": person,
        "retire_refusal": retire_refusal(request.user, person) if person else None,
    }
    failed = form.is_bound and (form.errors or roles.total_error_count())
    return render(request, "accounts/person.html", context, status=422 if failed else 200)


@require_POST
@roles_required(*KEEPERS)
def person_retire(request, pk: int):
    person = get_object_or_404(User, pk=pk)
    try:
        actions.retire_person(person=person, by=request.user)
        messages.success(request, f"{person}さんの利用を終えました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:person", pk=pk)
    return redirect("staff:people")


@require_POST
@roles_required(*KEEPERS)
def person_reset(request, pk: int):
    person = get_object_or_404(User, pk=pk, is_active=True)
    try:
        password = actions.reset_password(person=person, by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:person", pk=pk)
    return render(request, "accounts/password_shown.html", {"person": person, "password": password})


# ---- organizations --------------------------------------------------------
@require_GET
@roles_required(*KEEPERS)
def organizations(request):
    rows = Organization.objects.select_related("successor").annotate(
        n_people=Count("memberships__user", distinct=True), n_actions=Count("responsibilities__action", distinct=True)
    )
    return render(request, "accounts/organizations.html", {"organizations": rows})


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS)
def organization_new(request):
    return organization_form(request, OrganizationForm(request.POST or None))


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS)
def organization(request, pk: int):
    organization = get_object_or_404(Organization, pk=pk)
    return organization_form(request, OrganizationForm(request.POST or None, instance=organization), organization)


def organization_form(request, form, organization: Organization | None = None):
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"「{saved}」を保存しました。")
        return redirect("staff:organizations")
    context = {"form": form, "organization": organization}
    if organization:
        context["retire_form"] = RetireOrganizationForm(organization=organization)
    return render(request, "accounts/organization.html", context, status=422 if form.errors else 200)


@require_POST
@roles_required(*KEEPERS)
def organization_retire(request, pk: int):
    organization = get_object_or_404(Organization, pk=pk)
    form = RetireOrganizationForm(request.POST, organization=organization)
    try:
        if not form.is_valid():
            raise actions.Refused("継承先を選び直してください。")
        actions.retire_organization(
            organization=organization, successor=form.cleaned_data["successor"], by=request.user
        )
        messages.success(request, f"「{organization}」を今年度限りで廃止にしました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:organizations")
