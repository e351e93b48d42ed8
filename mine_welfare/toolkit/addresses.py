"""Addresses by name, remembered: a page with 200 rows asks for the same few hundred again and again."""

from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, reverse


def address(name: str, *args: object) -> str:
    """`reverse(name, args=args)`, looked up once per process; NoReverseMatch where there is no such page."""
    return _reverse(settings.ROOT_URLCONF, get_script_prefix(), name, args)


def address_if_any(name: str) -> str | None:
    """The address of that name; None where the installation has no such page."""
    return _reverse_if_any(settings.ROOT_URLCONF, get_script_prefix(), name)


# The first two arguments are only keys: the same name has another address under another root.


@lru_cache(maxsize=4096)
def _reverse(urlconf: str, prefix: str, name: str, args: tuple[object, ...]) -> str:
    return reverse(name, args=args)


@lru_cache(maxsize=256)
def _reverse_if_any(urlconf: str, prefix: str, name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
