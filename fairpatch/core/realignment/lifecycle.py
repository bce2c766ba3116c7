"""Which states does a realignment pass through, and who may take which step?

preparing → proposed → approved → executed; from proposed or approved also rejected, cancelled or stale.
Nobody approves a proposal of their own; whoever approves stands above everybody whose accounts come or go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right, has_right


class Step(StrEnum):
    """What can be done with a realignment. The values are part of the API (`may`)."""

    APPROVE = "approve"
    REJECT = "reject"
    EXECUTE = "execute"
    CANCEL = "cancel"
    UNDO = "undo"
    REBASE = "rebase"


FROM_STATUS: dict[Step, frozenset[str]] = {
    Step.APPROVE: frozenset({"proposed"}),
    Step.REJECT: frozenset({"proposed"}),
    Step.EXECUTE: frozenset({"approved"}),
    Step.CANCEL: frozenset({"proposed", "approved", "stale"}),
    Step.UNDO: frozenset({"executed"}),
    Step.REBASE: frozenset({"proposed", "approved", "stale"}),
}
RIGHT_FOR: dict[Step, Right] = {
    Step.APPROVE: Right.APPROVE,
    Step.REJECT: Right.APPROVE,
    Step.EXECUTE: Right.EXECUTE,
    Step.CANCEL: Right.PROPOSE,
    Step.UNDO: Right.PROPOSE,
    Step.REBASE: Right.PROPOSE,
}
WHOLE_COMPANY = frozenset({"planner", "admin"})


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever wants to take a step."""

    user_id: int
    role: str
    rep_id: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the answer depends on. `sides` are the reps whose accounts come or go, pools left out.

    `proposer_id` is None for what the operator on the machine proposed.
    """

    status: str
    proposer_id: int | None
    sides: frozenset[int] = frozenset()


def require_step(
    step: Step, person: Person, proposal: Proposal, manager_of: Mapping[int, int | None]
) -> None:
    """Refuses, with the reason, a step that this person may not take now."""
    if proposal.status not in FROM_STATUS[step]:
        raise FairpatchError(
            "wrong_status",
            f"This realignment is {proposal.status}, so you cannot {step.value} it. Nothing was changed.",
        )
    if not has_right(person.role, RIGHT_FOR[step]):
        raise FairpatchError(
            "forbidden",
            f"As {person.role} you may not {step.value} a realignment. Nothing was changed.",
        )
    is_own = person.user_id == proposal.proposer_id
    if step is Step.APPROVE and is_own:
        raise FairpatchError(
            "own_proposal",
            "You proposed this yourself. Nothing was changed. Somebody else has to approve it.",
        )
    if person.role in WHOLE_COMPANY or (is_own and step is not Step.REJECT):
        return
    if step is not Step.CANCEL and is_above_all(person.rep_id, proposal.sides, manager_of):
        return
    raise FairpatchError(
        "forbidden",
        f"Only somebody above everyone it concerns, or a planner or administrator, may {step.value} this. "
        "Nothing was changed.",
    )


def list_steps(person: Person, proposal: Proposal, manager_of: Mapping[int, int | None]) -> list[Step]:
    """The steps this person may take now, in the order of `Step`."""

    def may(step: Step) -> bool:
        try:
            require_step(step, person, proposal, manager_of)
        except FairpatchError:
            return False
        return True

    return [step for step in Step if may(step)]


def is_above_all(rep_id: int | None, sides: Iterable[int], manager_of: Mapping[int, int | None]) -> bool:
    """Is this rep a manager, at any distance, of every one of the sides? Of nobody at all: no."""
    sides = set(sides)
    return (
        rep_id is not None
        and bool(sides)
        and all(rep_id in _walk_managers(side, manager_of) for side in sides)
    )


def _walk_managers(rep_id: int, manager_of: Mapping[int, int | None]) -> Iterator[int]:
    seen = {rep_id}
    manager = manager_of.get(rep_id)
    while manager is not None and manager not in seen:
        yield manager
        seen.add(manager)
        manager = manager_of.get(manager)
