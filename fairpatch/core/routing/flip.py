"""What is the least that would have to be different about an account for a territory to get it?

The fewest fields, found by trying one field, then two, and so on, over every alternative of the territory's
rule; within one number the fixed order of alternatives, fields and values decides. Each answer was routed
again by the reference before it is given. The search is exact over the values that the layer's rules can tell
apart, as long as it stays within its limits; when it meets one, the answer says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairpatch.core.plans.plan import Plan
from fairpatch.core.routing.claims import Candidate
from fairpatch.core.routing.precedence import Claim
from fairpatch.core.routing.representatives import (
    UNNAMED,
    Choice,
    Representatives,
    find_unit,
    write_choices,
)
from fairpatch.core.routing.route import Book, LayerRouter
from fairpatch.core.routing.specificity import Scorer
from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.fields import PLACE_FIELDS
from fairpatch.core.rules.match import bind_condition
from fairpatch.core.rules.normal import Conjunct, Literal, normalise_rule
from fairpatch.core.rules.words import describe_scalar
from fairpatch.core.territories.hierarchy import Hierarchy

MOST_CHANGES = 4
MOST_DECISIONS = 3_000
MOST_CHOICES = 200
_FIXED = frozenset({"id", "parent"})
"""Who an account is, and whom it belongs to, is not a matter of its data."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one account, as it is and as it would have to be, as people write it. None: empty."""

    account: object
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class AccountFlip:
    """Changes to the account's data after which the territory gets it.

    `is_smallest`: no smaller set of fields does it. Otherwise the search met its limit first, or changes
    that it does not try, such as another member's taking the lead of a family, may need fewer fields.
    """

    changes: tuple[FieldChange, ...]
    is_smallest: bool


class _OutOfLimitError(Exception):
    """The search has tried as much as it may."""


class FlipFinder:
    """Searches within one layer of a valid plan, for one account and territory after another."""

    def __init__(self, plan: Plan, hierarchy: Hierarchy, router: LayerRouter) -> None:
        self._plan, self._hierarchy, self._router = plan, hierarchy, router
        self._conjuncts: dict[str, list[Conjunct]] = {}
        self._scorer = Scorer(plan.scope)
        self._choices: Representatives | None = None
        self._tests: dict[Literal, Any] = {}

    def find_account_flip(
        self, account_id: str, book: Book, territory: str, most_decisions: int = MOST_DECISIONS
    ) -> AccountFlip | None:
        """The smallest change to the account's data, or None when none was found. Ids are folded.

        Where the layer looks at another account (the head of the family, the site that places it), its
        fields are the ones to change.
        """
        if territory not in self._router.finder.candidates or not self.list_conjuncts(territory):
            return None
        return _Search(self, account_id, book, territory, most_decisions).run()

    @property
    def router(self) -> LayerRouter:
        return self._router

    @property
    def choices(self) -> Representatives:
        if self._choices is None:
            literals = (
                literal
                for code in self._router.finder.candidates
                for conjunct in self.list_conjuncts(code)
                for literal in conjunct
            )
            self._choices = Representatives(self._plan, dict.fromkeys(literals))
        return self._choices

    def list_conjuncts(self, code: str) -> list[Conjunct]:
        """The alternatives of a territory's effective rule; none without a rule of its own."""
        if code not in self._conjuncts:
            rule = self._hierarchy.effective_rule_of(code)
            self._conjuncts[code] = normalise_rule(rule) if rule is not None else []
        return self._conjuncts[code]

    def holds(self, literal: Literal, account: Seen) -> bool:
        if literal not in self._tests:
            self._tests[literal] = bind_condition(literal.condition, self._plan.scope)
        return bool(self._tests[literal](account)) == literal.is_positive

    def find_best_match(self, code: str, account: Seen) -> Conjunct | None:
        """The alternative that gives the claim its points."""
        matching = (c for c in self.list_conjuncts(code) if all(self.holds(item, account) for item in c))
        return max(matching, key=self._scorer.score_conjunct, default=None)

    def is_tags(self, unit: str) -> bool:
        return unit != "position" and self._plan.catalogue[unit].type == "tags"


@dataclass(frozen=True, slots=True)
class _Trial:
    """The account with some fields changed: the book as it would be, and what the rules would then see.

    `changed`: whose field it is and its new value, by field.
    """

    book: Book
    seen: Seen
    changed: Mapping[str, tuple[str, Choice]]


class _Search:
    """One question: whose data decide, the territory wanted, and how much may still be tried."""

    def __init__(self, finder: FlipFinder, account_id: str, book: Book, target: str, most: int) -> None:
        self._finder, self._router = finder, finder.router
        self._account_id, self._target = account_id, target
        self._left = most
        self._is_exact = not _may_change_course(self._router, account_id, book)
        self._judged = self._router.find_judged(account_id, book)
        self._start = _Trial(book, self._router.place_account(self._judged, book), {})

    def run(self) -> AccountFlip | None:
        if self._is_hopeless(self._router.finder.candidates[self._target]):
            return None
        conjuncts = sorted(
            self._finder.list_conjuncts(self._target),
            key=lambda conjunct: len(self._list_failing(conjunct, self._start.seen)),
        )
        try:
            for size in range(1, MOST_CHANGES + 1):
                for conjunct in conjuncts:
                    found = self._change(conjunct, self._start, size)
                    if found is not None:
                        is_smallest = self._is_exact or len(found.changed) == 1
                        return AccountFlip(tuple(self._describe(found)), is_smallest)
        except _OutOfLimitError:
            return None
        return None

    def _is_hopeless(self, candidate: Candidate) -> bool:
        """Locks and exclusions do not look at the account's data."""
        locks = self._router.locks
        return (
            self._judged in candidate.excluded
            or self._account_id in candidate.excluded
            or self._account_id in locks
            or self._judged in locks
        )

    def _list_failing(self, conjunct: Conjunct, seen: Seen) -> list[str]:
        """The fields that the alternative needs changed. Revenue first: it may decide whose place counts."""
        failing = (item for item in conjunct if not self._finder.holds(item, seen))
        units = dict.fromkeys(find_unit(item.condition.field) for item in failing)
        return sorted(units, key=lambda unit: unit != "annual_revenue")

    def _change(self, conjunct: Conjunct, trial: _Trial, left: int) -> _Trial | None:
        """Settles the fields that the alternative needs, then takes away who stands in front.

        What the alternative needs is asked anew after every change, since one that moves the place from
        one member of the family to another changes all the geography.
        """
        failing = self._list_failing(conjunct, trial.seen)
        if len(failing) > left or not _FIXED.union(trial.changed).isdisjoint(failing):
            return None
        if failing:
            return self._settle(conjunct, trial, failing[0], left)
        ahead = self._find_ahead(trial)
        if ahead is None:
            return trial
        if left == 0 or ahead.cause == "named":
            return None
        return self._pass(conjunct, trial, ahead, left)

    def _settle(self, conjunct: Conjunct, trial: _Trial, unit: str, left: int) -> _Trial | None:
        """With a value of the field for which the alternative's tests of it hold."""
        for choice in self._list_fitting(unit, conjunct, trial.seen):
            found = self._change(conjunct, self._try(trial, unit, choice), left - 1)
            if found is not None:
                return found
        return None

    def _pass(self, conjunct: Conjunct, trial: _Trial, ahead: Claim, left: int) -> _Trial | None:
        """With a value of some field for which the alternative that gives the winner its claim fails."""
        blocking = self._finder.find_best_match(ahead.territory, trial.seen)
        assert blocking is not None, "a claim by rule comes from an alternative that matches"
        units = dict.fromkeys(find_unit(item.condition.field) for item in blocking)
        for unit in units:
            if unit in trial.changed or unit in _FIXED:
                continue
            for choice in self._list_fitting(unit, conjunct, trial.seen):
                after = self._try(trial, unit, choice)
                if all(self._finder.holds(item, after.seen) for item in blocking):
                    continue
                found = self._change(conjunct, after, left - 1)
                if found is not None:
                    return found
        return None

    def _try(self, trial: _Trial, unit: str, choice: Choice) -> _Trial:
        """With one more field changed, where it counts by what has been changed before."""
        account = (
            self._router.find_placing(self._judged, trial.book) if unit in PLACE_FIELDS else self._judged
        )
        after = self._finder.choices.change_account(trial.book.seen[account], unit, choice)
        book = trial.book.change_account(account, after)
        seen = self._router.place_account(self._judged, book)
        return _Trial(book, seen, {**trial.changed, unit: (account, choice)})

    def _find_ahead(self, trial: _Trial) -> Claim | None:
        """The claim that wins instead; None when the territory gets the account."""
        if self._left <= 0:
            raise _OutOfLimitError
        self._left -= 1
        if self._router.decide(self._account_id, trial.book).territory == self._target:
            return None
        claims = self._router.find_claims(self._judged, trial.book)
        if claims and claims[0].territory != self._target:
            return claims[0]
        # Nobody is ahead, and still something other than this account's claims decides.
        return Claim(self._target, "named", "named", 0, 0, 0)

    def _list_fitting(self, unit: str, conjunct: Conjunct, seen: Seen) -> Iterator[Choice]:
        """Values with which the alternative's tests of this field hold; those it names first."""
        tests = [item for item in conjunct if find_unit(item.condition.field) == unit]
        fitting = (
            choice
            for choice in self._order(unit, tests, seen)
            if all(
                self._finder.holds(item, self._finder.choices.change_account(seen, unit, choice))
                for item in tests
            )
        )
        for place, choice in enumerate(fitting):
            if place == MOST_CHOICES:
                self._is_exact = False
                return
            yield choice

    def _order(self, unit: str, tests: list[Literal], seen: Seen) -> list[Choice]:
        """Nearest first for amounts; else those that the tests name, in their order, then the others."""
        now = seen.get(unit)
        choices = [choice for choice in self._finder.choices.list_choices(unit) if choice.folded != now]
        if self._finder.is_tags(unit) and now:
            kept = [
                Choice(now | choice.folded, [*sorted(now - choice.folded), *choice.written])
                for choice in choices
                if choice.folded and not choice.folded <= now
            ]
            return [*kept, *choices]
        if isinstance(now, int | float) and not isinstance(now, bool):
            choices.sort(key=lambda choice: (choice.folded is None, abs((choice.folded or 0) - now)))
        named = {
            value
            for test in tests
            if test.is_positive
            and unit == test.condition.field
            and isinstance(test.condition.value, str | tuple)
            for value in _spell(test.condition.value)
        }
        return sorted(choices, key=lambda choice: str(choice.written) not in named) if named else choices

    def _describe(self, found: _Trial) -> Iterator[FieldChange]:
        book = self._start.book
        for unit, (account, choice) in found.changed.items():
            for field, after in write_choices({unit: choice}).items():
                yield FieldChange(book.ids[account], field, book.seen[account].get(field), after)


def _may_change_course(router: LayerRouter, account_id: str, book: Book) -> bool:
    """Whether data may also change whose claims decide, or whose place counts.

    The search goes by what every alternative needs, from whoever decides now. It checks its answers against
    such a change, but does not go looking for one.
    """
    head = book.heads[account_id]
    if router.layer.families == "together" and head != account_id:
        return True
    return router.layer.placement == "majority_revenue" and list(book.heads.values()).count(head) > 1


def _spell(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, tuple) else [str(value)]


def describe_field_change(change: FieldChange) -> str:
    """ "state of A-1 becomes CA (now OR)"."""
    after = change.after
    if after is None:
        words = "becomes empty"
    elif after == UNNAMED or after == [UNNAMED]:
        words = "becomes another value than those that rules name"
    else:
        words = f"becomes {_tell_value(after)}"
    now = "now empty" if change.before is None else f"now {_tell_value(change.before)}"
    return f"{change.field.replace('_', ' ')} of {change.account} {words} ({now})"


def _tell_value(value: object) -> str:
    if isinstance(value, frozenset | tuple | list):
        return ", ".join(map(str, sorted(value) if isinstance(value, frozenset) else value))
    return describe_scalar(value) if isinstance(value, bool | int | float | dt.date) else str(value)
