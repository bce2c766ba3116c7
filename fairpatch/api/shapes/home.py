"""What does the first page and the search box show?"""

from datetime import datetime
from typing import Literal

from ninja import Schema

from fairpatch.api.shapes.names import RepName, TerritoryName


class Comparison(Schema):
    label: str
    value: float


class Figure(Schema):
    key: str
    label: str
    value: float
    unit: Literal["count", "money", "share"]
    compare: Comparison | None = None
    href: str | None


class Task(Schema):
    key: str
    title: str
    count: int
    href: str
    severity: Literal["error", "warning", "notice"]


class Change(Schema):
    at: datetime
    sentence: str
    href: str | None


class HomeShape(Schema):
    role: str
    figures: list[Figure]
    tasks: list[Task]
    changes: list[Change]


class FoundAccount(Schema):
    id: int
    external_id: str
    name: str
    city: str
    state: str


class SearchShape(Schema):
    accounts: list[FoundAccount]
    territories: list[TerritoryName]
    reps: list[RepName]
