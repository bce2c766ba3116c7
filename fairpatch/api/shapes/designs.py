"""What is asked of a design, and what is said of runs, scenarios and moves?"""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from fairpatch.api.shapes.audit import JobShape

Mode = Literal["scratch", "rebalance", "split", "merge", "leaver"]
Kind = Literal["balance", "spread"]
State = Literal["queued", "running", "done", "failed", "cancelled"]


class WantedMeasureForm(Schema):
    name: str = Field(max_length=80)
    tolerance: float
    kind: Kind = "balance"


class DesignFilters(Schema):
    """Narrows the accounts, as in the list of accounts."""

    q: str | None = None
    country: str | None = None
    state: str | None = None
    industry: str | None = None
    segment: str | None = None
    status: str | None = None


class DesignForm(Schema):
    """Tolerances and the budget are fractions: 0.05 is 5 %."""

    name: str = ""
    mode: Mode = "rebalance"
    measures: list[WantedMeasureForm] = Field(max_length=12)
    within: str | None = None
    layer: str | None = None
    filters: DesignFilters = DesignFilters()
    leave_out: list[str] = Field(default_factory=list)
    new: int = 0
    headcount: int | None = None
    capacities: dict[str, float] = Field(default_factory=dict)
    max_accounts: int | None = None
    relationship: str | None = None
    move_budget: float | None = None
    disruption: float = 0.0
    is_holding: bool = False
    tolerances: list[float] = Field(default_factory=list)
    disruptions: list[float] = Field(default_factory=list)
    seed: int = Field(0, ge=0, lt=2**31)
    seconds: int = 60


class DesignPlaceShape(Schema):
    code: str
    name: str
    rep: str | None
    capacity: float
    capacity_note: str
    is_new: bool


class LeastMovesShape(Schema):
    """With less than `share` moving, nothing reaches the tolerance (null: those asked for)."""

    tolerance: float | None
    value: float
    share: float | None
    measure: str | None


class TodayShape(Schema):
    code: str
    load: float
    target: float
    deviation: float


class TodayMeasure(Schema):
    name: str
    label: str
    kind: Kind
    tolerance: float
    max_deviation: float
    worst_territory: str
    outside: int
    outside_usual: int
    orphaned: float
    floor: float
    territories: list[TodayShape]


class DesignDiagnosis(Schema):
    layer: str
    accounts: int
    owned: int
    is_possible: bool
    sentences: list[str]
    left_out: list[str]
    doubts: list[str]
    least_moves: list[LeastMovesShape]
    measures: list[TodayMeasure]
    places: list[DesignPlaceShape]


class DesignDraft(Schema):
    id: int
    name: str
    status: str


class ScenarioRow(Schema):
    number: int
    tolerance: float
    disruption: float
    status: Literal["ok", "infeasible", "unmet"]
    stopped: str
    is_pareto: bool
    max_deviation: float | None
    rms_km: float | None
    gap: float | None
    moved_share: float | None
    moved_accounts: int | None
    draft: DesignDraft | None


class DesignCard(Schema):
    id: int
    name: str
    mode: Mode
    layer: str
    territories: int
    accounts: int
    state: State
    job: JobShape | None
    scenario_count: int
    best: ScenarioRow | None
    created_by: str
    created_at: datetime
    solved_at: datetime | None


class DesignPage(Schema):
    items: list[DesignCard]
    next: str | None
    total: int | None


class DesignShape(DesignCard):
    settings: dict[str, Any]
    places: list[DesignPlaceShape]
    left_out: list[str]
    doubts: list[str]
    scenarios: list[ScenarioRow]
    may_accept: bool


class DesignStarted(Schema):
    id: int
    job_id: int


class MeasureResult(Schema):
    name: str
    label: str
    kind: Kind
    tolerance: float
    total: float
    max_deviation: float | None
    floor: float
    met: bool | None


class TerritoryLoad(Schema):
    before: float
    load: float | None
    target: float
    deviation: float | None
    price: float | None


class DesignedTerritory(DesignPlaceShape):
    accounts: int | None
    latitude: float | None
    longitude: float | None
    measures: dict[str, TerritoryLoad]


class DesignFlow(Schema):
    """Places in the list of territories; `from` is -1 for accounts that had none of them."""

    from_: int = Field(alias="from")
    to: int
    accounts: int
    values: dict[str, float]


class ScenarioShape(ScenarioRow):
    sentences: list[str]
    measures: list[MeasureResult]
    territories: list[DesignedTerritory]
    flows: list[DesignFlow]


class DesignPoints(Schema):
    """Parallel columns; `before` and `after` are places in the run's list of territories, -1 for none."""

    id: list[int]
    lon: list[float]
    lat: list[float]
    before: list[int]
    after: list[int]


class DesignMove(Schema):
    id: int
    external_id: str
    name: str
    city: str
    state: str
    annual_revenue_minor: int | None
    from_: str | None = Field(alias="from")
    to: str


class DesignMovePage(Schema):
    items: list[DesignMove]
    next: str | None
    total: int | None


class AcceptForm(Schema):
    name: str | None = None


class AcceptedShape(Schema):
    plan_id: int
    named: int
    locked: int
