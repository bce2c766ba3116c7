"""Where does an account belong after its own data changed, and what does the layer's policy make of it?"""

from __future__ import annotations

from typing import NamedTuple

from fairpatch.core.plans.plan import OnChange
from fairpatch.core.realignment.moves import Ruling, Standing

OUTCOMES: dict[OnChange, str] = {
    "at_once": "This is carried out with the change, as a realignment that the layer's policy approves.",
    "propose": "This becomes a proposal. Nothing moves before somebody approves it.",
    "next_cycle": "Nothing moves now. The account waits, and the next proposal takes it along.",
}


class Effect(NamedTuple):
    """An account that, by its data, belongs to another territory of a layer than the one that holds it."""

    account_id: int
    layer_id: int
    policy: OnChange
    from_territory_id: int | None
    to_territory_id: int | None
    from_rep_id: int | None
    to_rep_id: int | None
    cause: str


def decide_effect(standing: Standing, ruling: Ruling, policy: OnChange) -> Effect | None:
    """What the ruling would move, or None. An account that nothing was ever decided for has no effect."""
    if standing.grounds is None or standing.territory_id == ruling.territory_id:
        return None
    return Effect(
        standing.account_id,
        standing.layer_id,
        policy,
        standing.territory_id,
        ruling.territory_id,
        standing.rep_id,
        ruling.rep_id,
        ruling.grounds.cause,
    )
