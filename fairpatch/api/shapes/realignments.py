"""What is said of realignments, their impact and their moves?"""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from fairpatch.api.shapes.names import OnChange, RepName, TerritoryName
from fairpatch.api.shapes.problems import DriftItem

RealignmentStatus = Literal["preparing", "proposed", "approved", "executed", "rejected", "cancelled", "stale"]


class RealignmentRow(Schema):
    id: int
    title: str
    kind: Literal["plan", "accounts", "handover", "undo", "changes"]
    status: RealignmentStatus
    reason: str
    proposed_by: str
    proposed_at: datetime
    move_count: int
    deal_move_count: int
    executed_at: datetime | None
    undoes_id: int | None
    undone_by_id: int | None
    may: list[Literal["approve", "reject", "execute", "cancel", "undo", "rebase"]]


class RealignmentPage(Schema):
    items: list[RealignmentRow]
    next: str | None
    total: int | None


class WaitingAccount(Schema):
    id: int
    external_id: str
    name: str


class RealignmentForm(Schema):
    """`kind` says which fields count. `changes`: everything that waits, or what `account_ids` name of it."""

    kind: Literal["plan", "accounts", "handover", "changes"]
    plan_id: int | None = None
    account_ids: list[int] | None = None
    territory: str | None = None
    until_on: date | None = None
    rep_id: int | None = None
    title: str | None = None
    reason: str = ""
    deal_policy: Literal["follow_territory", "stay_with_rep"] = "follow_territory"


class WaitingRow(Schema):
    """An account that belongs elsewhere by its data, and that no open proposal moves."""

    account: WaitingAccount
    owner: RepName
    layer: str
    from_territory: TerritoryName | None
    to_territory: TerritoryName | None
    policy: OnChange
    reason: str
    since: datetime


class WaitingPage(Schema):
    items: list[WaitingRow]
    next: str | None
    total: int | None


class Weight(Schema):
    accounts: int
    revenue_minor: int
    open_deals: int
    pipeline_minor: int
    activities: int


class RepImpact(Schema):
    rep: RepName
    in_: Weight = Field(alias="in")
    out: Weight
    before: Weight
    after: Weight


class TerritoryImpact(Schema):
    territory: TerritoryName | None
    in_: Weight = Field(alias="in")
    out: Weight
    before: Weight
    after: Weight


class Impact(Schema):
    accounts: int
    revenue_minor: int
    open_deals: int
    pipeline_minor: int
    activities_due: int
    relationships: int
    reps: list[RepImpact]
    territories: list[TerritoryImpact]


class MovedAccount(Schema):
    id: int
    external_id: str
    name: str
    latitude: float | None
    longitude: float | None


class MoveRow(Schema):
    account: MovedAccount
    layer: str
    from_rep: RepName | None
    to_rep: RepName | None
    from_territory: TerritoryName | None
    to_territory: TerritoryName | None
    cause: str
    is_interim: bool
    reason: str


class MovePage(Schema):
    items: list[MoveRow]
    next: str | None
    total: int | None


class MovedDeal(Schema):
    id: int
    external_id: str
    name: str
    amount_minor: int
    account_id: int
    account_name: str


class DealMoveRow(Schema):
    deal: MovedDeal
    from_rep: RepName
    to_rep: RepName


class DealMovePage(Schema):
    items: list[DealMoveRow]
    next: str | None
    total: int | None


class ApprovalShape(Schema):
    user: str
    verdict: Literal["approved", "rejected"]
    comment: str
    given_at: datetime


class RealignmentPlans(Schema):
    base_id: int | None
    target_id: int


class RealignmentShape(RealignmentRow):
    deal_policy: Literal["follow_territory", "stay_with_rep"]
    intent: dict[str, Any]
    impact: Impact
    approvals: list[ApprovalShape]
    drift: list[DriftItem]
    plan: RealignmentPlans
    batch: int | None


class RealignmentPreview(Schema):
    impact: Impact
    moves_sample: list[MoveRow]
    move_count: int


class Comment(Schema):
    comment: str = ""


class Reason(Schema):
    reason: str
