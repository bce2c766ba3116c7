"""What is said of plans, territories, rules and seats?"""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from fairpatch.api.shapes.accounts import AccountRow
from fairpatch.api.shapes.names import OnChange, RepName, SeatHolder
from fairpatch.api.shapes.problems import FindingShape


class PlanShape(Schema):
    id: int
    name: str
    status: Literal["draft", "staged", "active", "superseded", "archived"]
    base_id: int | None
    effective_on: date | None
    created_at: datetime
    created_by: str | None
    version: int
    change_count: int | None
    is_outdated: bool
    """A draft that was made before the live plan last changed; it has to be brought up to date first."""


class PlanForm(Schema):
    name: str | None = None


class PlanChange(Schema):
    kind: Literal["added", "removed", "changed"]
    what: Literal[
        "territory", "rule", "seat", "lock", "list", "value_set", "layer", "field", "region", "area", "plan"
    ]
    code: str
    before: str | None = None
    after: str | None = None
    sentence: str


class PlanDiff(Schema):
    changes: list[PlanChange]


class FindingList(Schema):
    findings: list[FindingShape]


class LayerShape(Schema):
    code: str
    role: Literal["primary", "overlay", "partner"]
    credit: float | None
    engagement: str
    position: int
    families: Literal["apart", "together"]
    placement: Literal["own", "headquarters", "majority_revenue"]
    on_change: OnChange


class LayerForm(Schema):
    """Absent: left as it is, or the default of a new layer."""

    role: Literal["primary", "overlay", "partner"] | None = None
    credit: float | None = Field(None, ge=0, le=100)
    engagement: str | None = None
    families: Literal["apart", "together"] | None = None
    placement: Literal["own", "headquarters", "majority_revenue"] | None = None
    on_change: OnChange | None = None


class SavedLayers(Schema):
    version: int
    layers: list[LayerShape]


class Totals(Schema):
    """Roll-ups of what the asking person may see; `own_accounts` leaves sub-territories out."""

    accounts: int
    own_accounts: int
    revenue_minor: int
    open_deals: int
    pipeline_minor: int
    quota_minor: int


class TerritoryRow(Schema):
    code: str
    name: str
    parent: str | None
    layer: str
    depth: int
    type: str
    is_assignable: bool
    has_rule: bool
    priority: int
    primary: SeatHolder | None
    is_vacant: bool
    is_in_scope: bool
    colour_index: int
    totals: Totals


class TerritoryTree(Schema):
    plan: PlanShape | None
    layers: list[LayerShape]
    territories: list[TerritoryRow]


class RuleShape(Schema):
    text: str
    json_: dict[str, Any] = Field(alias="json")
    words: str


class EffectiveRule(Schema):
    text: str
    words: str


class ListedShape(Schema):
    id_text: str
    account_id: int | None
    name: str | None


class SeatShape(Schema):
    id: int
    territory: str
    rep: RepName
    kind: Literal["primary", "overlay", "backup"]
    from_on: date | None
    until_on: date | None


class LockShape(Schema):
    id: int
    id_text: str
    account_id: int | None
    name: str | None
    territory: str
    layer: str
    reason: str
    approver: str
    from_on: date | None
    until_on: date | None


class HistoryEntry(Schema):
    at: datetime
    sentence: str
    realignment_id: int | None


class QuotaShape(Schema):
    starts_on: date
    ends_on: date
    amount_minor: int


class TerritoryShape(TerritoryRow):
    description: str
    own_priority: int | None
    own_is_assignable: bool | None
    rule: RuleShape | None
    effective_rule: EffectiveRule | None
    inherit: bool
    exclude: list[ListedShape]
    named: list[ListedShape]
    seats: list[SeatShape]
    locks: list[LockShape]
    children: list[str]
    history: list[HistoryEntry]
    quotas: list[QuotaShape]


class TerritoryFields(Schema):
    """Absent: left as it is; null: back to the default."""

    name: str | None = None
    type: str | None = None
    description: str | None = None
    rule: str | None = None
    priority: int | None = None
    assignable: bool | None = None
    inherit: bool | None = None
    exclude: list[str] | None = None
    accounts: list[str] | None = None


class TerritoryForm(TerritoryFields):
    code: str
    name: str
    parent: str | None = None
    layer: str | None = None


class TerritoryPatch(TerritoryFields):
    move_to_parent: str | None = None


class SavedTerritory(Schema):
    version: int
    territory: TerritoryShape


class SavedVersion(Schema):
    version: int


class SeatForm(Schema):
    territory: str
    rep_id: int
    kind: Literal["primary", "overlay", "backup"] = "primary"
    from_on: date | None = None
    until_on: date | None = None


class SavedSeat(Schema):
    version: int
    seat: SeatShape


class LockForm(Schema):
    account_id: int
    territory: str
    layer: str | None = None
    reason: str
    from_on: date | None = None
    until_on: date | None = None


class LockPatchForm(Schema):
    """The days and the reason as they shall be."""

    reason: str
    from_on: date | None = None
    until_on: date | None = None


class SavedLock(Schema):
    version: int
    lock: LockShape


class ValueSetShape(Schema):
    name: str
    values: list[str]


class ValueSetForm(Schema):
    values: list[str]


class SavedValueSet(Schema):
    version: int
    value_set: ValueSetShape


class FieldShape(Schema):
    name: str
    label: str
    type: str
    dimension: str
    operators: list[str]
    choices: list[str] | None = None


class RuleInput(Schema):
    """Either of the two forms; the server answers with both."""

    text: str | None = None
    json_: dict[str, Any] | None = Field(None, alias="json")


class ParsedRule(RuleShape):
    effective: EffectiveRule | None = None


class RuleQuestion(RuleInput):
    """`territory` and `plan_id` give the place whose ancestors' rules are added."""

    plan_id: int | None = None
    territory: str | None = None


class PreviewQuestion(Schema):
    plan_id: int | None = None
    territory: str
    layer: str | None = None
    parent: str | None = None
    rule: RuleInput | None = None
    priority: int | None = None


class PreviewShare(Schema):
    """What one other territory would give or get. A null code: the unassigned accounts."""

    territory: str | None
    name: str
    accounts: int
    revenue_minor: int
    open_deals: int
    pipeline_minor: int
    quota_minor: int = Field(description="The territory's quota today. It does not move with accounts.")


class PreviewOwner(Schema):
    """What one person would give and get, by who answers for the territories today."""

    rep_id: int
    name: str
    accounts_out: int
    open_deals_out: int
    pipeline_minor_out: int
    accounts_in: int
    open_deals_in: int
    pipeline_minor_in: int
    quota_minor: int = Field(description="The person's quota today. It does not move with accounts.")


class PreviewShape(Schema):
    matches: int
    wins: int
    takes: list[PreviewShare]
    loses: list[PreviewShare]
    owners: list[PreviewOwner]
    sample: list[AccountRow]


class MapShare(Schema):
    territory: str | None
    accounts: int


class MapUnit(Schema):
    id: str
    territory: str | None
    accounts: int
    revenue_minor: int
    is_white_space: bool
    shares: list[MapShare]


class MapUnits(Schema):
    level: Literal["state", "county", "country"]
    layer: str
    units: list[MapUnit]
