"""Sign-in with the staff ID or the e-mail address."""

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db.models import Q

from mine_welfare.toolkit.text import narrow


class LoginIdOrEmailBackend(ModelBackend):
    """Finds one active person by ID or address; full-width digits typed by hand are accepted."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        User = get_user_model()
        typed = narrow(username or kwargs.get(User.USERNAME_FIELD) or "").strip()
        if not typed or password is None:
            return None
        user = User.objects.filter(Q(login_id=typed) | Q(email__iexact=typed)).order_by("pk").first()
        if user is None:
            # Hash anyway, so that an unknown ID takes as long as a wrong password.
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None
