"""What is the least that would have to be different in the plan for a territory to get an account?

Each answer is the smallest of its kind: a lock, a name in the list, a priority, a condition that lets the
account in, an exclusion from those ahead; where a lock, an exclusion or an unassignable territory stands in
the way, its end belongs to the answer. Every one was routed by the reference before it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

from fairpatch.core.plans.plan import Layer, Lock, Plan, Territory, fold_account_id
from fairpatch.core.routing.loosening import loosen_part
from fairpatch.core.routing.precedence import CLASS_ORDER, rank_claim
from fairpatch.core.routing.route import Book, LayerRouter
from fairpatch.core.rules.match import bind_rule
from fairpatch.core.rules.normal import MAX_CONJUNCTS, count_conjuncts
from fairpatch.core.rules.tree import MAX_DEPTH, And, Rule, join_all, measure_depth
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


@dataclass(frozen=True)
class _Step:
    """A plan with some changes made, and one layer of it on one day."""

    plan: Plan
    layer: Layer
    on: dt.date
    changes: tuple[PlanChange, ...] = ()

    @cached_property
    def router(self) -> LayerRouter:
        return LayerRouter(self.plan, self.layer, self.on)

    def edit(self, change: PlanChange, **fields: Any) -> _Step:
        """The same with one territory changed."""
        edited = tuple(
            replace(territory, **fields) if territory.code == change.territory else territory
            for territory in self.plan.territories
        )
        return replace(self, plan=replace(self.plan, territories=edited), changes=(*self.changes, change))

    def relock(self, change: PlanChange, locks: Iterable[Lock]) -> _Step:
        """The same with other locks."""
        return replace(self, plan=replace(self.plan, locks=tuple(locks)), changes=(*self.changes, change))

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


def is_within_limits(plan: Plan) -> bool:
    """Whether a plan has no rule that is too large or too deep to be accepted, alone or with those above."""
    hierarchy = Hierarchy(plan)
    for territory in plan.territories:
        effective = hierarchy.effective_rule_of(territory.code)
        if effective is None or territory.rule is None:
            continue
        if measure_depth(territory.rule) > MAX_DEPTH or count_conjuncts(effective) > MAX_CONJUNCTS:
            return False
    return True


class RemedyFinder:
    """The question for one account and one territory of the router's layer. Ids are folded."""

    def __init__(
        self, plan: Plan, hierarchy: Hierarchy, router: LayerRouter, account_id: str, book: Book, on: dt.date
    ) -> None:
        self._plan, self._hierarchy, self._router = plan, hierarchy, router
        self._account_id, self._book, self._on = account_id, book, on
        self._account = str(book.ids[account_id])

    def find_plan_flips(self, territory: str) -> tuple[PlanFlip, ...]:
        """Every kind of change that works, the fewest changes first, then in a fixed order of kinds."""
        ready, kinds = self._clear_the_way(self._restrict({territory}), territory)
        found: list[PlanFlip] = []
        if kinds and self._wins(ready, territory):
            found.append(PlanFlip(kinds[0], ready.changes))
        else:
            found.extend(self._list_remedies(ready, territory))
        found.extend(self._lock_it(territory))
        found.sort(key=lambda flip: len(flip.changes))
        return tuple(found)

    def _restrict(self, codes: Iterable[str]) -> _Step:
        """Only what can matter: these territories and everybody who has a word about the account.

        Where families stay together that includes whoever claims or is locked to the head, also while the
        account goes its own way: it falls back on the head as soon as its name or its lock is gone.
        """
        kept = set(codes)
        deciding = {self._account_id}
        if self._router.layer.families == "together":
            deciding.add(self._book.heads[self._account_id])
        for account in deciding:
            kept.update(claim.territory for claim in self._router.find_claims(account, self._book))
            if account in self._router.locks:
                kept.add(self._router.locks[account])
        plan = restrict_plan(self._plan, self._hierarchy, kept)
        return _Step(plan, self._router.layer, self._on)

    def _list_failing_sources(self, territory: str, judged: str) -> Iterator[str]:
        seen = self._router.place_account(judged, self._book)
        for source in self._hierarchy.lineage_of(territory):
            if source.rule is not None and not bind_rule(source.rule, self._plan.scope)(seen):
                yield source.code
            if not source.inherit:
                return

    def _wins(self, step: _Step, territory: str) -> bool:
        return step.router.decide(self._account_id, self._book).territory == territory

    def _clear_the_way(self, step: _Step, code: str) -> tuple[_Step, list[RemedyKind]]:
        """Without the lock, the exclusion and the refusal to hold accounts, if there are any."""
        kinds: list[RemedyKind] = []
        locked_to = self._router.locks.get(self._account_id)
        if locked_to is not None:
            change = PlanChange(locked_to, "lock", f"End its lock to {locked_to}.")
            step = step.relock(change, (lock for lock in step.plan.locks if not self._is_in_the_way(lock)))
            kinds.append("end_lock")
        territory = step.find(code)
        kept = tuple(item for item in territory.exclude if fold_account_id(item) != self._account_id)
        if len(kept) < len(territory.exclude):
            change = PlanChange(
                code, "exclude", f"Drop {self._account} from what {code} excludes.", list(kept)
            )
            step = step.edit(change, exclude=kept)
            kinds.append("drop_exclusion")
        # Following its family, it may lie even in a territory that holds no accounts of its own.
        if not territory.assignable and not (kinds and self._wins(step, code)):
            step = self._open(step, code)
            kinds.append("assignable")
        return step, kinds

    def _open(self, step: _Step, code: str) -> _Step:
        change = PlanChange(code, "assignable", f"Let {code} hold accounts of its own.", True)
        return step.edit(change, assignable=True)

    def _is_in_the_way(self, lock: Lock) -> bool:
        return self._is_own(lock) and lock.is_live(self._on)

    def _is_own(self, lock: Lock) -> bool:
        layer = lock.layer or self._hierarchy.layer_of(lock.territory)
        return layer == self._router.layer.code and fold_account_id(lock.account) == self._account_id

    def _list_remedies(self, step: _Step, code: str) -> Iterator[PlanFlip]:
        """What helps once nothing refuses the account any more; its name, its rule, those ahead of it."""
        named = self._name_it(step, code)
        if named is not None:
            yield PlanFlip("name", named.changes)
        if step.find(code).rule is None:
            return
        judged = step.router.find_judged(self._account_id, self._book)
        failing = set(self._list_failing_sources(code, judged))
        if failing:
            widened = self._widen(failing, code, judged)
            if widened is not None:
                yield PlanFlip("rule", widened.changes)
            return
        raised = self._raise(step, code)
        if raised is not None:
            yield PlanFlip("priority", raised.changes)
        ceded = self._exclude_others(step, code)
        if ceded is not None:
            yield PlanFlip("exclude", ceded.changes)

    def _widen(self, failing: set[str], code: str, judged: str) -> _Step | None:
        """With rules that let the account in, and the priority that it then takes.

        None also where the wider rules would be refused: each alternative multiplies with all the others.
        """
        # What lies below a widened rule may take the account as well, so it is looked at, too.
        ready, _ = self._clear_the_way(self._restrict({code, *failing}), code)
        opened = self._loosen(ready, code, judged)
        if not is_within_limits(opened.plan):
            return None
        return opened if self._wins(opened, code) else self._raise(opened, code)

    def _name_it(self, step: _Step, code: str) -> _Step | None:
        territory = step.find(code)
        change = PlanChange(
            code, "accounts", f"Name {self._account} in the accounts of {code}.", self._account
        )
        named = step.edit(change, accounts=(*territory.accounts, self._account))
        return named if self._wins(named, code) else self._raise(named, code)

    def _raise(self, step: _Step, code: str) -> _Step | None:
        """With the least priority that wins, if a priority can."""
        judged = step.router.find_judged(self._account_id, self._book)
        claims = step.router.find_claims(judged, self._book)
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

    def _loosen(self, step: _Step, code: str, judged: str) -> _Step:
        """With every part of the effective rule that fails widened to let the account in."""
        seen = self._router.place_account(judged, self._book)
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
        """With the account taken from everybody who is ahead, one after the other.

        Who is next is asked each time: without its name an account may follow its family, and excluded from
        where its family goes it is decided alone.
        """
        while not self._wins(step, code):
            ahead = step.router.decide(self._account_id, self._book).territory
            if ahead is None:
                return None
            excluded = step.find(ahead).exclude
            if self._account_id in map(fold_account_id, excluded):
                return None
            sentence = f"Exclude {self._account} from {ahead}."
            change = PlanChange(ahead, "exclude", sentence, [*excluded, self._account])
            step = step.edit(change, exclude=(*excluded, self._account))
        return step

    def _lock_it(self, code: str) -> Iterator[PlanFlip]:
        step = self._restrict({code})
        if not step.find(code).assignable:
            step = self._open(step, code)
        locks = [lock for lock in step.plan.locks if not self._is_in_the_way(lock)]
        instead = " instead of its present lock" if len(locks) < len(step.plan.locks) else ""
        until = self._find_last_free_day()
        till = f" until {until}, the day before its next lock begins" if until else ""
        change = PlanChange(code, "lock", f"Lock {self._account} to {code}{instead}{till}.", self._account)
        locked = step.relock(change, [*locks, Lock(self._account, code, start=self._on, end=until)])
        if self._wins(locked, code):
            yield PlanFlip("lock", locked.changes)

    def _find_last_free_day(self) -> dt.date | None:
        """How long a lock from today may last, since two locks of one account may not share a day."""
        starts = (lock.start for lock in self._plan.locks if self._is_own(lock))
        nexts = [start for start in starts if start is not None and start > self._on]
        return min(nexts) - dt.timedelta(days=1) if nexts else None
