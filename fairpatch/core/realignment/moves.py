"""What exactly changes when one plan state follows another?

A move exists where a decision changes: the territory, or who owns what that territory holds. An account whose
owner differs from the decision (misplaced) stays with its owner as long as the decision itself stays.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Change: TypeAlias = Literal["owner", "territory", "cause"]


class Grounds(NamedTuple):
    """Why a territory won, and whether its owner is only an interim."""

    cause: str
    tie: bool = False
    claim_class: str = ""
    priority: int | None = None
    specificity: int | None = None
    other_claims: int = 0
    is_interim: bool = False


class Standing(NamedTuple):
    """How an account stands in one layer now. `grounds` is None while nothing was ever decided there."""

    account_id: int
    layer_id: int
    version: int
    rep_id: int | None
    territory_id: int | None
    grounds: Grounds | None


class Ruling(NamedTuple):
    """What a plan decides for an account in one layer: where it belongs, who owns it there, and why."""

    territory_id: int | None
    rep_id: int | None
    grounds: Grounds


class Shift(NamedTuple):
    """A move: from a standing to a ruling. For "cause" owner and territory stay as they stand."""

    standing: Standing
    change: Change
    to_rep_id: int | None
    to_territory_id: int | None
    grounds: Grounds
    reason: str


CAUSES = {
    "lock": "a lock holds it there",
    "named": "the territory names it",
    "rule": "the territory's rule matches it",
    "family": "it follows its parent",
    "unassigned": "no territory claims it",
}


def decide_shift(
    standing: Standing, ruling: Ruling, rep_decided_before: int | None, *, is_asked_for: bool = False
) -> Shift | None:
    """The move from a standing to a ruling, or None.

    `rep_decided_before` is who owned the standing territory's accounts by the live plan. An account that
    was asked for by name goes to the ruling's owner even where the decision stays.
    """
    before = (standing.territory_id, rep_decided_before)
    is_redecided = is_asked_for or standing.grounds is None or before != (ruling.territory_id, ruling.rep_id)
    rep_id = ruling.rep_id if is_redecided else standing.rep_id
    change = _name_change(standing, ruling, rep_id)
    if change is None:
        return None
    if change == "cause" and not is_redecided and standing.grounds is not None:
        interim = standing.grounds.is_interim
    else:
        interim = ruling.grounds.is_interim
    return Shift(
        standing,
        change,
        rep_id,
        ruling.territory_id,
        ruling.grounds._replace(is_interim=interim),
        _say_reason(standing, ruling, change),
    )


def _name_change(standing: Standing, ruling: Ruling, rep_id: int | None) -> Change | None:
    if rep_id != standing.rep_id:
        return "owner"
    if ruling.territory_id != standing.territory_id:
        return "territory"
    if standing.grounds is None:
        return "cause"
    same = standing.grounds._replace(is_interim=False) == ruling.grounds._replace(is_interim=False)
    return None if same else "cause"


def _say_reason(standing: Standing, ruling: Ruling, change: Change) -> str:
    because = CAUSES.get(ruling.grounds.cause, ruling.grounds.cause)
    if ruling.territory_id != standing.territory_id:
        return f"Another territory wins: {because}."
    if change == "owner":
        return "The territory has another owner."
    return f"Decided on other grounds: {because}."


def reverse_shift(moved: Shift, now: Standing) -> Shift | None:
    """The way back of an executed move, for an account that stands as `now`; None when there is none."""
    was = moved.standing
    grounds = was.grounds or Grounds("unassigned")
    ruling = Ruling(was.territory_id, was.rep_id, grounds)
    change = _name_change(now, ruling, was.rep_id)
    if change is None:
        return None
    return Shift(now, change, was.rep_id, was.territory_id, grounds, "Restored as it was before.")
