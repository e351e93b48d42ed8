"""People, the departments they belong to, and what they may be."""

from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords

from mine_welfare.toolkit.fiscal import fiscal_year

from .roles import Role


class OrganizationQuerySet(models.QuerySet):
    def valid_in(self, year: int):
        """Organizations that exist in fiscal year `year` (int, e.g. 2025)."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=year)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=year)
        )

    def current(self):
        return self.valid_in(fiscal_year(timezone.localdate()))

    def public(self):
        return self.exclude(kind=Organization.Kind.OUTSIDE)

    def acting_in(self, year: int) -> dict[int, "Organization | None"]:
        """{id: who acts for it in `year`}: itself while it exists, then its successors; None where the line ends."""
        return acting_among({organization.pk: organization for organization in self}, year)


def acting_among(every: dict[int, "Organization"], year: int) -> dict[int, "Organization | None"]:
    """The same of organizations already at hand."""
    return {pk: _acting(organization, year, every) for pk, organization in every.items()}


def _acting(organization: "Organization | None", year: int, every: dict) -> "Organization | None":
    for _ in every:  # two that name each other would go round for ever
        if organization is None or organization.valid_to is None or organization.valid_to >= year:
            return organization
        organization = every.get(organization.successor_id)
    return None


class Organization(models.Model):
    """市の課・室, 社会福祉協議会, or a body outside both. Lives for a span of fiscal years.

    A 組織改編 never renames a row that has sheets: it ends this one and points
    to its successor, so past sheets keep the name they were written under.
    """

    class Kind(models.TextChoices):
        CITY = "city", "市"
        SHAKYO = "shakyo", "社会福祉協議会"
        OUTSIDE = "outside", "組織外"

    slug = models.SlugField("識別名", unique=True, help_text="公開ページの番地に使います（半角英数字とハイフン）。")
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("区分", max_length=10, choices=Kind, default=Kind.CITY)
    position = models.PositiveSmallIntegerField("並び順", default=0)
    valid_from = models.PositiveSmallIntegerField("設置年度", null=True, blank=True)
    valid_to = models.PositiveSmallIntegerField("廃止年度", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="継承先"
    )
    is_secretariat = models.BooleanField("事務局を置く", default=False)
    skips_approval = models.BooleanField(
        "課長確認なし", default=False, help_text="提出した個票は、課長の確認を待たずに事務局へ届きます。"
    )
    section = models.CharField("担当班・係", max_length=60, blank=True)
    phone = models.CharField("電話", max_length=30, blank=True)
    email = models.EmailField("電子メール", blank=True)
    url = models.URLField("ホームページ", blank=True)
    hours = models.CharField("受付時間", max_length=80, blank=True)

    objects = OrganizationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "組織"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(valid_to__isnull=True), name="organization_name_unique_while_valid"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="organization_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(pk=F("successor")), name="organization_not_its_own_successor"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_city(self) -> bool:
        return self.kind == self.Kind.CITY


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, login_id: str, password: str | None = None, **fields):
        user = self.model(login_id=self.model.normalize_username(login_id), **fields)
        user.email = self.normalize_email(user.email) or ""
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login_id: str, password: str | None = None, **fields):
        """The first person of a new portal, made on the server: システム管理, who lets in everyone else."""
        user = self.create_user(login_id, password, is_staff=True, is_superuser=True, **fields)
        user.memberships.create(role=Role.SYSADMIN)
        return user

    def get_by_natural_key(self, login_id: str):
        return self.get(login_id=login_id)


class ParticularsHistory(HistoricalRecords):
    """Versions of what is registered of a person: signing in makes none."""

    def post_save(self, instance, created, using=None, **kwargs):
        saved = kwargs.get("update_fields")
        if created or saved is None or set(saved) - set(self.excluded_fields):
            super().post_save(instance, created, using, **kwargs)


class User(AbstractBaseUser, PermissionsMixin):
    """One person with an ID of their own. Leaves by being retired, never by deletion."""

    login_id = models.CharField("職員番号・ID", max_length=60, unique=True)
    email = models.EmailField("電子メール", blank=True)
    name = models.CharField("氏名", max_length=60)
    is_active = models.BooleanField("利用中", default=True)
    is_staff = models.BooleanField("管理画面を使う", default=False)
    previous_login = models.DateTimeField("前回のサインイン", null=True, blank=True, editable=False)
    retired_on = models.DateField("利用終了日", null=True, blank=True)
    must_change_password = models.BooleanField("次回サインイン時に変更", default=False)

    USERNAME_FIELD = "login_id"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()
    history = ParticularsHistory(excluded_fields=["password", "last_login", "previous_login"])

    class Meta:
        verbose_name = verbose_name_plural = "利用者"
        ordering = ["login_id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_unique_when_given"),
        ]

    def __str__(self):
        return self.name

    @cached_property
    def memberships_now(self) -> list["Membership"]:
        """Memberships with their organizations; one query per request, not one per question."""
        return list(self.memberships.select_related("organization"))

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(membership.role for membership in self.memberships_now)

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def organization_ids(self, *roles: str) -> frozenset[int]:
        """Ids of the organizations this person acts for in any of `roles`."""
        return frozenset(m.organization_id for m in self.memberships_now if m.role in roles and m.organization_id)

    @property
    def organizations(self) -> list[Organization]:
        seen = {m.organization_id: m.organization for m in self.memberships_now if m.organization_id}
        return list(seen.values())

    @property
    def is_administrator(self) -> bool:
        """システム管理 by role, or by the flags a command on the server sets."""
        return self.has_role(Role.SYSADMIN) or self.is_staff or self.is_superuser

    @property
    def role_labels(self) -> str:
        return "・".join(role.label for role in Role if role in self.roles)


class Membership(models.Model):
    """所属と役割: this person is 担当者 of this 課, or 事務局, or 委員."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name="利用者")
    role = models.CharField("役割", max_length=12, choices=Role)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="組織"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "所属と役割"
        ordering = ["organization__position", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "organization"], name="membership_unique_in_organization"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(organization__isnull=True), name="membership_unique_for_whole_plan"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[Role.WRITER, Role.APPROVER]) | Q(organization__isnull=False),
                name="membership_of_writer_and_approver_names_organization",
            ),
        ]

    def __str__(self):
        return f"{self.organization}　{self.get_role_display()}" if self.organization else self.get_role_display()
