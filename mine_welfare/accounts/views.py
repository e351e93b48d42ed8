"""Sign-in, and the lists of people and organizations the secretariat keeps."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordChangeView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year
from mine_welfare.toolkit.lists import as_file

from . import actions, lists, sheets
from .decorators import roles_required
from .forms import (
    NewPasswordForm,
    OrganizationForm,
    PersonForm,
    RetireOrganizationForm,
    RoleFormSet,
    SignInForm,
    TransferForm,
)
from .models import Organization, User
from .permissions import KEEPERS, person_refusal, retire_refusal
from .roles import Role


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
    form_class = NewPasswordForm
    success_url = reverse_lazy("staff:home")

    def form_valid(self, form):
        form.user.must_change_password = False  # stored together with the new password
        messages.success(self.request, "パスワードを変えました。次回から、新しいパスワードでサインインしてください。")
        return super().form_valid(form)


@login_not_required
def admin_sign_in(request):
    """The admin has no door of its own: the lockout, the forced change and the log are those of the portal."""
    if request.user.is_authenticated:
        raise PermissionDenied("管理画面を開けるのは、サーバーで管理者として登録された人だけです。")
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


# ---- people ---------------------------------------------------------------
@require_GET
@roles_required(*KEEPERS)
def people(request):
    rows = User.objects.prefetch_related("memberships__organization").order_by("login_id")
    if file := as_file(request, "利用者", lists.PEOPLE, rows):
        return file
    active = [row for row in rows if row.is_active]
    context = {
        "active": active,
        "retired": [row for row in rows if not row.is_active],
        "has_secretariat": any(one.role == Role.SECRETARIAT for row in active for one in row.memberships.all()),
    }
    return render(request, "accounts/people.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS)
def person_new(request):
    form, roles = PersonForm(request.POST or None), RoleFormSet(request.POST or None, prefix="roles")
    if request.method == "POST" and all([form.is_valid(), roles.is_valid()]):
        try:
            person, password = actions.add_person(**form.cleaned_data, roles=roles.roles(), by=request.user)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            return password_shown(request, person, password)
    return person_page(request, form, roles)


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS)
def person(request, pk: int):
    person = get_object_or_404(User, pk=pk)
    initial = [{"role": row.role, "organization": row.organization_id} for row in person.memberships_now]
    # The form writes into its own copy: a refused change leaves nothing on the page.
    form = PersonForm(request.POST or None, instance=User.objects.get(pk=pk))
    roles = RoleFormSet(request.POST or None, prefix="roles", initial=initial)
    if request.method == "POST" and all([form.is_valid(), roles.is_valid()]):
        try:
            person = actions.change_person(person=person, **form.cleaned_data, roles=roles.roles(), by=request.user)
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
        "refusal": person_refusal(request.user, person) if person else None,
        "retire_refusal": retire_refusal(request.user, person) if person else None,
        "failed": form.is_bound and bool(form.errors or roles.total_error_count()),
    }
    return render(request, "accounts/person.html", context, status=422 if context["failed"] else 200)


@never_cache
def password_shown(request, person: User, password: str):
    """The only time the temporary password is seen."""
    return render(request, "accounts/password_shown.html", {"person": person, "password": password})


@require_POST
@roles_required(*KEEPERS)
def person_retire(request, pk: int):
    person = get_object_or_404(User, pk=pk, is_active=True)
    try:
        actions.retire_person(person=person, by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:person", pk=pk)
    messages.success(request, f"{person}さんの利用を終えました。")
    return redirect("staff:people")


@require_POST
@roles_required(*KEEPERS)
def person_restore(request, pk: int):
    person = get_object_or_404(User, pk=pk, is_active=False)
    return new_password(request, person, actions.restore_person)


@require_POST
@roles_required(*KEEPERS)
def person_reset(request, pk: int):
    person = get_object_or_404(User, pk=pk, is_active=True)
    return new_password(request, person, actions.reset_password)


def new_password(request, person: User, make: Callable):
    try:
        password = make(person=person, by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:person", pk=person.pk)
    return password_shown(request, person, password)


# ---- 人事異動 ----------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS)
def transfer(request):
    """人事異動をまとめて反映する: the file in, what it would change out; nothing is written here."""
    form = TransferForm(request.POST, request.FILES) if request.method == "POST" else TransferForm()
    if form.is_valid():
        return transfer_preview(request, form.cleaned_data["file"], form.encoding)
    context = {
        "form": form,
        "columns": sheets.COLUMNS,
        "roles": Role,
        "organizations": Organization.objects.current(),
        "max_new": sheets.MAX_NEW,
    }
    return render(request, "accounts/transfer.html", context, status=422 if form.errors else 200)


def transfer_preview(request, text: str, encoding: str = "", moved: bool = False):
    rows, problems = sheets.read(text)
    found, more = sheets.changes(rows, request.user, fiscal_year(timezone.localdate()))
    problems = sorted([*problems, *more], key=lambda problem: problem.row)
    kinds = [(kind, [one for one in found if one.operation == kind]) for kind in sheets.Operation]
    context = {
        "text": text,
        "encoding": encoding,
        "rows": rows,
        "problems": problems,
        "kinds": [(kind, own) for kind, own in kinds if own],
        "total": len(found),
        "digest": sheets.digest(found),
        "moved": moved,
    }
    return render(request, "accounts/transfer_preview.html", context, status=422 if problems or moved else 200)


@never_cache
@require_POST
@roles_required(*KEEPERS)
def transfer_apply(request):
    """反映する: only what was looked at; the temporary passwords are seen once."""
    text = request.POST.get("text", "")[: sheets.MAX_BYTES]
    rows, problems = sheets.read(text)
    found, more = sheets.changes(rows, request.user, fiscal_year(timezone.localdate()))
    if problems or more or not found or sheets.digest(found) != request.POST.get("digest"):
        return transfer_preview(request, text, moved=True)
    try:
        new = actions.transfer(changes=found, by=request.user)
    except actions.Refused as refused:
        messages.error(request, f"反映していません。{refused}")
        return redirect("staff:transfer")
    if new:
        return render(request, "accounts/passwords_shown.html", {"new": new, "total": len(found)})
    messages.success(request, f"{len(found)}人の登録を変えました。")
    return redirect("staff:people")


@require_GET
@roles_required(*KEEPERS)
def people_csv(request):
    """いまの利用者の一覧, in the columns of a transfer."""
    response = HttpResponse(sheets.people_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response


# ---- organizations --------------------------------------------------------
@require_GET
@roles_required(*KEEPERS)
def organizations(request):
    rows = Organization.objects.select_related("successor").annotate(
        n_people=Count("memberships__user", filter=Q(memberships__user__is_active=True), distinct=True)
    )
    if file := as_file(request, "組織", lists.ORGANIZATIONS, rows):
        return file
    still_there = set(Organization.objects.current().values_list("pk", flat=True))
    current = [row for row in rows if row.pk in still_there]
    context = {
        "current": current,
        "without_phone": [row for row in current if row.kind != Organization.Kind.OUTSIDE and not row.phone],
        "ended": [row for row in rows if row.pk not in still_there],
    }
    return render(request, "accounts/organizations.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS)
def organization_new(request):
    return organization_form(request, OrganizationForm(request.POST or None))


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS)
def organization(request, pk: int):
    organization = get_object_or_404(Organization, pk=pk)
    form = OrganizationForm(request.POST or None, instance=Organization.objects.get(pk=pk))
    return organization_form(request, form, organization)


def organization_form(request, form, organization: Organization | None = None):
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"「{saved}」を保存しました。")
        return redirect("staff:organizations")
    context = {"form": form, "organization": organization}
    if organization:
        context["retire_form"] = RetireOrganizationForm(organization=organization)
        context["people"] = User.objects.filter(is_active=True, memberships__organization=organization).distinct()
    return render(request, "accounts/organization.html", context, status=422 if form.errors else 200)


@require_POST
@roles_required(*KEEPERS)
def organization_retire(request, pk: int):
    organization = get_object_or_404(Organization, pk=pk)
    form = RetireOrganizationForm(request.POST, organization=organization)
    if not form.is_valid():
        messages.error(request, "廃止する年度と継承先を、一覧から選び直してください。")
        return redirect("staff:organization", pk=pk)
    last_year, successor = form.cleaned_data["last_year"], form.cleaned_data["successor"]
    try:
        if last_year is None:
            actions.restore_organization(organization=organization, by=request.user)
            messages.success(request, f"「{organization}」は、廃止しません。")
        else:
            actions.retire_organization(
                organization=organization, last_year=last_year, successor=successor, by=request.user
            )
            messages.success(request, f"「{organization}」は、{wareki_year(last_year)}までの組織になりました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:organization", pk=pk)
    return redirect("staff:organizations")
