"""Master data as tables: which rows, by which natural code, in which columns – the same out and in.

A row of a file adds one or changes one; what a file does not name stays. Keys
are never changed by a file: another key is another row.
"""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.widgets import Widget

from measures.models import Action, Indicator, IndicatorValue, Measure, Responsibility
from measures.permissions import cycle_refusal
from mine_welfare.accounts.actions import change_person
from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.permissions import people_refusal
from plans.models import GlossaryTerm, Plan, RelatedPlan
from plans.permissions import text_refusal
from surveys.models import Origin, Point, Series
from surveys.permissions import change_refusal

from .widgets import Label, Number, Roles, Row, Text, Whole, YesNo, roles_of

WHY = "ファイルの取込み"
RENAMED = "個票のある組織の名称は変えられません。「組織改編と人事異動」のページで、名称を変えてください。"
NOBODY = "利用中の人ではありません。「利用者」のページで加え、仮のパスワードを渡してください。"


def column(name: str, attribute: str, widget: Widget | None = None, **options) -> Field:
    return Field(attribute=attribute, column_name=name, widget=widget or Text(), **options)


class RolesHeld(Field):
    """The roles a file gives a person, else those they hold."""

    def get_value(self, instance):
        return instance.roles_held if hasattr(instance, "roles_held") else roles_of(instance)


class ByKey(BaseInstanceLoader):
    """The rows of the database by their natural code, read once for the whole file."""

    def __init__(self, resource, dataset=None):
        super().__init__(resource, dataset)
        self.keys = [resource.fields[name] for name in resource.get_import_id_fields()]
        self.known = {tuple(key.get_value(one) for key in self.keys): one for one in resource.get_queryset()}

    def get_instance(self, row):
        try:
            return self.known.get(tuple(key.clean(row) for key in self.keys))
        except ValueError:
            return None  # the same cell says what is wrong when the row is read


class Master(ModelResource):
    """One kind of master data of one plan, as `by` may change it."""

    name = title = about = ""
    refusal: Callable[[User], str | None]
    fixed: dict[str, str] = {}  # columns a file may not change, and where they are changed

    class Meta:
        abstract = True
        instance_loader_class = ByKey
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        store_instance = True
        clean_model_instances = True

    def __init__(self, plan: Plan, by: User):
        super().__init__()
        self.plan, self.by = plan, by
        self.seen: set[tuple] = set()
        for name, widget in self.looked_up().items():
            self.fields[name].widget = widget

    def looked_up(self) -> dict[str, Widget]:
        """Columns that name rows of this plan."""
        return {}

    def rows(self) -> QuerySet:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet:
        return self.rows()

    @property
    def columns(self) -> list[str]:
        return [field.column_name for field in self.get_export_fields()]

    @property
    def key_columns(self) -> list[str]:
        """What tells a row from every other."""
        return [self.fields[name].column_name for name in self.get_import_id_fields()]

    def before_import_row(self, row, **kwargs):
        key = tuple(str(row[name]).strip() for name in self.key_columns)
        if key in self.seen:
            raise ValidationError("同じものの行が、このファイルの中にもう1つあります。")
        self.seen.add(key)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if not import_validation_errors and original.pk:
            for name, sentence in self.fixed.items():
                if self.fields[name].get_value(instance) != self.fields[name].get_value(original):
                    raise ValidationError({name: sentence})
        return super().skip_row(instance, original, row, import_validation_errors)

    def do_instance_save(self, instance, is_create):
        instance._change_reason = WHY
        super().do_instance_save(instance, is_create)


class Organizations(Master):
    name, title = "organizations", "組織"
    about = "担当課・団体の名称と連絡先です。"
    refusal = staticmethod(people_refusal)
    elsewhere = "廃止と継承は、「組織改編と人事異動」か「組織」のページで行ってください。"
    fixed = {"valid_to": elsewhere, "successor": elsewhere}

    slug = column("識別名", "slug")
    label = column("名称", "name")
    kind = column("区分", "kind", Label(Organization.Kind))
    position = column("並び順", "position", Whole())
    valid_from = column("設置年度", "valid_from", Whole())
    valid_to = column("廃止年度", "valid_to", Whole())
    successor = column("継承先", "successor", Row("組織", Organization.objects.all(), "slug", blank=True))
    is_secretariat = column("事務局を置く", "is_secretariat", YesNo())
    skips_approval = column("課長確認なし", "skips_approval", YesNo())
    section = column("担当班・係", "section")
    phone = column("電話", "phone")
    email = column("電子メール", "email")
    url = column("ホームページ", "url")
    hours = column("受付時間", "hours")

    class Meta(Master.Meta):
        abstract = False
        model = Organization
        fields = (
            *("slug", "label", "kind", "position", "valid_from", "valid_to", "successor"),
            *("is_secretariat", "skips_approval", "section", "phone", "email", "url", "hours"),
        )
        import_id_fields = ("slug",)

    def rows(self) -> QuerySet:
        return Organization.objects.select_related("successor").order_by("position", "pk")

    def before_save_instance(self, instance, row, **kwargs):
        before = Organization.objects.filter(pk=instance.pk).exclude(name=instance.name).first()
        if before and before.entries.exists():
            raise ValidationError({"name": RENAMED})


class People(Master):
    name, title = "users", "利用者"
    about = "利用者の氏名・電子メール・役割です。パスワードは入りません。"
    refusal = staticmethod(people_refusal)

    login_id = column("職員番号・ID", "login_id")
    label = column("氏名", "name")
    email = column("電子メール", "email")
    roles_held = RolesHeld(attribute="roles_held", column_name="役割と所属", widget=Roles())

    class Meta(Master.Meta):
        abstract = False
        model = User
        fields = ("login_id", "label", "email", "roles_held")
        import_id_fields = ("login_id",)

    def rows(self) -> QuerySet:
        return User.objects.filter(is_active=True).prefetch_related("memberships__organization")

    def after_init_instance(self, instance, new, row, **kwargs):
        if new:
            raise ValidationError({"login_id": NOBODY})

    def do_instance_save(self, instance, is_create):
        known = {one.slug: one for one in Organization.objects.all()}
        particulars = {"login_id": instance.login_id, "name": instance.name, "email": instance.email}
        # The roles are compared with those of the database, not with what the file has put in their place.
        person = User.objects.get(pk=instance.pk)
        person._change_reason = WHY
        roles = [(role, known.get(slug)) for role, slug in instance.roles_held]
        change_person(person=person, **particulars, roles=roles, by=self.by)


class Responsibilities(Master):
    name, title = "responsibilities", "担当"
    about = "取組と担当課の組です。担当課が空の行は、決まっていない担当です。"
    refusal = staticmethod(cycle_refusal)

    action = column("取組番号", "action")
    wording = column("計画書の表記", "wording")
    organization = column("担当課の識別名", "organization")
    valid_from = column("始まりの年度", "valid_from", Whole())
    valid_to = column("終わりの年度", "valid_to", Whole())
    position = column("並び順", "position", Whole())

    class Meta(Master.Meta):
        abstract = False
        model = Responsibility
        fields = ("action", "wording", "organization", "valid_from", "valid_to", "position")
        import_id_fields = ("action", "wording", "organization", "valid_from")

    def looked_up(self):
        offices = Organization.objects.public()
        return {
            "action": Row("取組", Action.objects.filter(plan=self.plan), "code"),
            "organization": Row("組織", offices, "slug", blank=True),
        }

    def rows(self) -> QuerySet:
        rows = Responsibility.objects.filter(action__plan=self.plan).select_related("action", "organization")
        return rows.order_by("action__code", "position", "pk")


class Indicators(Master):
    name, title = "indicators", "目標指標"
    about = "施策の目標指標と、その基準値・目標値です。"
    refusal = staticmethod(text_refusal)

    measure = column("施策番号", "measure")
    code = column("指標番号", "code")
    label = column("指標", "name")
    unit = column("単位", "unit")
    kind = column("種類", "kind", Label(Indicator.Kind))
    trend = column("望ましい向き", "trend", Label(Indicator.Trend))
    organization = column("記入する組織", "organization")
    baseline = column("基準値", "baseline", Number())
    baseline_year = column("基準の時点", "baseline_year")
    target = column("目標値", "target", Number())
    target_year = column("目標の年度", "target_year", Whole())
    source = column("出所", "source")
    position = column("並び順", "position", Whole())

    class Meta(Master.Meta):
        abstract = False
        model = Indicator
        fields = (
            *("measure", "code", "label", "unit", "kind", "trend", "organization", "baseline", "baseline_year"),
            *("target", "target_year", "source", "position"),
        )
        import_id_fields = ("measure", "code")

    def looked_up(self):
        return {
            "measure": Row("施策", Measure.objects.filter(plan=self.plan), "code"),
            "organization": Row("組織", Organization.objects.public(), "slug", blank=True),
        }

    def rows(self) -> QuerySet:
        rows = Indicator.objects.filter(measure__plan=self.plan).select_related("measure", "organization")
        return rows.order_by("measure__code", "position", "pk")


class IndicatorValues(Master):
    name, title = "indicator_values", "指標の値"
    about = "目標指標の、年度ごとの目標値と実績値です。"
    refusal = staticmethod(text_refusal)

    measure = column("施策番号", "indicator__measure__code", readonly=True)
    indicator = column("指標番号", "indicator")
    year = column("年度", "year", Whole())
    target = column("年度の目標値", "target", Number())
    actual = column("実績値", "actual", Number())
    reason = column("値なしの理由", "reason")

    class Meta(Master.Meta):
        abstract = False
        model = IndicatorValue
        fields = ("measure", "indicator", "year", "target", "actual", "reason")
        import_id_fields = ("indicator", "year")

    def looked_up(self):
        known = Indicator.objects.filter(measure__plan=self.plan).select_related("measure")
        return {"indicator": Row("指標", known, "code", beside=("施策番号", "measure__code"))}

    @property
    def key_columns(self) -> list[str]:
        return ["施策番号", *super().key_columns]

    def rows(self) -> QuerySet:
        rows = IndicatorValue.objects.filter(indicator__measure__plan=self.plan)
        return rows.select_related("indicator__measure").order_by("indicator__measure__code", "indicator", "year")


class Statistics(Master):
    name, title = "series", "統計"
    about = "統計の名称・単位・出所です。年ごとの値は「統計の値」にあります。"
    refusal = staticmethod(change_refusal)

    code = column("識別名", "code")
    theme = column("分野", "theme")
    label = column("名称", "title")
    unit = column("単位", "unit")
    as_of = column("時点", "as_of")
    source = column("出所", "source")
    note = column("注記", "note")
    hide_below = column("この数に満たない値を隠す", "hide_below", Whole())
    position = column("並び順", "position", Whole())

    class Meta(Master.Meta):
        abstract = False
        model = Series
        fields = ("code", "theme", "label", "unit", "as_of", "source", "note", "hide_below", "position")
        import_id_fields = ("code",)

    def rows(self) -> QuerySet:
        return Series.objects.filter(plan=self.plan)

    def init_instance(self, row=None):
        return Series(plan=self.plan)


class Points(Master):
    name, title = "statistics", "統計の値"
    about = "統計の、年ごとの値です。"
    refusal = staticmethod(change_refusal)

    series = column("識別名", "series")
    year = column("年", "year", Whole())
    value = column("値", "value", Number())
    wording = column("表記", "wording")
    origin = column("値の出どころ", "origin", Label(Origin, Origin.IMPORTED))
    derivation = column("計算の方法", "derivation")

    class Meta(Master.Meta):
        abstract = False
        model = Point
        fields = ("series", "year", "value", "wording", "origin", "derivation")
        import_id_fields = ("series", "year")

    def looked_up(self):
        return {"series": Row("統計", Series.objects.filter(plan=self.plan), "code")}

    def rows(self) -> QuerySet:
        return (
            Point.objects.filter(series__plan=self.plan).select_related("series").order_by("series__position", "year")
        )


class Terms(Master):
    name, title = "glossary", "用語"
    about = "用語解説の用語・読み・説明です。"
    refusal = staticmethod(text_refusal)

    term = column("用語", "term")
    reading = column("読み", "reading")
    definition = column("説明", "definition")
    origin = column("説明の出どころ", "origin", Label(GlossaryTerm.Origin, GlossaryTerm.Origin.PORTAL))

    class Meta(Master.Meta):
        abstract = False
        model = GlossaryTerm
        fields = ("term", "reading", "definition", "origin")
        import_id_fields = ("term",)

    def rows(self) -> QuerySet:
        return GlossaryTerm.objects.filter(plan=self.plan)

    def init_instance(self, row=None):
        return GlossaryTerm(plan=self.plan)


class RelatedPlans(Master):
    name, title = "related_plans", "関連計画の期間"
    about = "関連計画の期間の表の、1ますずつです。"
    refusal = staticmethod(text_refusal)

    block = column("ます", "block", Whole())
    line = column("段", "line", Whole())
    column_number = column("列", "column", Whole())
    names = column("計画名", "names")
    label = column("期・次", "label")

    class Meta(Master.Meta):
        abstract = False
        model = RelatedPlan
        fields = ("block", "line", "column_number", "names", "label")
        import_id_fields = ("block", "line", "column_number")

    def rows(self) -> QuerySet:
        return RelatedPlan.objects.filter(plan=self.plan)

    def init_instance(self, row=None):
        return RelatedPlan(plan=self.plan)


EVERY = (
    *(Organizations, People, Responsibilities, Indicators, IndicatorValues),
    *(Statistics, Points, Terms, RelatedPlans),
)
MASTERS = {master.name: master for master in EVERY}
