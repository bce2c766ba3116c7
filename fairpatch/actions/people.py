"""How does somebody become a user, change, and lose access?"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from fairpatch.actions.deed import Deed, deed
from fairpatch.core.errors import FairpatchError, FaultyInputError, Finding
from fairpatch.core.people.roles import Right
from fairpatch.records.models import Grant, Rep, Territory, User

NO_USER = "There is no user of this number. Nothing was changed."
LAST_ADMIN = "This is the last administrator. Nothing was changed. Make somebody else an administrator first."
NOT_YOURSELF = "You cannot shut yourself out. Nothing was changed. Ask another administrator."


@dataclass(frozen=True, slots=True)
class NewUser:
    email: str
    name: str
    role: str
    password: str
    rep_id: int | None = None
    grants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UserChange:
    """The fields to change: name, role, password, rep_id, is_active, grants."""

    fields: dict[str, Any]


def create_user(actor: User | None, new: NewUser) -> User:
    """Somebody who may log in from now on."""
    with deed("create_user", actor=actor, right=Right.MANAGE_PEOPLE) as act:
        user = User(email=new.email.strip().lower(), name=new.name.strip(), role=new.role, created_at=act.now)
        user.rep_id = new.rep_id
        _check_user(user, new.password)
        user.set_password(new.password)
        user.save()
        _set_grants(act, user, new.grants)
        act.subject = f"user:{user.id}"
        act.detail.update(role=user.role, rep=user.rep_id)
        act.personal["email"] = user.email
    return user


def edit_user(actor: User, user_id: int, change: UserChange) -> User:
    """Changes a user. The last active administrator stays one, and nobody shuts themselves out."""
    fields = dict(change.fields)
    with deed("edit_user", actor=actor, right=Right.MANAGE_PEOPLE, subject=f"user:{user_id}") as act:
        user = User.objects.select_for_update().filter(id=user_id).first()
        if user is None:
            raise FairpatchError("not_found", NO_USER)
        act.detail["fields"] = sorted(fields)
        password, grants = fields.pop("password", None), fields.pop("grants", None)
        was_admin = user.role == User.Role.ADMIN and user.is_active
        for name in ("name", "role", "is_active"):
            if fields.get(name) is not None:
                setattr(user, name, fields[name])
        if "rep_id" in fields:
            user.rep_id = fields["rep_id"]
        if not user.is_active and user.id == actor.id:
            raise FairpatchError("own_account", NOT_YOURSELF)
        _check_user(user, password)
        if password is not None:
            user.set_password(password)
        user.save()
        if was_admin and not User.objects.filter(role=User.Role.ADMIN, is_active=True).exists():
            raise FairpatchError("last_admin", LAST_ADMIN)
        if grants is not None:
            _set_grants(act, user, grants)
    return user


def _check_user(user: User, password: str | None) -> None:
    """Every fault at once."""
    faults: list[Finding] = []
    try:
        validate_email(user.email)
    except ValidationError:
        faults.append(Finding("error", "email", "This is not an e-mail address."))
    if User.objects.filter(email__iexact=user.email).exclude(id=user.id).exists():
        faults.append(Finding("error", "email", "Somebody else has this e-mail address."))
    if not 0 < len(user.name.strip()) <= 200:
        faults.append(Finding("error", "name", "A user needs a name of at most 200 characters."))
    if user.role not in User.Role.values:
        faults.append(Finding("error", "role", f"A role is one of {', '.join(User.Role.values)}."))
    if user.rep_id is not None:
        if not Rep.objects.filter(id=user.rep_id).exists():
            faults.append(Finding("error", "rep_id", "There is no rep of this number."))
        elif User.objects.filter(rep_id=user.rep_id).exclude(id=user.id).exists():
            faults.append(Finding("error", "rep_id", "Another user is this rep already."))
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            faults += [Finding("error", "password", message) for message in error.messages]
    if faults:
        raise FaultyInputError(faults, "user_faulty")


def _set_grants(act: Deed, user: User, codes: tuple[str, ...] | list[str]) -> None:
    wanted = dict(Territory.objects.filter(code__in=list(codes)).values_list("code", "id"))
    unknown = [code for code in codes if code not in wanted]
    if unknown:
        faults = [Finding("error", "grants", f"There is no territory {code}.") for code in unknown]
        raise FaultyInputError(faults, "user_faulty")
    live = Grant.objects.filter(user=user, ended_at__isnull=True)
    live.exclude(territory_id__in=wanted.values()).update(ended_at=act.now)
    known = set(live.values_list("territory_id", flat=True))
    for territory_id in sorted(set(wanted.values()) - known):
        Grant.objects.create(user=user, territory_id=territory_id, granted_at=act.now)
    act.detail["grants"] = sorted(wanted)
