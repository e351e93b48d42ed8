"""Organizations as a data file: `organizations.yaml`."""

from mine_welfare.toolkit.yamlfile import Node

from .models import Organization

FIELDS = ("section", "phone", "email", "url", "hours")


def read(root: Node) -> list[dict]:
    """The organizations of the file as plain dictionaries, in order."""
    return [_organization(item) for item in root.fields("organizations")["organizations"].items()]


def _organization(node: Node) -> dict:
    given = node.fields(
        "slug", "name", optional=("kind", "secretariat", "skips_approval", "valid_from", "valid_to", *FIELDS)
    )
    return {
        "slug": given["slug"].required_text(50),
        "name": given["name"].required_text(60),
        "kind": given["kind"].one_of(Organization.Kind.values, default=Organization.Kind.CITY),
        "is_secretariat": given["secretariat"].flag(),
        "skips_approval": given["skips_approval"].flag(),
        "valid_from": given["valid_from"].integer(1900, 2200),
        "valid_to": given["valid_to"].integer(1900, 2200),
        **{name: given[name].text(200) for name in FIELDS},
    }


def save(organizations: list[dict]) -> dict[str, Organization]:
    """Create or update by slug; returns the organizations by name.

    An organization already in use keeps what the secretariat changed in the
    browser: only its name and kind follow the file.
    """
    present = {organization.slug: organization for organization in Organization.objects.all()}
    saved = {}
    for position, data in enumerate(organizations, start=1):
        followed = {"name": data["name"], "kind": data["kind"], "position": position}
        organization = present.get(data["slug"])
        if organization is None:
            organization = Organization.objects.create(**data, position=position)
        elif any(getattr(organization, name) != value for name, value in followed.items()):
            for name, value in followed.items():
                setattr(organization, name, value)
            organization.save()
        saved[organization.name] = organization
    return saved


def dump() -> dict:
    """All organizations, as `read` takes them."""
    return {
        "organizations": [_dumped(organization) for organization in Organization.objects.order_by("position", "pk")]
    }


def _dumped(organization: Organization) -> dict:
    return {
        "slug": organization.slug,
        "name": organization.name,
        "kind": organization.kind,
        "secretariat": organization.is_secretariat,
        "skips_approval": organization.skips_approval,
        "valid_from": organization.valid_from,
        "valid_to": organization.valid_to,
        **{name: getattr(organization, name) for name in FIELDS},
    }
