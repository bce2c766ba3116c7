"""Who owns on which day: primary, then backup, then manager, the last two flagged as interim."""

import datetime as dt

from fairpatch.core.people.seats import Owner, resolve_owner
from fairpatch.core.plans.plan import Seat

SEATS = [
    Seat("T", "ann", "primary", None, dt.date(2027, 1, 31)),
    Seat("T", "bob", "primary", dt.date(2027, 3, 1)),
    Seat("T", "cy", "backup", dt.date(2027, 2, 1), dt.date(2027, 2, 10)),
    Seat("T", "dee", "overlay"),
    Seat("TOP", "eve", "primary"),
]
MANAGERS = {"ann": "max", "max": "zoe", "bob": "ned"}


def own(day: str, **more) -> Owner | None:
    return resolve_owner("T", SEATS, dt.date.fromisoformat(day), manager_of=MANAGERS, **more)


def test_the_primary_owns_to_the_last_day_included() -> None:
    assert own("2027-01-31") == Owner("ann", "primary", False)
    assert own("2027-03-01") == Owner("bob", "primary", False)


def test_backup_then_manager_are_interim() -> None:
    assert own("2027-02-05") == Owner("cy", "backup", True)
    assert own("2027-02-20") == Owner("max", "manager", True)


def test_who_left_is_passed_over() -> None:
    assert own("2027-01-10", unavailable={"ann"}) == Owner("max", "manager", True)
    assert own("2027-02-20", unavailable={"max"}) == Owner("zoe", "manager", True)
    gone = {"max", "zoe", "ned"}
    assert own("2027-02-20", unavailable=gone) is None
    assert own("2027-02-20", unavailable=gone, parent_of={"T": "TOP"}) == Owner("eve", "manager", True)
