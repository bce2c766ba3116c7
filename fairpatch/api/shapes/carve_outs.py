"""What is said of the accounts that a territory takes from others, and loses to them?"""

from ninja import Schema
from pydantic import Field


class CarveMeasures(Schema):
    """Of what the asking person may see."""

    accounts: int
    revenue_minor: int
    open_deals: int
    pipeline_minor: int


class CarveShare(CarveMeasures):
    territory: str | None = Field(description="null: nobody")
    name: str
    is_branch: bool = Field(description="With all below it; otherwise for itself")
    named: int = Field(description="Accounts claimed by name")
    locked: int = Field(description="Accounts held by a lock")


class BaseMeasures(CarveMeasures):
    """What the base holds for itself."""

    quota_minor: int = Field(description="Its quota today, with all below it")


class TakenShare(CarveShare):
    """What one other territory, the base, would have if this one and all below it claimed nothing."""

    base: BaseMeasures | None = Field(description="null: nobody")


class CarveOuts(Schema):
    territory: str
    layer: str
    is_live: bool
    held: CarveMeasures = Field(description="Taken shares and what waits add up to this")
    waiting: CarveMeasures = Field(description="Held, but by the plan another's, or nobody's, already")
    taken: list[TakenShare]
    lost: list[CarveShare] = Field(description="Held by others, and this one's if they claimed nothing")


class CarvePair(CarveShare):
    """What one territory holds and one base would have if that territory claimed nothing."""

    territory: str
    base: str
    base_name: str
    is_base_branch: bool


class Programmes(Schema):
    layer: str
    is_live: bool
    count: int
    pairs: list[CarvePair] = Field(description="The largest, 500 at most")
