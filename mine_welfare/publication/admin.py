"""Master data in Django's admin: looked at, exported and imported there as on /staff/master/, edited nowhere.

django-import-export gives the buttons and their addresses; what a file holds,
who may send it and how it is written are those of `master`. A row is changed
by the portal's own pages, whose actions know its rules.
"""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_POST
from import_export.admin import ImportExportMixin

from mine_welfare.toolkit.refusal import Refused
from plans.context import plan_or_404
from surveys.forms import FileForm

from .master import sending
from .master.resources import (
    Indicators,
    IndicatorValues,
    Master,
    Organizations,
    People,
    Points,
    RelatedPlans,
    Responsibilities,
    Statistics,
    Terms,
)

admin.site.site_title = admin.site.site_header = "管理画面"
admin.site.index_title = "基礎データとサインインの記録"


class MasterAdmin(ImportExportMixin, admin.ModelAdmin):
    """One kind of master data of the current plan: a list, 「インポート」 and 「エクスポート」."""

    master: type[Master]
    list_display_links = None
    actions = None
    show_full_result_count = False

    def of(self, request) -> Master:
        return self.master(plan_or_404(request), request.user)

    # ---- who may ---------------------------------------------------------------
    def has_view_permission(self, request, obj=None):
        """The list for whom its file is; one row has no page here: it would go round the rules of the portal's own."""
        return obj is None and self.master.refusal(request.user) is None

    has_module_permission = has_import_permission = has_export_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    has_delete_permission = has_change_permission

    def refuse(self, request):
        if sentence := self.master.refusal(request.user):
            raise PermissionDenied(sentence)

    # ---- the list --------------------------------------------------------------
    def changelist_view(self, request, extra_context=None):
        self.refuse(request)
        return super().changelist_view(request, {"title": self.master.title, **(extra_context or {})})

    def get_queryset(self, request):
        return self.of(request).rows()

    def get_list_display(self, request):
        return [_shown(field) for field in self.of(request).get_export_fields()]

    # ---- out -------------------------------------------------------------------
    @method_decorator(require_GET)
    def export_action(self, request):
        """The rows of the list as it is searched and filtered."""
        self.refuse(request)
        wanted = set(self.get_export_queryset(request).values_list("pk", flat=True))
        found = self.of(request)
        return sending.file_of(found, [row for row in found.get_queryset() if row.pk in wanted])

    # ---- in --------------------------------------------------------------------
    def import_action(self, request, **kwargs):
        """The file is asked for, then what it would change is shown; nothing is written."""
        self.refuse(request)
        form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
        found, context = self.of(request), {}
        if form.is_valid():
            try:
                context = sending.look(master=found, file=form.cleaned_data["file"], by=request.user).context
            except Refused as refused:
                form.add_error("file", str(refused))
        context |= {"form": form, "master": found, "opts": self.opts, "title": f"{found.title}のインポート"}
        return TemplateResponse(
            request,
            "publication/admin_import.html",
            self.admin_site.each_context(request) | context,
            status=422 if form.errors else 200,
        )

    @method_decorator(require_POST)
    def process_import(self, request, **kwargs):
        """Write what was looked at."""
        self.refuse(request)
        signed = request.POST.get("signed", "")
        try:
            messages.success(request, sending.confirm(master=self.of(request), signed=signed, by=request.user))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("admin:{}_{}_import".format(*self.get_model_info()))
        return redirect("admin:{}_{}_changelist".format(*self.get_model_info()))


def _shown(field):
    """A column of the file as a column of the list."""

    @admin.display(description=field.column_name, empty_value="—")
    def shown(row):
        return field.export(row)

    return shown


@admin.register(Organizations.Meta.model)
class OrganizationAdmin(MasterAdmin):
    master = Organizations
    search_fields = ("slug", "name")
    list_filter = ("kind",)


@admin.register(People.Meta.model)
class PersonAdmin(MasterAdmin):
    master = People
    search_fields = ("login_id", "name", "email")
    list_filter = ("memberships__role",)


@admin.register(Responsibilities.Meta.model)
class ResponsibilityAdmin(MasterAdmin):
    master = Responsibilities
    search_fields = ("action__code", "wording", "organization__name")


@admin.register(Indicators.Meta.model)
class IndicatorAdmin(MasterAdmin):
    master = Indicators
    search_fields = ("measure__code", "code", "name")


@admin.register(IndicatorValues.Meta.model)
class IndicatorValueAdmin(MasterAdmin):
    master = IndicatorValues
    search_fields = ("indicator__measure__code", "indicator__code")
    list_filter = ("year",)


@admin.register(Statistics.Meta.model)
class SeriesAdmin(MasterAdmin):
    master = Statistics
    search_fields = ("code", "title")
    list_filter = ("theme",)


@admin.register(Points.Meta.model)
class PointAdmin(MasterAdmin):
    master = Points
    search_fields = ("series__code", "series__title")
    list_filter = ("origin",)


@admin.register(Terms.Meta.model)
class TermAdmin(MasterAdmin):
    master = Terms
    search_fields = ("term", "reading")
    list_filter = ("origin",)


@admin.register(RelatedPlans.Meta.model)
class RelatedPlanAdmin(MasterAdmin):
    master = RelatedPlans
    search_fields = ("names", "label")
