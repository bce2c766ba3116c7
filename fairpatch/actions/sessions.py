"""How does somebody log in and out? Kept beside the job rows, so that it never waits for a realignment."""

from datetime import timedelta

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest
from django.utils import timezone

from fairpatch.core.errors import FairpatchError
from fairpatch.records.models import LastLogin, LoginAttempt, User

WINDOW = timedelta(minutes=15)
MOST_PER_PAIR = 5
MOST_PER_EMAIL = 20
MOST_PER_ADDRESS = 50
TOO_MANY = (
    "Too many failed log-ins. Wait 15 minutes and try again, or ask an administrator for a new password."
)
WRONG = "This e-mail address and password do not belong together. Check both and try again."


def log_in(request: HttpRequest, email: str, password: str) -> User:
    """Begins a session under a new key. Failures are counted per person and address."""
    email = email.strip().lower()[:254]
    address = str(request.META.get("REMOTE_ADDR") or "")[:64]
    _check_attempts(email, address)
    user = authenticate(request, username=email, password=password)
    now = timezone.now()
    if not isinstance(user, User):
        LoginAttempt.objects.create(email=email, address=address, at=now)
        raise FairpatchError("wrong_credentials", WRONG)
    login(request, user)
    LoginAttempt.objects.filter(email=email, address=address).delete()
    LastLogin.objects.update_or_create(user_id=user.id, defaults={"at": now})
    return user


def _check_attempts(email: str, address: str) -> None:
    begin = timezone.now() - WINDOW
    LoginAttempt.objects.filter(at__lt=begin).delete()
    pairs = LoginAttempt.objects.filter(email=email, address=address).count()
    if (
        pairs >= MOST_PER_PAIR
        or LoginAttempt.objects.filter(email=email).count() >= MOST_PER_EMAIL
        or LoginAttempt.objects.filter(address=address).count() >= MOST_PER_ADDRESS
    ):
        raise FairpatchError("too_many_attempts", TOO_MANY)


def log_out(request: HttpRequest) -> None:
    """Ends the session and everything in it."""
    logout(request)
