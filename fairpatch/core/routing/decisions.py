"""What does routing answer, for one account in one layer?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Cause: TypeAlias = Literal["lock", "named", "rule", "family", "unassigned"]
ClaimClass: TypeAlias = Literal["named", "hybrid", "single"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of a routing result.

    `account` is the id exactly as given. `territory` is None when unassigned; `claim_class`, `priority`
    and `specificity` are None when a lock or nothing decided. `other_claims` counts this account's
    claims by territories other than the resulting one.
    """

    account: object
    layer: str
    territory: str | None
    cause: Cause
    is_tie: bool = False
    claim_class: ClaimClass | None = None
    priority: int | None = None
    specificity: int | None = None
    other_claims: int = 0
