"""What is said of why an account is where it is, of accounts that nobody has, and of records tried out?"""

import datetime as dt
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from fairpatch.api.shapes.names import RepName, TerritoryName


class ConditionShape(Schema):
    sentence: str
    holds: bool
    value: str | None


class Winner(Schema):
    territory: str
    name: str
    cause: str
    sentence: str
    claim_class: str | None
    priority: int | None
    specificity: int | None
    conditions: list[ConditionShape]


class LostClaim(Schema):
    territory: str
    name: str
    cause: str
    claim_class: str
    priority: int
    specificity: int
    lost_because: str


class FailingCondition(Schema):
    sentence: str
    value: str | None


class NearMiss(Schema):
    """A territory that came near. `failed`: how many conditions would have to hold besides, at least."""

    territory: str
    name: str
    kind: Literal["conditions", "excluded", "unassignable", "no_rule", "other_layer"]
    failed: int
    reason: str
    failing: FailingCondition
    conditions: list[ConditionShape]


class FieldChange(Schema):
    """One field of one account as it is and as it would have to be; null is empty, tags are joined by |."""

    account: str
    field: str
    before: str | None
    after: str | None
    sentence: str


class AccountChange(Schema):
    """`is_smallest`: no smaller set of fields would do, proved by trying."""

    is_smallest: bool
    changes: list[FieldChange]


class PlanStep(Schema):
    """One change of the plan. `after` is the new rule, priority or account, where one value says it."""

    territory: str
    what: Literal["lock", "accounts", "exclude", "priority", "rule", "assignable"]
    sentence: str
    after: str | None


class PlanRemedy(Schema):
    kind: Literal["end_lock", "drop_exclusion", "assignable", "name", "priority", "rule", "exclude", "lock"]
    changes: list[PlanStep]


class WhyNot(Schema):
    """Why not this territory, and what would change that: in the account's data, or in the plan."""

    territory: str
    name: str
    sentence: str
    is_there: bool
    conditions: list[ConditionShape]
    account_change: AccountChange | None
    plan_changes: list[PlanRemedy]


class RecordedOwner(Schema):
    territory: TerritoryName | None
    rep: RepName | None
    since: dt.datetime
    realignment_id: int | None


class PlanName(Schema):
    id: int
    name: str


class Basis(Schema):
    """What an answer rests on; for a past day also what is on record."""

    plan: PlanName
    is_past: bool
    recorded: RecordedOwner | None
    notes: list[str]


class WhyShape(Schema):
    layer: str
    date: dt.date
    sentence: str
    winner: Winner | None
    others: list[LostClaim]
    near_misses: list[NearMiss]
    why_not: WhyNot | None = None
    why_nots: list[WhyNot]
    tie: bool
    basis: Basis | None = None


class TryQuestion(Schema):
    """A record by the plan format's field names; text is read like a cell of a table.

    With `account_id` the record is that account, and `fields` are what differs.
    """

    plan_id: int | None = None
    date: dt.date | None = None
    account_id: int | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    territory: str | None = None
    rep_id: int | None = None


class TriedRecord(Schema):
    layers: list[WhyShape]


class Placing(AccountChange):
    """The least change of the account's data that would place it."""

    territory: str


class UnassignedRow(Schema):
    """`waits_for`: by its data now it belongs there, and only a realignment is missing."""

    id: int
    external_id: str
    name: str
    city: str
    state: str
    country: str
    postal_code: str
    industry: str
    employees: int | None
    annual_revenue_minor: int | None
    segment: str
    status: str
    owner: RepName
    open_deals: int
    pipeline_minor: int
    waits_for: TerritoryName | None
    nearest: list[NearMiss]
    placing: Placing | None


class UnassignedPage(Schema):
    items: list[UnassignedRow]
    next: str | None
    total: int | None


class Rival(Schema):
    code: str
    name: str
    lost_because: str


class ConflictRow(Schema):
    id: int
    external_id: str
    name: str
    city: str
    state: str
    country: str
    owner: RepName
    territory: TerritoryName | None
    cause: str
    tie: bool
    claim_class: str
    priority: int | None
    specificity: int | None
    other_claims: int
    rivals: list[Rival]


class ConflictPage(Schema):
    items: list[ConflictRow]
    next: str | None
    total: int | None


class NamedAccounts(Schema):
    account_ids: list[int] = Field(min_length=1, max_length=10_000)
