"""Which of several claims wins, and by what?

Class, then priority, then specificity, then depth in the tree, then the smaller code (plan format,
section 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fairpatch.core.routing.decisions import ClaimClass
from fairpatch.core.rules.fields import Catalogue
from fairpatch.core.rules.tree import Rule, walk_conditions

CLASS_ORDER: dict[ClaimClass, int] = {"named": 0, "hybrid": 1, "single": 2}


@dataclass(frozen=True, slots=True)
class Claim:
    """A territory's rule or list asking for an account."""

    territory: str
    cause: Literal["named", "rule"]
    claim_class: ClaimClass
    priority: int
    specificity: int
    depth: int


def rank_claim(claim: Claim) -> tuple[int, int, int, int, str]:
    """The key by which claims are ordered; the smallest wins, and no two claims are equal."""
    return (
        CLASS_ORDER[claim.claim_class],
        -claim.priority,
        -claim.specificity,
        -claim.depth,
        claim.territory,
    )


def is_tied(winner: Claim, others: Iterable[Claim]) -> bool:
    """Whether another claim equals the winner in class, priority and specificity."""
    return any(rank_claim(winner)[:3] == rank_claim(other)[:3] for other in others if other is not winner)


def classify_rule(rule: Rule, catalogue: Catalogue) -> ClaimClass:
    """Hybrid when the effective rule tests two or more dimensions, as written, negated ones included."""
    dimensions = {catalogue[condition.field].dimension_name for condition in walk_conditions(rule)}
    return "hybrid" if len(dimensions) >= 2 else "single"


def explain_loss(winner: Claim, loser: Claim) -> str:
    """The one thing by which the winner is ahead."""
    if winner.claim_class != loser.claim_class:
        return f"a {winner.claim_class} claim comes before a {loser.claim_class} one"
    if winner.priority != loser.priority:
        return f"priority {loser.priority} is lower than {winner.priority}"
    if winner.specificity != loser.specificity:
        return f"specificity {loser.specificity} is lower than {winner.specificity}"
    if winner.depth != loser.depth:
        return f"a tie; {winner.territory} lies deeper in the tree ({winner.depth} against {loser.depth})"
    return f"a tie; the code {winner.territory} comes before {loser.territory}"
