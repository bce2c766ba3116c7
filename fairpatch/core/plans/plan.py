"""What is a plan? Layers, territories, rules, lists, locks and seats: immutable values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.core.rules.match import Scope
from fairpatch.core.rules.tree import Rule
from fairpatch.core.rules.values import fold_code

LayerRole: TypeAlias = Literal["primary", "overlay", "partner"]
SeatKind: TypeAlias = Literal["primary", "overlay", "backup"]
Families: TypeAlias = Literal["apart", "together"]
Placement: TypeAlias = Literal["own", "headquarters", "majority_revenue"]
OnChange: TypeAlias = Literal["at_once", "propose", "next_cycle"]

FORMAT_VERSION = 1
DEFAULT_LAYER = "sales"


@dataclass(frozen=True, slots=True)
class Layer:
    code: str
    role: LayerRole = "primary"
    engagement: str | None = None
    credit: int | float | None = None
    """Percent."""
    families: Families = "apart"
    placement: Placement = "own"
    on_change: OnChange = "propose"
    """What follows when an account's own data make it belong elsewhere in this layer."""


@dataclass(frozen=True, slots=True)
class Territory:
    """As written: None means "not said here" (inherited or defaulted by `Hierarchy`)."""

    code: str
    name: str | None = None
    parent: str | None = None
    layer: str | None = None
    type: str | None = None
    description: str | None = None
    priority: int | None = None
    rule: Rule | None = None
    inherit: bool = True
    assignable: bool | None = None
    accounts: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """Both days included; an absent day leaves that end open. `layer` None means its territory's."""

    account: str
    territory: str
    layer: str | None = None
    reason: str | None = None
    approver: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None

    def is_live(self, on: dt.date) -> bool:
        return is_within_days(self.start, self.end, on)


@dataclass(frozen=True, slots=True)
class Seat:
    """A rep's place in a territory. Both days included; an absent day leaves that end open."""

    territory: str
    rep: str
    kind: SeatKind = "primary"
    start: dt.date | None = None
    end: dt.date | None = None

    def is_live(self, on: dt.date) -> bool:
        return is_within_days(self.start, self.end, on)


@dataclass(frozen=True)
class Plan:
    """One plan. The order of territories, locks and seats carries no meaning; that of layers does:

    the first is the default one.
    """

    name: str = ""
    layers: tuple[Layer, ...] = (Layer(DEFAULT_LAYER),)
    territories: tuple[Territory, ...] = ()
    locks: tuple[Lock, ...] = ()
    seats: tuple[Seat, ...] = ()
    fields: tuple[Field, ...] = ()
    value_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    areas: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    """Rings of (longitude, latitude)."""
    effective: dt.date | None = None
    currency: str | None = None

    @cached_property
    def catalogue(self) -> Catalogue:
        """The standard fields and the plan's own."""
        return Catalogue(self.fields)

    @cached_property
    def scope(self) -> Scope:
        """What the names in this plan's rules stand for."""
        return Scope(self.catalogue, self.value_sets, self.areas)


def fold_account_id(account: object) -> str:
    """The form in which account ids are compared (as codes)."""
    return fold_code(account) or ""


def is_within_days(start: dt.date | None, end: dt.date | None, on: dt.date) -> bool:
    """Whether a day lies in a span whose ends are both included and may be open."""
    return (start is None or start <= on) and (end is None or on <= end)


def do_days_overlap(
    first: tuple[dt.date | None, dt.date | None], second: tuple[dt.date | None, dt.date | None]
) -> bool:
    """Whether two spans share a day."""
    starts_before = second[1] is None or first[0] is None or first[0] <= second[1]
    ends_after = second[0] is None or first[1] is None or second[0] <= first[1]
    return starts_before and ends_after
