"""Many sheets at once: their ids, the versions the person looked at, and the words beside them."""

from collections.abc import Iterable

from django.http import QueryDict

MANY = 1000  # sheets in one request; a year has a few hundred


def numbers(values: Iterable[str]) -> set[int]:
    """Ids as they came; what is no number is dropped, as no page sends it."""
    return {int(value) for value in list(values)[:MANY] if value.isascii() and value.isdigit() and len(value) < 19}


def versions(data: QueryDict, ids: set[int]) -> dict[int, int]:
    """{id: version looked at}; a missing one is -1, which no sheet has."""
    found = {pk: numbers([data.get(f"version-{pk}", "")]) for pk in ids}
    return {pk: next(iter(version), -1) for pk, version in found.items()}


def comments(data: QueryDict, ids: set[int]) -> dict[int, str]:
    """{id: what was written beside it}."""
    return {pk: data.get(f"comment-{pk}", "") for pk in ids}
