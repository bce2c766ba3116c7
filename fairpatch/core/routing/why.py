"""Why does an account lie in its territory, why did the others lose, and why not in that one?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fairpatch.core.errors import FairpatchError
from fairpatch.core.plans.plan import Layer, Plan, fold_account_id
from fairpatch.core.routing.decisions import Decision
from fairpatch.core.routing.precedence import Claim, explain_loss
from fairpatch.core.routing.route import Book, LayerRouter, read_book
from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.match import bind_rule
from fairpatch.core.rules.tree import And, Rule
from fairpatch.core.rules.words import describe_rule, describe_seen
from fairpatch.core.territories.hierarchy import Hierarchy

MAX_NEAR_MISSES = 5


@dataclass(frozen=True, slots=True)
class LostClaim:
    """A territory that asked for the account and did not get it."""

    territory: str
    cause: str
    claim_class: str
    priority: int
    specificity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A territory that does not claim the account: the first of its conditions that fails, and what the

    account has instead. `source` is the territory whose rule the condition stands in.
    """

    territory: str
    reason: str
    failing: str | None = None
    source: str | None = None
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one layer."""

    account: object
    layer: str
    decision: Decision
    reason: str
    lost: tuple[LostClaim, ...]
    near_misses: tuple[Miss, ...]
    why_not: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The answer as plain data, with the result's own column names."""
        decision = self.decision
        return {
            "account": self.account,
            "layer": self.layer,
            "territory": decision.territory,
            "cause": decision.cause,
            "tie": decision.is_tie,
            "class": decision.claim_class,
            "priority": decision.priority,
            "specificity": decision.specificity,
            "other_claims": decision.other_claims,
            "reason": self.reason,
            "lost": [
                {_PUBLIC.get(key, key): value for key, value in asdict(claim).items()} for claim in self.lost
            ],
            "near_misses": [asdict(miss) for miss in self.near_misses],
            "why_not": self.why_not,
        }

    def to_text(self) -> str:
        """The answer in lines for a terminal."""
        lines = [
            f"{self.account} in layer {self.layer}: {self.decision.territory or 'unassigned'}",
            f"  {self.reason}",
        ]
        if self.lost:
            lines.append("  Also claimed by:")
            lines += [f"    {claim.territory}: {claim.reason}" for claim in self.lost]
        if self.near_misses:
            lines.append("  Nearly:")
            lines += [f"    {miss.territory}: {miss.reason}" for miss in self.near_misses]
        if self.why_not:
            lines.append(f"  {self.why_not}")
        return "\n".join(lines)


_PUBLIC = {"claim_class": "class"}


def explain_account(
    plan: Plan,
    accounts: Iterable[Mapping[str, object]],
    account_id: object,
    on: dt.date,
    *,
    layer: str | None = None,
    territory: str | None = None,
) -> tuple[Explanation, ...]:
    """One explanation per layer, or for one layer; with `territory` also why it is not that one.

    All accounts are needed, because families and placement look at others. Raises FairpatchError for an
    unknown account, layer or territory.
    """
    book = read_book(plan, accounts)
    folded, hierarchy = fold_account_id(account_id), Hierarchy(plan)
    if folded not in book.seen:
        raise FairpatchError("account_unknown", f'There is no account "{account_id}" in the file.')
    if territory is not None and territory not in hierarchy.by_code:
        raise FairpatchError("territory_unknown", f'There is no territory "{territory}" in the plan.')
    if layer is None and territory is not None:
        layer = hierarchy.layer_of(territory)
    wanted = [known for known in plan.layers if layer in (None, known.code)]
    if not wanted:
        raise FairpatchError("layer_unknown", f'There is no layer "{layer}" in the plan.')
    return tuple(_explain_layer(plan, known, book, folded, on, territory) for known in wanted)


def _explain_layer(
    plan: Plan, layer: Layer, book: Book, account_id: str, on: dt.date, territory: str | None
) -> Explanation:
    hierarchy, router = Hierarchy(plan), LayerRouter(plan, layer, on)
    decision, claims = router.decide(account_id, book), router.find_claims(account_id, book)
    seen = router.place_account(account_id, book)
    examiner = _Examiner(plan, hierarchy, router, account_id, seen)
    others = [claim for claim in claims if claim.territory != decision.territory]
    lost = tuple(_explain_claim(claim, decision, claims[0]) for claim in others)
    why_not = None
    if territory is not None:
        why_not = _explain_absence(territory, decision, lost, examiner)
    return Explanation(
        decision.account,
        layer.code,
        decision,
        _explain_decision(plan, decision, hierarchy, book, account_id, on),
        lost,
        examiner.find_near_misses({decision.territory, *(claim.territory for claim in claims)}),
        why_not,
    )


def _explain_decision(
    plan: Plan, decision: Decision, hierarchy: Hierarchy, book: Book, account_id: str, on: dt.date
) -> str:
    territory = decision.territory
    if territory is None:
        return "No territory claims it."
    if decision.cause == "lock":
        lock = next(
            lock
            for lock in plan.locks
            if fold_account_id(lock.account) == account_id
            and lock.territory == territory
            and lock.is_live(on)
        )
        until = f" until {lock.end}" if lock.end else ""
        return f"It is locked to {territory}{until}{f' ({lock.reason})' if lock.reason else ''}."
    if decision.cause == "family":
        return f"It follows its ultimate parent, {book.ids[book.heads[account_id]]}, to {territory}."
    if decision.cause == "named":
        return f"{territory} names it in its accounts (priority {decision.priority})."
    rule = hierarchy.effective_rule_of(territory)
    assert rule is not None
    tie = " Another claim equals it, so depth or code decided." if decision.is_tie else ""
    return (
        f"The rule of {territory} matches: {describe_rule(rule, plan.catalogue)} "
        f"({decision.claim_class}, priority {decision.priority}, specificity {decision.specificity}).{tie}"
    )


def _explain_claim(claim: Claim, decision: Decision, best: Claim) -> LostClaim:
    if decision.cause == "lock":
        reason = "a lock comes before every claim"
    elif decision.cause == "family":
        reason = "the account follows its ultimate parent"
    else:
        reason = explain_loss(best, claim)
    return LostClaim(
        claim.territory, claim.cause, claim.claim_class, claim.priority, claim.specificity, reason
    )


def _explain_absence(
    territory: str, decision: Decision, lost: tuple[LostClaim, ...], examiner: _Examiner
) -> str:
    if decision.territory == territory:
        return f"It does lie in {territory}."
    claim = next((claim for claim in lost if claim.territory == territory), None)
    if claim:
        return f"Why not {territory}: it claims the account but loses: {claim.reason}."
    return f"Why not {territory}: {examiner.explain_miss(territory).reason}."


class _Examiner:
    """Looks into territories that do not claim one account."""

    def __init__(
        self, plan: Plan, hierarchy: Hierarchy, router: LayerRouter, account_id: str, seen: Seen
    ) -> None:
        self._plan, self._hierarchy, self._router = plan, hierarchy, router
        self._account_id, self._seen = account_id, seen

    def find_near_misses(self, claiming: set[str | None]) -> tuple[Miss, ...]:
        """The territories with the fewest failing conditions, at least one of which holds."""
        misses: list[Miss] = []
        for code in self._router.finder.candidates:
            if code in claiming or self._hierarchy.effective_rule_of(code) is None:
                continue
            miss = self.explain_miss(code)
            if 0 < miss.failed < len(self._list_parts(code)):
                misses.append(miss)
        misses.sort(key=lambda miss: (miss.failed, miss.territory))
        return tuple(misses[:MAX_NEAR_MISSES])

    def explain_miss(self, code: str) -> Miss:
        """Why a territory does not claim the account."""
        territory = self._hierarchy.by_code[code]
        if self._hierarchy.layer_of(code) != self._router.layer.code:
            return Miss(code, f"it belongs to the layer {self._hierarchy.layer_of(code)}")
        if code not in self._router.finder.candidates:
            return Miss(code, "it is not assignable: it only rolls up the territories below it")
        if self._account_id in map(fold_account_id, territory.exclude):
            return Miss(code, "it excludes this account")
        if territory.rule is None:
            return Miss(code, "it has no rule of its own and does not name this account")
        failing = [(source, part) for source, part in self._list_parts(code) if not self._holds(part)]
        assert failing, "a rule that matches makes a claim"
        source, first = failing[0]
        words = describe_rule(first, self._plan.catalogue)
        inherited = f" (inherited from {source})" if source != code else ""
        reason = f"{words}{inherited} does not hold: {describe_seen(first, self._seen, self._plan.catalogue)}"
        return Miss(code, reason, words, source, len(failing))

    def _list_parts(self, code: str) -> list[tuple[str, Rule]]:
        """What the effective rule joins by "and", with the territory each part comes from."""
        parts: list[tuple[str, Rule]] = []
        for step in self._hierarchy.lineage_of(code):
            if step.rule is not None:
                joined = step.rule.rules if isinstance(step.rule, And) else (step.rule,)
                parts.extend((step.code, part) for part in joined)
            if not step.inherit:
                break
        return parts

    def _holds(self, part: Rule) -> bool:
        return bind_rule(part, self._plan.scope)(self._seen)
