"""What a person may be in the portal. Imports nothing of the project."""

from django.db.models import TextChoices


class Role(TextChoices):
    """役割. One person may hold several (兼務)."""

    WRITER = "writer", "担当者"
    APPROVER = "approver", "課長"
    SECRETARIAT = "secretariat", "事務局"
    COMMITTEE = "committee", "委員"
    AUDITOR = "auditor", "監査"
    SYSADMIN = "sysadmin", "システム管理"

    @property
    def needs_organization(self) -> bool:
        """Only these two act for one department; the others act for the whole plan."""
        return self in (Role.WRITER, Role.APPROVER)
