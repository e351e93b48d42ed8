"""Which personas a staff view is for at all. What they may do inside is the app's `permissions`."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied

from .roles import Role


def roles_required(*roles: Role) -> Callable:
    """Refuse everyone who holds none of `roles`, with a sentence naming who may."""
    names = "・".join(role.label for role in roles)

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def wrapped(request, *args, **kwargs):
            if not request.user.has_role(*roles):
                raise PermissionDenied(f"このページを開けるのは、{names}の役割を持つ人です。")
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
