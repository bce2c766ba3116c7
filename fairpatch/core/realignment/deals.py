"""Which open deals change hands with their account?

Follow the territory: those that the account's former owner holds; a colleague's own deal stays theirs. Stay
with the rep: none. Closed deals never move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

DealPolicy: TypeAlias = Literal["follow_territory", "stay_with_rep"]


class HeldDeal(NamedTuple):
    """A deal of an account whose owner changes from one rep to another."""

    deal_id: int
    account_id: int
    version: int
    outcome: str
    owner_id: int
    from_rep_id: int | None
    to_rep_id: int | None


def select_deals(policy: DealPolicy, deals: Iterable[HeldDeal]) -> Iterator[HeldDeal]:
    """The deals that go along, in the order given."""
    if policy == "stay_with_rep":
        return
    for deal in deals:
        if deal.outcome == "open" and deal.owner_id == deal.from_rep_id and deal.to_rep_id is not None:
            yield deal
