"""Navigation of the staff side, by persona."""

from django.http import HttpRequest
from django.utils import timezone

from mine_welfare.accounts.roles import Role

# (label, URL name, roles that see it)
STAFF_NAV = (
    ("ホーム", "staff:home", (Role.WRITER, Role.APPROVER)),
    ("提出状況", "staff:cycles", (Role.SECRETARIAT, Role.AUDITOR)),
    ("個票", "staff:entries", (Role.WRITER, Role.APPROVER, Role.SECRETARIAT, Role.AUDITOR, Role.COMMITTEE)),
    (
        "ダッシュボード",
        "staff:dashboard",
        (Role.WRITER, Role.APPROVER, Role.SECRETARIAT, Role.AUDITOR, Role.COMMITTEE),
    ),
    ("担当の割当て", "staff:responsibilities", (Role.SECRETARIAT,)),
    ("素案の確認事項", "staff:errata", (Role.SECRETARIAT, Role.AUDITOR)),
    ("利用者", "staff:people", (Role.SECRETARIAT, Role.SYSADMIN)),
    ("組織", "staff:organizations", (Role.SECRETARIAT, Role.SYSADMIN)),
)


def staff(request: HttpRequest) -> dict:
    """For a signed-in person: `staff_nav` [(label, URL name)], the band's word, the day for the foot of a print."""
    user = request.user
    if not user.is_authenticated:
        return {}
    return {
        "staff_nav": [(label, name) for label, name, roles in STAFF_NAV if user.has_role(*roles)],
        "staff_tag": "委員会" if user.roles == {Role.COMMITTEE} else "庁内",
        "today": timezone.localdate(),
    }
