"""Sign-in with the staff ID or the e-mail address."""

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend

from mine_welfare.toolkit.text import narrow

LONGEST = 254  # an e-mail address; nobody signs in with more


def find_person(typed: str):
    """The person of that ID, else of that address; None for anybody else. Full-width letters are accepted."""
    User = get_user_model()
    typed = narrow(typed).strip()[:LONGEST]
    people = User.objects.order_by("pk")
    return people.filter(login_id=typed).first() or (people.filter(email__iexact=typed).first() if typed else None)


def counted_name(request, credentials: dict | None = None) -> str:
    """The name failures are counted under: one for each person, however they spell themselves."""
    typed = (credentials or request.POST).get("username") or ""
    person = find_person(typed)
    return person.login_id if person else narrow(typed).strip()[:LONGEST]


class LoginIdOrEmailBackend(ModelBackend):
    """Signs in one active person by ID or address."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if not username or password is None:
            return None
        person = find_person(username)
        if person is None:
            # Hash anyway, so that an unknown ID takes as long as a wrong password.
            get_user_model()().set_password(password)
            return None
        if person.check_password(password) and self.user_can_authenticate(person):
            return person
        return None
