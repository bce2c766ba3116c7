"""What is said of the people on the roster?"""

from datetime import date
from typing import Literal

from ninja import Schema

from fairpatch.api.shapes.names import RepName
from fairpatch.api.shapes.territories import QuotaShape


class RepSeat(Schema):
    territory: str
    territory_name: str
    kind: Literal["primary", "overlay", "backup"]


class RepTotals(Schema):
    """Of the accounts that the asking person may see."""

    accounts: int
    revenue_minor: int
    pipeline_minor: int
    quota_minor: int


class RepRow(Schema):
    id: int
    external_id: str
    name: str
    title: str
    level: str
    manager: RepName | None
    status: Literal["active", "left"]
    kind: Literal["person", "partner", "pool"]
    seats: list[RepSeat]
    totals: RepTotals


class RepShape(RepRow):
    email: str
    home_latitude: float | None
    home_longitude: float | None
    hired_on: date | None
    reports: list[RepName]
    quotas: list[QuotaShape]
    may_see_accounts: bool
