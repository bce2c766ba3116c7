"""How does a company begin: its organisation, its queue keeper and its first administrator?"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from fairpatch.actions.deed import Deed, deed
from fairpatch.core.errors import FairpatchError
from fairpatch.records.models import Organisation, Rep, User

QUEUE_KEEPER_ID = "queue"


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    name: str
    currency: str
    time_zone: str
    fiscal_year_start_month: int = 1


@dataclass(frozen=True, slots=True)
class NewAdministrator:
    name: str
    email: str
    password: str


def set_up_organisation(
    facts: OrganisationFacts, administrator: NewAdministrator, now: dt.datetime | None = None
) -> User:
    """The first visit: the organisation, unless an import made it already, and its first administrator."""
    check_administrator(administrator)
    with deed("set_up_organisation", actor=None, now=now, subject="organisation") as act:
        if User.objects.exists():
            raise FairpatchError(
                "already_set_up", "This server has its administrator already. Please log in."
            )
        if not Organisation.objects.exists():
            create_organisation(act, facts)
        user = User(
            email=administrator.email.strip(),
            name=administrator.name.strip(),
            role=User.Role.ADMIN,
            created_at=act.now,
        )
        user.set_password(administrator.password)
        user.save()
        act.detail["user"] = user.pk
        return user


def create_organisation(act: Deed, facts: OrganisationFacts, *, is_demo: bool = False) -> Organisation:
    """The single tenant and the pool that answers for accounts which no territory claims."""
    check_facts(facts)
    keeper, _ = Rep.objects.get_or_create(
        key=QUEUE_KEEPER_ID,
        defaults={"external_id": QUEUE_KEEPER_ID, "name": "Unassigned queue", "kind": Rep.Kind.POOL},
    )
    return Organisation.objects.create(
        name=facts.name.strip(),
        currency=facts.currency.upper(),
        time_zone=facts.time_zone,
        fiscal_year_start_month=facts.fiscal_year_start_month,
        is_demo=is_demo,
        queue_keeper=keeper,
        created_at=act.now,
    )


def check_facts(facts: OrganisationFacts) -> None:
    """Refuses facts that the rest of the system could not live with."""
    if not facts.name.strip():
        raise FairpatchError("name_missing", "The organisation needs a name. Nothing was changed.")
    if len(facts.currency) != 3 or not facts.currency.isalpha():
        raise FairpatchError(
            "currency_unknown", "A currency has three letters, like USD. Nothing was changed."
        )
    if facts.time_zone not in zoneinfo.available_timezones():
        raise FairpatchError(
            "time_zone_unknown",
            f"“{facts.time_zone}” is no time zone; one is Europe/Berlin. Nothing was changed.",
        )
    if not 1 <= facts.fiscal_year_start_month <= 12:
        raise FairpatchError(
            "month_unknown", "The fiscal year starts in a month from 1 to 12. Nothing was changed."
        )


def check_administrator(administrator: NewAdministrator) -> None:
    """Refuses a log-in without a name or with a weak password."""
    if not administrator.name.strip():
        raise FairpatchError("name_missing", "The administrator needs a name. Nothing was changed.")
    try:
        validate_email(administrator.email.strip())
        validate_password(
            administrator.password, User(email=administrator.email.strip(), name=administrator.name.strip())
        )
    except ValidationError as error:
        raise FairpatchError("log_in_weak", f"{' '.join(error.messages)} Nothing was changed.") from error
