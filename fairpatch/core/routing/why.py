"""Why does an account lie in its territory, why did the others lose, and why not in that one?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fairpatch.core.errors import FairpatchError
from fairpatch.core.plans.plan import Layer, Plan, fold_account_id
from fairpatch.core.routing.decisions import Decision
from fairpatch.core.routing.flip import AccountFlip, FlipFinder, describe_field_change
from fairpatch.core.routing.nearest import Centre, Miss, NearFinder
from fairpatch.core.routing.precedence import Claim, explain_loss
from fairpatch.core.routing.remedies import PlanChange, PlanFlip, RemedyFinder
from fairpatch.core.routing.route import Book, LayerRouter, read_book
from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.text import print_rule
from fairpatch.core.rules.words import describe_rule
from fairpatch.core.territories.hierarchy import Hierarchy


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
class Absence:
    """Why an account does not lie in one territory, and the least that would bring it there."""

    territory: str
    sentence: str
    is_there: bool
    miss: Miss | None = None
    account_flip: AccountFlip | None = None
    plan_flips: tuple[PlanFlip, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one layer."""

    account: object
    layer: str
    decision: Decision
    reason: str
    lost: tuple[LostClaim, ...]
    near_misses: tuple[Miss, ...]
    absences: tuple[Absence, ...] = ()

    @property
    def why_not(self) -> str | None:
        return self.absences[0].sentence if self.absences else None

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
            "to_flip": [_write_absence(absence) for absence in self.absences],
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
        for absence in self.absences:
            lines += _tell_absence(absence)
        return "\n".join(lines)


_PUBLIC = {"claim_class": "class"}


def _write_absence(absence: Absence) -> dict[str, Any]:
    flip = absence.account_flip
    return {
        "territory": absence.territory,
        "sentence": absence.sentence,
        "account": None
        if flip is None
        else {
            "is_smallest": flip.is_smallest,
            "changes": [
                {**asdict(change), "sentence": describe_field_change(change)} for change in flip.changes
            ],
        },
        "plan": [
            {"kind": remedy.kind, "changes": [_write_plan_change(change) for change in remedy.changes]}
            for remedy in absence.plan_flips
        ],
    }


def _write_plan_change(change: PlanChange) -> dict[str, Any]:
    after = change.after
    if change.what == "rule" and after is not None:
        after = print_rule(after)
    return {"territory": change.territory, "what": change.what, "sentence": change.sentence, "after": after}


def _tell_absence(absence: Absence) -> list[str]:
    lines = [f"  {absence.sentence}"]
    if absence.account_flip is not None:
        words = " and ".join(describe_field_change(change) for change in absence.account_flip.changes)
        least = (
            "The least change of the account" if absence.account_flip.is_smallest else "A change that works"
        )
        lines.append(f"    {least}: {words}.")
    elif not absence.is_there:
        lines.append(f"    No change of the account's data that was found brings it to {absence.territory}.")
    if absence.plan_flips:
        lines.append("    Or change the plan:")
        lines += [f"      {' '.join(c.sentence for c in remedy.changes)}" for remedy in absence.plan_flips]
    return lines


def explain_account(
    plan: Plan,
    accounts: Iterable[Mapping[str, object]],
    account_id: object,
    on: dt.date,
    *,
    layer: str | None = None,
    territory: str | None = None,
    rep: str | None = None,
) -> tuple[Explanation, ...]:
    """One explanation per layer, or for one layer.

    With `territory` also why it is not that one, with `rep` why it is none of those where the rep has the
    primary seat. All accounts are needed, because families and placement look at others. Raises
    FairpatchError for an unknown account, layer, territory or rep.
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
    asked = [territory] if territory is not None else []
    if rep is not None:
        asked += list_seated_territories(plan, rep, on)
    book = restrict_book(book, folded)
    return tuple(
        LayerExaminer(plan, known, on, hierarchy).explain(
            folded, book, [code for code in asked if territory or hierarchy.layer_of(code) == known.code]
        )
        for known in wanted
    )


def list_seated_territories(plan: Plan, rep: str, on: dt.date) -> list[str]:
    """Where a rep has the primary seat on a day. Raises FairpatchError for a rep without any."""
    wanted = fold_account_id(rep)
    seats = [seat for seat in plan.seats if fold_account_id(seat.rep) == wanted and seat.kind == "primary"]
    found = sorted({seat.territory for seat in seats if seat.is_live(on)})
    if not found:
        raise FairpatchError("rep_unknown", f'"{rep}" has no primary seat in the plan on {on}.')
    return found


def restrict_book(book: Book, account_id: str) -> Book:
    """Only the account's family: nobody else's data can matter to it."""
    head = book.heads[account_id]
    members = [member for member, its_head in book.heads.items() if its_head == head]
    return Book({member: book.ids[member] for member in members}, {m: book.seen[m] for m in members})


class LayerExaminer:
    """One layer of a valid plan on one day, ready to explain one account after another."""

    def __init__(
        self,
        plan: Plan,
        layer: Layer,
        on: dt.date,
        hierarchy: Hierarchy | None = None,
        centres: Mapping[str, Centre] | None = None,
    ) -> None:
        self.plan, self.layer, self.on = plan, layer, on
        self.hierarchy = hierarchy or Hierarchy(plan)
        self.router = LayerRouter(plan, layer, on)
        self.near = NearFinder(plan, self.hierarchy, layer.code, centres)
        self.flips = FlipFinder(plan, self.hierarchy, self.router)

    def explain(self, account_id: str, book: Book, asked: Iterable[str] = ()) -> Explanation:
        """The answer for an account (its folded id); `asked`: also why not these territories."""
        decision, claims = self.router.decide(account_id, book), self.router.find_claims(account_id, book)
        seen = self.router.place_account(account_id, book)
        others = [claim for claim in claims if claim.territory != decision.territory]
        lost = tuple(_explain_claim(claim, decision, claims[0]) for claim in others)
        claiming = {decision.territory, *(claim.territory for claim in claims)}
        absences = [self._explain_absence(code, decision, lost, account_id, book, seen) for code in asked]
        return Explanation(
            decision.account,
            self.layer.code,
            decision,
            _explain_decision(self.plan, decision, self.hierarchy, book, account_id, self.on),
            lost,
            self.near.find_near_misses(account_id, seen, claiming),
            tuple(sorted(absences, key=_count_changes)),
        )

    def _explain_absence(
        self,
        code: str,
        decision: Decision,
        lost: tuple[LostClaim, ...],
        account_id: str,
        book: Book,
        seen: Seen,
    ) -> Absence:
        if decision.territory == code:
            return Absence(code, f"It does lie in {code}.", True)
        claim = next((claim for claim in lost if claim.territory == code), None)
        miss = None
        if claim:
            sentence = f"Why not {code}: it claims the account but loses: {claim.reason}."
        else:
            miss = self.near.explain_miss(account_id, seen, code)
            sentence = f"Why not {code}: {miss.reason}."
        if self.hierarchy.layer_of(code) != self.layer.code:
            return Absence(code, sentence, False, miss)
        remedies = RemedyFinder(self.plan, self.hierarchy, self.router, account_id, book, self.on)
        return Absence(
            code,
            sentence,
            False,
            miss,
            self.flips.find_account_flip(account_id, book, code),
            remedies.find_plan_flips(code),
        )


def _count_changes(absence: Absence) -> tuple[bool, int, str]:
    """Territories that are nearest by the account's data come first."""
    flip = absence.account_flip
    return not absence.is_there and flip is None, len(flip.changes) if flip else 0, absence.territory


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
