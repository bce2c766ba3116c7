"""How are people, territories and accounts named inside other answers?"""

from typing import Literal

from ninja import Schema

OnChange = Literal["at_once", "propose", "next_cycle"]


class RepName(Schema):
    id: int
    name: str


class SeatHolder(Schema):
    """Who answers for a territory today; `is_interim` when the seat is vacant and somebody stands in."""

    rep_id: int
    name: str
    is_interim: bool


class InterimRep(RepName):
    is_interim: bool


class TerritoryName(Schema):
    code: str
    name: str


class AccountName(Schema):
    id: int
    name: str


class JobStarted(Schema):
    job_id: int
