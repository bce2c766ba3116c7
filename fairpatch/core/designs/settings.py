"""What is asked of a design: whose accounts, which territories, what must balance, what may move?

The five modes differ only in which territories take part and what may move. Everything else is shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from fairpatch.core.errors import FaultyInputError, Finding

Mode = Literal["scratch", "rebalance", "split", "merge", "leaver"]

COUNT = "count"
REVENUE = "annual_revenue"
PIPELINE = "pipeline"
EMPLOYEES = "employees"
STANDARD_MEASURES = (COUNT, REVENUE, PIPELINE, EMPLOYEES)
#: Modes that design with territories the live plan does not have.
ADDING = frozenset({"split"})
REMOVING = frozenset({"merge", "leaver"})
MOST_SCENARIOS = 60
MOST_TERRITORIES = 1_000
MOST_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class WantedMeasure:
    """One thing to share out: `balance` in proportion to capacity, `spread` a flag in whole counts."""

    name: str
    tolerance: float
    kind: Literal["balance", "spread"] = "balance"


@dataclass(frozen=True, slots=True)
class DesignSettings:
    """The whole question. Tolerances and the budget are fractions; None asks for no limit.

    `within` is the territory whose accounts are shared out (None: everything in sight); its assignable
    territories take part, without those in `leave_out`, with `new` more. `headcount` designs with that many
    new territories alone. `filters` narrows the accounts further, with the names of the account list.
    Several `tolerances` or `disruptions` ask for a scenario per pair.
    """

    mode: Mode
    measures: tuple[WantedMeasure, ...]
    within: str | None = None
    layer: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()
    new: int = 0
    headcount: int | None = None
    capacities: Mapping[str, float] = field(default_factory=dict)
    max_accounts: int | None = None
    relationship: str | None = None
    move_budget: float | None = None
    disruption: float = 0.0
    is_holding: bool = False
    tolerances: tuple[float, ...] = ()
    disruptions: tuple[float, ...] = ()
    seed: int = 0
    seconds: int = 60

    @property
    def is_adding(self) -> bool:
        """Does it need territories that do not exist yet?"""
        return self.headcount is not None or self.new > 0

    @property
    def is_sweep(self) -> bool:
        return bool(self.tolerances or self.disruptions)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read_design_settings(data: Mapping[str, Any]) -> DesignSettings:
    """The inverse of `DesignSettings.to_json`. FaultyInputError with every fault at once."""
    settings = DesignSettings(
        **{
            **data,
            "measures": tuple(WantedMeasure(**measure) for measure in data["measures"]),
            "leave_out": tuple(data.get("leave_out", ())),
            "tolerances": tuple(data.get("tolerances", ())),
            "disruptions": tuple(data.get("disruptions", ())),
        }
    )
    faults = _find_faults(settings)
    if faults:
        raise FaultyInputError(faults, "design_faulty")
    return settings


def _find_faults(asked: DesignSettings) -> list[Finding]:
    said: list[tuple[str, str]] = []
    balance = [measure for measure in asked.measures if measure.kind == "balance"]
    names = [measure.name for measure in asked.measures]
    if not balance:
        said.append(("measures", "Name at least one measure to balance, such as the number of accounts."))
    if len(set(names)) < len(names):
        said.append(("measures", "A measure is named twice. Name each once."))
    for measure in asked.measures:
        if not 0 < measure.tolerance <= 1:
            said.append(("measures", f"The tolerance of {measure.name} lies above 0 % and is at most 100 %."))
    if asked.mode in REMOVING and not asked.leave_out:
        word = "dissolved" if asked.mode == "merge" else "left behind"
        said.append(("leave_out", f"Choose the territory that is {word}."))
    if asked.mode not in REMOVING and asked.leave_out:
        said.append(("leave_out", "Only a merger or a leaver leaves territories out."))
    if asked.mode in ADDING and asked.new < 1:
        said.append(("new", "Say how many territories are added."))
    if asked.mode not in ADDING and asked.new:
        said.append(("new", "Only a split adds territories; a fresh start may name a headcount."))
    if asked.headcount is not None and asked.mode != "scratch":
        said.append(("headcount", "Only a design from scratch may name a headcount."))
    said += _find_limit_faults(asked)
    return [Finding("error", where, sentence) for where, sentence in said]


def _find_limit_faults(asked: DesignSettings) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    if asked.headcount is not None and not 1 <= asked.headcount <= MOST_TERRITORIES:
        said.append(("headcount", f"A headcount is a number from 1 to {MOST_TERRITORIES:,}."))
    if not 0 <= asked.new <= MOST_TERRITORIES:
        said.append(("new", f"At most {MOST_TERRITORIES:,} territories are added."))
    for code, capacity in asked.capacities.items():
        if not 0 < capacity <= 100:
            said.append(("capacities", f"The capacity of {code} must be more than 0 and at most 100."))
    if asked.max_accounts is not None and asked.max_accounts < 1:
        said.append(("max_accounts", "The most accounts of a territory is a number from 1."))
    if asked.move_budget is not None and not 0 <= asked.move_budget <= 1:
        said.append(("move_budget", "The move budget lies between 0 % and 100 %."))
    for price in (asked.disruption, *asked.disruptions):
        if not 0 <= price <= 1_000:
            said.append(("disruption", "The price of a move lies between 0 and 1,000."))
    if any(not 0 < tolerance <= 1 for tolerance in asked.tolerances):
        said.append(("tolerances", "Every tolerance must lie above 0 % and at most 100 %."))
    scenarios = max(len(asked.tolerances), 1) * max(len(asked.disruptions), 1)
    if scenarios > MOST_SCENARIOS:
        said.append(("tolerances", f"{scenarios} scenarios are asked for; {MOST_SCENARIOS} are the most."))
    if not 1 <= asked.seconds <= MOST_SECONDS:
        said.append(("seconds", f"The time ceiling lies between 1 and {MOST_SECONDS:,} seconds."))
    return said
