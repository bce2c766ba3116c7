"""What is the least that would have to be different in the plan for a territory to get an account?

Each answer is the smallest of its kind: a lock, a name in the list, a priority, a condition that lets the
account in, an exclusion from those ahead; where a lock, an exclusion or an unassignable territory stands in
the way, its end belongs to the answer. Every one was routed by the reference before it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from fairpatch.core.plans.plan import Lock, Plan, Territory, fold_account_id
from fairpatch.core.routing.loosening import loosen_part
from fairpatch.core.routing.precedence import CLASS_ORDER, rank_claim
from fairpatch.core.routing.route import Book, LayerRouter
from fairpatch.core.rules.match import bind_rule
from fairpatch.core.rules.tree import And, Rule, join_all
from fairpatch.core.rules.words import describe_rule
from fairpatch.core.territories.hierarchy import Hierarchy

RemedyKind: TypeAlias = Literal[
    "end_lock", "drop_exclusion", "assignable", "name", "priority", "rule", "exclude", "lock"
]


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One change of the plan: which territory, what of it, and what to. `after` is None where nothing is."""

    territory: str
    what: Literal["lock", "accounts", "exclude", "priority", "rule", "assignable"]
    sentence: str
    after: Any = None


@dataclass(frozen=True, slots=True)
class PlanFlip:
    """Changes of the plan after which the territory gets the account."""

    kind: RemedyKind
    changes: tuple[PlanChange, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """A plan with some changes made."""

    plan: Plan
    changes: tuple[PlanChange, ...] = ()

    def edit(self, change: PlanChange, **fields: Any) -> _Step:
        """The same with one territory changed."""
        edited = tuple(
            replace(territory, **fields) if territory.code == change.territory else territory
            for territory in self.plan.territories
        )
        return _Step(replace(self.plan, territories=edited), (*self.changes, change))

    def find(self, code: str) -> Territory:
        return next(territory for territory in self.plan.territories if territory.code == code)


def restrict_plan(plan: Plan, hierarchy: Hierarchy, codes: Iterable[str]) -> Plan:
    """The plan with these territories, all above and all below them, and nothing else.

    Whether a territory may hold accounts is written out, since it may have lost the ones below it.
    """
    kept: set[str] = set()
    for code in codes:
        kept.update(step.code for step in hierarchy.lineage_of(code))
        kept.update(hierarchy.descendants_of(code))
    territories = tuple(
        replace(hierarchy.by_code[code], assignable=hierarchy.is_assignable(code)) for code in sorted(kept)
    )
    return replace(
        plan,
        territories=territories,
        locks=tuple(lock for lock in plan.locks if lock.territory in kept),
        seats=(),
    )


class RemedyFinder:
    """The question for one account and one territory of the router's layer. Ids are folded."""

    def __init__(
        self, plan: Plan, hierarchy: Hierarchy, router: LayerRouter, account_id: str, book: Book, on: dt.date
    ) -> None:
        self._plan, self._hierarchy, self._router = plan, hierarchy, router
        self._account_id, self._book, self._on = account_id, book, on
        self._account = str(book.ids[account_id])
        self._judged = (
            book.heads[account_id] if router.decide(account_id, book).cause == "family" else account_id
        )

    def find_plan_flips(self, territory: str) -> tuple[PlanFlip, ...]:
        """Every kind of change that works, the fewest changes first, then in a fixed order of kinds."""
        ready, kinds = self._clear_the_way(self._restrict(territory), territory)
        found: list[PlanFlip] = []
        if kinds and self._wins(ready, territory):
            found.append(PlanFlip(kinds[0], ready.changes))
        else:
            found.extend(self._list_remedies(ready, territory))
        found.extend(self._lock_it(territory))
        found.sort(key=lambda flip: len(flip.changes))
        return tuple(found)

    def _restrict(self, territory: str) -> _Step:
        """Only what can matter: the territory, whoever claims, all below a rule that may be widened."""
        codes = {territory, *self._list_failing_sources(territory)}
        for account in {self._account_id, self._judged}:
            codes.update(claim.territory for claim in self._router.find_claims(account, self._book))
            if account in self._router.locks:
                codes.add(self._router.locks[account])
        return _Step(restrict_plan(self._plan, self._hierarchy, codes))

    def _list_failing_sources(self, territory: str) -> Iterator[str]:
        seen = self._router.place_account(self._judged, self._book)
        for source in self._hierarchy.lineage_of(territory):
            if source.rule is not None and not bind_rule(source.rule, self._plan.scope)(seen):
                yield source.code
            if not source.inherit:
                return

    def _wins(self, step: _Step, territory: str) -> bool:
        router = LayerRouter(step.plan, self._router.layer, self._on)
        return router.decide(self._account_id, self._book).territory == territory

    def _clear_the_way(self, step: _Step, code: str) -> tuple[_Step, list[RemedyKind]]:
        """Without the lock, the exclusion and the refusal to hold accounts, if there are any."""
        kinds: list[RemedyKind] = []
        locked_to = self._router.locks.get(self._account_id)
        if locked_to is not None:
            locks = tuple(lock for lock in step.plan.locks if not self._is_in_the_way(lock))
            change = PlanChange(locked_to, "lock", f"End its lock to {locked_to}.")
            step = _Step(replace(step.plan, locks=locks), (*step.changes, change))
            kinds.append("end_lock")
        territory = step.find(code)
        kept = tuple(item for item in territory.exclude if fold_account_id(item) != self._account_id)
        if len(kept) < len(territory.exclude):
            change = PlanChange(
                code, "exclude", f"Drop {self._account} from what {code} excludes.", list(kept)
            )
            step = step.edit(change, exclude=kept)
            kinds.append("drop_exclusion")
        if not territory.assignable:
            change = PlanChange(code, "assignable", f"Let {code} hold accounts of its own.", True)
            step = step.edit(change, assignable=True)
            kinds.append("assignable")
        return step, kinds

    def _is_in_the_way(self, lock: Lock) -> bool:
        layer = lock.layer or self._hierarchy.layer_of(lock.territory)
        is_here = layer == self._router.layer.code and lock.is_live(self._on)
        return is_here and fold_account_id(lock.account) == self._account_id

    def _list_remedies(self, step: _Step, code: str) -> Iterator[PlanFlip]:
        named = self._name_it(step, code)
        if named is not None:
            yield PlanFlip("name", named.changes)
        if step.find(code).rule is None:
            return
        opened = self._loosen(step, code)
        is_open = opened.changes == step.changes
        if not is_open and self._wins(opened, code):
            yield PlanFlip("rule", opened.changes)
            return
        raised = self._raise(opened, code)
        if raised is not None:
            yield PlanFlip("priority" if is_open else "rule", raised.changes)
        if is_open:
            ceded = self._exclude_others(opened, code)
            if ceded is not None:
                yield PlanFlip("exclude", ceded.changes)

    def _name_it(self, step: _Step, code: str) -> _Step | None:
        territory = step.find(code)
        change = PlanChange(
            code, "accounts", f"Name {self._account} in the accounts of {code}.", self._account
        )
        named = step.edit(change, accounts=(*territory.accounts, self._account))
        return named if self._wins(named, code) else self._raise(named, code)

    def _raise(self, step: _Step, code: str) -> _Step | None:
        """With the least priority that wins, if a priority can."""
        router = LayerRouter(step.plan, self._router.layer, self._on)
        judged = (
            self._judged
            if router.decide(self._account_id, self._book).cause == "family"
            else self._account_id
        )
        claims = router.find_claims(judged, self._book)
        own = next((claim for claim in claims if claim.territory == code), None)
        if own is None or CLASS_ORDER[claims[0].claim_class] < CLASS_ORDER[own.claim_class]:
            return None
        ahead = claims[0]
        is_level_enough = rank_claim(replace(own, priority=ahead.priority)) < rank_claim(ahead)
        wanted = ahead.priority if is_level_enough else ahead.priority + 1
        change = PlanChange(
            code, "priority", f"Raise the priority of {code} from {own.priority} to {wanted}.", wanted
        )
        raised = step.edit(change, priority=wanted)
        return raised if self._wins(raised, code) else None

    def _loosen(self, step: _Step, code: str) -> _Step:
        """With every part of the effective rule that fails widened to let the account in."""
        seen = self._router.place_account(self._judged, self._book)
        catalogue = self._plan.catalogue
        for source in self._hierarchy.lineage_of(code):
            rule = step.find(source.code).rule
            if rule is not None:
                parts = rule.rules if isinstance(rule, And) else (rule,)
                loose: list[Rule] = []
                told: list[str] = []
                for part in parts:
                    wider = loosen_part(part, seen, self._plan.scope)
                    loose.append(wider)
                    if wider is not part:
                        told.append(f"{describe_rule(part, catalogue)} → {describe_rule(wider, catalogue)}")
                widened = join_all(*loose)
                for place, words in enumerate(told):
                    change = PlanChange(
                        source.code,
                        "rule",
                        f"Widen the rule of {source.code}: {words}.",
                        widened if place == len(told) - 1 else None,
                    )
                    step = step.edit(change, rule=widened)
            if not source.inherit:
                break
        return step

    def _exclude_others(self, step: _Step, code: str) -> _Step | None:
        """With the account taken from everybody who is ahead."""
        router = LayerRouter(step.plan, self._router.layer, self._on)
        for claim in router.find_claims(self._judged, self._book):
            if claim.territory == code:
                break
            excluded = step.find(claim.territory).exclude
            sentence = f"Exclude {self._account} from {claim.territory}."
            change = PlanChange(claim.territory, "exclude", sentence, [*excluded, self._account])
            step = step.edit(change, exclude=(*excluded, self._account))
        return step if self._wins(step, code) else None

    def _lock_it(self, code: str) -> Iterator[PlanFlip]:
        step = self._restrict(code)
        if not step.find(code).assignable:
            change = PlanChange(code, "assignable", f"Let {code} hold accounts of its own.", True)
            step = step.edit(change, assignable=True)
        locks = tuple(lock for lock in step.plan.locks if not self._is_in_the_way(lock))
        has_lock = len(locks) < len(step.plan.locks)
        words = f"Lock {self._account} to {code}{' instead of its present lock' if has_lock else ''}."
        lock = Lock(self._account, code, start=self._on)
        change = PlanChange(code, "lock", words, self._account)
        locked = _Step(replace(step.plan, locks=(*locks, lock)), (*step.changes, change))
        if self._wins(locked, code):
            yield PlanFlip("lock", locked.changes)
