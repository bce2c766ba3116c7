"""Who owns a territory's accounts on a given day?

The primary seat; while it is vacant the backup, and failing that the manager, both only as an
interim that is flagged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fairpatch.core.plans.plan import Seat

OwnerBasis: TypeAlias = Literal["primary", "backup", "manager"]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns, and on what ground. `is_interim` says that the primary seat is vacant."""

    rep: str
    basis: OwnerBasis
    is_interim: bool


def resolve_owner(
    territory: str,
    seats: Iterable[Seat],
    on: dt.date,
    *,
    manager_of: Mapping[str, str | None] | None = None,
    parent_of: Mapping[str, str | None] | None = None,
    unavailable: Collection[str] = frozenset(),
) -> Owner | None:
    """The owner of a territory's accounts on a day; None when nobody can be found.

    `unavailable` reps (left, suspended) hold no seat. The manager is that of whoever held the primary
    seat last before the day (or, failing that, will hold it first after it); without one, the primary
    of the nearest territory above in `parent_of`. Of several backups the one seated first counts, then
    the smaller rep id.
    """
    seats = tuple(seats)
    own = [seat for seat in seats if seat.territory == territory]
    primary = _find_holder(own, "primary", on, unavailable)
    if primary is not None:
        return Owner(primary, "primary", is_interim=False)
    backup = _find_holder(own, "backup", on, unavailable)
    if backup is not None:
        return Owner(backup, "backup", is_interim=True)
    manager = _find_manager(own, on, manager_of or {}, unavailable) or _find_above(
        territory, seats, on, parent_of or {}, unavailable
    )
    return None if manager is None else Owner(manager, "manager", is_interim=True)


def _find_holder(seats: Iterable[Seat], kind: str, on: dt.date, unavailable: Collection[str]) -> str | None:
    live = [seat for seat in seats if seat.kind == kind and seat.is_live(on) and seat.rep not in unavailable]
    first = min(live, key=lambda seat: (seat.start or dt.date.min, seat.rep), default=None)
    return first.rep if first else None


def _find_manager(
    seats: Iterable[Seat], on: dt.date, manager_of: Mapping[str, str | None], unavailable: Collection[str]
) -> str | None:
    """The nearest available manager above the seat's last holder, or above its next one."""
    primaries = [seat for seat in seats if seat.kind == "primary"]
    begun = [seat for seat in primaries if (seat.start or dt.date.min) <= on]
    coming = [seat for seat in primaries if seat not in begun]
    begun.sort(key=lambda seat: (seat.end or dt.date.max, seat.start or dt.date.min, seat.rep), reverse=True)
    coming.sort(key=lambda seat: (seat.start or dt.date.min, seat.rep))
    for seat in (*begun, *coming):
        asked = {seat.rep}
        manager = manager_of.get(seat.rep)
        while manager is not None and manager not in asked:
            if manager not in unavailable:
                return manager
            asked.add(manager)
            manager = manager_of.get(manager)
    return None


def _find_above(
    territory: str,
    seats: tuple[Seat, ...],
    on: dt.date,
    parent_of: Mapping[str, str | None],
    unavailable: Collection[str],
) -> str | None:
    asked = {territory}
    above = parent_of.get(territory)
    while above is not None and above not in asked:
        holder = _find_holder((seat for seat in seats if seat.territory == above), "primary", on, unavailable)
        if holder is not None:
            return holder
        asked.add(above)
        above = parent_of.get(above)
    return None
