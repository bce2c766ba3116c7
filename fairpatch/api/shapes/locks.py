"""What is said of locks, of their ends, and of how many there are?"""

from datetime import date
from typing import Literal

from ninja import Schema

from fairpatch.api.shapes.accounts import MadeRealignment
from fairpatch.api.shapes.names import RepName, TerritoryName
from fairpatch.api.shapes.territories import LockShape


class LockEnd(Schema):
    """Where the account belongs once the lock has ended, as everything else stands today."""

    territory: TerritoryName | None
    rep: RepName | None
    is_staying: bool
    sentence: str


class LockRow(LockShape):
    """`afterwards` is empty for a lock without end, and for an account not known yet."""

    territory_name: str
    owner: RepName | None
    state: Literal["live", "coming", "lapsed"]
    days_left: int | None
    afterwards: LockEnd | None


class LockPage(Schema):
    items: list[LockRow]
    next: str | None
    total: int | None


class LockQuestion(Schema):
    """`lock_id`: the lock that goes. `territory` and the days: the one that comes, if any."""

    plan_id: int | None = None
    account_id: int
    lock_id: int | None = None
    territory: str | None = None
    from_on: date | None = None
    until_on: date | None = None


class ExceptionRate(Schema):
    """Locked accounts among all: from 10 % on an alarm, from 15 % on red."""

    locked: int
    accounts: int
    share: float
    level: Literal["ok", "alarm", "red"]


class TerritoryExceptionRate(ExceptionRate):
    code: str
    name: str
    is_leaf: bool


class ExceptionRates(ExceptionRate):
    territories: list[TerritoryExceptionRate]
    unsettled: int


class SettledLocks(Schema):
    moved: int
    realignments: list[MadeRealignment]
