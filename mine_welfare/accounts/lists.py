"""The columns of the lists of people and organizations, for Excel and CSV."""

from mine_welfare.toolkit.lists import Field

from .models import Organization, User


def _memberships(person: User) -> str:
    return "\n".join(str(row) for row in person.memberships.all())


PEOPLE = [
    Field("氏名", lambda person: person.name, 20),
    Field("職員番号・ID", lambda person: person.login_id, 18),
    Field("電子メール", lambda person: person.email, 30),
    Field("所属と役割", _memberships, 34),
    Field("最後のサインイン", lambda person: person.last_login, 18, "moment"),
    Field("利用を終えた日", lambda person: person.retired_on, 14, "date"),
]


def _successor(organization: Organization) -> str:
    return organization.successor.name if organization.successor else ""


ORGANIZATIONS = [
    Field("名称", lambda organization: organization.name, 24),
    Field("識別名", lambda organization: organization.slug, 20),
    Field("区分", lambda organization: organization.get_kind_display(), 16),
    Field("電話", lambda organization: organization.phone, 16),
    Field("課長の確認", lambda organization: "なし" if organization.skips_approval else "あり", 12),
    Field("利用者数", lambda organization: organization.n_people, 10, "count"),
    Field("設置年度", lambda organization: organization.valid_from, 10, "plain-number"),
    Field("廃止年度", lambda organization: organization.valid_to, 10, "plain-number"),
    Field("継承先", _successor, 20),
]
