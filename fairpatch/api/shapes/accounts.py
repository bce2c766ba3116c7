"""What is said of accounts, and of why an account is where it is?"""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema

from fairpatch.api.shapes.names import AccountName, InterimRep, OnChange, RepName, TerritoryName
from fairpatch.api.shapes.realignments import RealignmentStatus


class Misplacement(Schema):
    """The owner works outside the territories that the account belongs to by its data."""

    reason: str
    belongs_to: list[TerritoryName]


class AccountRow(Schema):
    id: int
    external_id: str
    name: str
    city: str
    state: str
    country: str
    industry: str
    employees: int | None
    annual_revenue_minor: int | None
    segment: str
    status: str
    territory: TerritoryName | None
    owner: RepName
    cause: str | None
    tie: bool
    latitude: float | None
    longitude: float | None
    open_deals: int
    pipeline_minor: int
    misplaced: Misplacement | None = None


class AccountPage(Schema):
    items: list[AccountRow]
    next: str | None
    total: int | None


class AssignmentShape(Schema):
    layer: str
    territory: TerritoryName | None
    rep: InterimRep | None
    cause: str
    tie: bool
    claim_class: str
    priority: int | None
    specificity: int | None
    other_claims: int
    role: Literal["primary", "overlay", "partner"]
    engagement: str
    credit: float | None
    families: Literal["apart", "together"]
    placement: Literal["own", "headquarters", "majority_revenue"]


class Office(Schema):
    id: int
    external_id: str
    name: str
    city: str
    state: str
    country: str
    territory: TerritoryName | None
    owner: RepName


class Wait(Schema):
    """Where an account belongs by its data in one layer, and what it waits for there."""

    layer: str
    to_territory: TerritoryName | None
    policy: OnChange
    reason: str
    since: datetime
    realignment_id: int | None


class AccountShape(AccountRow):
    address: str
    postal_code: str
    metro: str
    sic: str
    product_lines: list[str]
    source: str
    position_origin: Literal["given", "postal_code", "city", "none"]
    custom: dict[str, Any]
    parent: AccountName | None
    offices: list[Office]
    assignments: list[AssignmentShape]
    waits: list[Wait]
    version: int
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None


class ProposalHint(Schema):
    """Where the account would go now; nothing moves until a realignment says so."""

    from_territory: TerritoryName | None
    to_territory: TerritoryName | None
    sentence: str


class AffectedAccount(Schema):
    """`id` is empty for an account that is not created yet."""

    id: int | None
    external_id: str
    name: str


class AccountEffect(Schema):
    """An account that a change of data makes belong elsewhere in one layer."""

    account: AffectedAccount
    layer: str
    policy: OnChange
    from_territory: TerritoryName | None
    to_territory: TerritoryName | None
    from_rep: RepName | None
    to_rep: RepName | None
    cause: str
    is_relative: bool
    open_deals: int
    pipeline_minor: int


class PolicyOutcome(Schema):
    policy: OnChange
    sentence: str


class AccountEffects(Schema):
    """`hidden` counts accounts of the family that would move too and that one may not see."""

    effects: list[AccountEffect]
    hidden: int
    outcomes: list[PolicyOutcome]


class MadeRealignment(Schema):
    id: int
    title: str
    status: RealignmentStatus


class SavedAccount(AccountShape):
    proposal_hint: ProposalHint | None = None
    effects: list[AccountEffect]
    realignments: list[MadeRealignment]


class AccountFields(Schema):
    """The fields a person may set. Absent: left as it is; null: emptied."""

    name: str | None = None
    country: str | None = None
    state: str | None = None
    metro: str | None = None
    city: str | None = None
    postal_code: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    industry: str | None = None
    sic: str | None = None
    employees: int | None = None
    annual_revenue_minor: int | None = None
    product_lines: list[str] | None = None
    segment: str | None = None
    source: str | None = None
    status: str | None = None
    custom: dict[str, Any] | None = None
    parent_id: int | None = None


class AccountForm(AccountFields):
    name: str
    external_id: str | None = None


class AccountPatch(AccountFields):
    version: int


class AccountQuestion(AccountFields):
    """Without `account_id`: a new account. With `version`: refused when somebody changed it since."""

    account_id: int | None = None
    version: int | None = None
    external_id: str | None = None


class AccountPoints(Schema):
    """Parallel columns, one entry per account with a position. -1 means none."""

    id: list[int]
    lon: list[float]
    lat: list[float]
    territory: list[int]
    owner: list[int]
    territories: list[str]
    owners: list[RepName]


class OwnershipEntry(Schema):
    layer: str
    effective_at: datetime
    recorded_at: datetime
    rep: RepName | None
    territory: TerritoryName | None
    is_interim: bool
    cause_sentence: str
    realignment_id: int | None
    batch: int
    leaf_seq: int
    corrected_by: int | None = None


class DealRow(Schema):
    id: int
    external_id: str
    name: str
    stage: str
    outcome: Literal["open", "won", "lost"]
    amount_minor: int
    currency: str
    opened_on: date | None
    close_on: date | None
    closed_on: date | None
    owner: RepName


class DealPage(Schema):
    items: list[DealRow]
    next: str | None
    total: int | None


class ActivityRow(Schema):
    id: int
    kind: str
    subject: str
    due_on: date | None
    done_on: date | None
    rep: RepName


class ActivityPage(Schema):
    items: list[ActivityRow]
    next: str | None
    total: int | None


class ActivityForm(Schema):
    kind: Literal["call", "meeting", "email", "task"]
    subject: str
    due_on: date | None = None
    done_on: date | None = None
