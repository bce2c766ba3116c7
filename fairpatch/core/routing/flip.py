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

    `is_smallest`: no smaller set of fields does it. Otherwise the search met its limit first.
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


class _Search:
    """One question: the books as they would be, the budget, and where values are changed."""

    def __init__(self, finder: FlipFinder, account_id: str, book: Book, target: str, most: int) -> None:
        self._finder, self._account_id, self._book, self._target = finder, account_id, book, target
        self._left = most
        self._is_exact = True
        router = finder.router
        self._judged = _find_judged(router, account_id, book)
        self._placing = _find_placing(router, self._judged, book)
        self._start = router.place_account(self._judged, book)

    def run(self) -> AccountFlip | None:
        candidate = self._finder.router.finder.candidates[self._target]
        if self._is_hopeless(candidate):
            return None
        conjuncts = sorted(
            enumerate(self._finder.list_conjuncts(self._target)),
            key=lambda item: (len(self._list_failing(item[1])), item[0]),
        )
        try:
            for size in range(1, MOST_CHANGES + 1):
                for _, conjunct in conjuncts:
                    found = self._try_conjunct(conjunct, size)
                    if found is not None:
                        return AccountFlip(tuple(self._describe(found)), self._is_exact)
        except _OutOfLimitError:
            return None
        return None

    def _is_hopeless(self, candidate: Candidate) -> bool:
        """Locks and exclusions do not look at the account's data."""
        locks = self._finder.router.locks
        return (
            self._judged in candidate.excluded
            or self._account_id in candidate.excluded
            or self._account_id in locks
            or self._judged in locks
        )

    def _list_failing(self, conjunct: Conjunct) -> list[str]:
        failing = (item for item in conjunct if not self._finder.holds(item, self._start))
        return list(dict.fromkeys(find_unit(item.condition.field) for item in failing))

    def _try_conjunct(self, conjunct: Conjunct, size: int) -> dict[str, Choice] | None:
        failing = self._list_failing(conjunct)
        if len(failing) > size or not _FIXED.isdisjoint(failing):
            return None
        return self._change(conjunct, failing, {}, self._start, size)

    def _change(
        self,
        conjunct: Conjunct,
        pending: list[str],
        changed: dict[str, Choice],
        seen: Seen,
        left: int,
    ) -> dict[str, Choice] | None:
        """Settles the fields that the alternative needs, then takes away who stands in front."""
        if pending:
            unit = pending[0]
            for choice in self._list_fitting(unit, conjunct, seen):
                after = self._finder.choices.change_account(seen, unit, choice)
                found = self._change(conjunct, pending[1:], {**changed, unit: choice}, after, left - 1)
                if found is not None:
                    return found
            return None
        ahead = self._find_ahead(changed)
        if ahead is None:
            return changed
        if left == 0 or ahead.cause == "named":
            return None
        blocking = self._finder.find_best_match(ahead.territory, seen)
        assert blocking is not None, "a claim by rule comes from an alternative that matches"
        units = dict.fromkeys(find_unit(item.condition.field) for item in blocking)
        for unit in units:
            if unit in changed or unit in _FIXED:
                continue
            for choice in self._list_fitting(unit, conjunct, seen):
                after = self._finder.choices.change_account(seen, unit, choice)
                if all(self._finder.holds(item, after) for item in blocking):
                    continue
                found = self._change(conjunct, [], {**changed, unit: choice}, after, left - 1)
                if found is not None:
                    return found
        return None

    def _find_ahead(self, changed: Mapping[str, Choice]) -> Claim | None:
        """The claim that wins instead; None when the territory gets the account."""
        if self._left <= 0:
            raise _OutOfLimitError
        self._left -= 1
        book = self._rewrite(changed)
        router = self._finder.router
        if router.decide(self._account_id, book).territory == self._target:
            return None
        claims = router.find_claims(self._judged, book)
        if claims and claims[0].territory != self._target:
            return claims[0]
        # Nobody is ahead, and still something other than this account's claims decides.
        return Claim(self._target, "named", "named", 0, 0, 0)

    def _rewrite(self, changed: Mapping[str, Choice]) -> Book:
        seen = {**self._book.seen}
        for unit, choice in changed.items():
            account = self._locate(unit)
            seen[account] = self._finder.choices.change_account(seen[account], unit, choice)
        return Book(self._book.ids, seen)

    def _locate(self, unit: str) -> str:
        return self._placing if unit in PLACE_FIELDS else self._judged

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

    def _describe(self, changed: Mapping[str, Choice]) -> Iterator[FieldChange]:
        for unit, choice in changed.items():
            account = self._locate(unit)
            before = self._book.seen[account]
            for field, after in write_choices({unit: choice}).items():
                yield FieldChange(self._book.ids[account], field, before.get(field), after)


def _spell(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, tuple) else [str(value)]


def _find_judged(router: LayerRouter, account_id: str, book: Book) -> str:
    """Whose data decide: the head's, when the account follows it."""
    return book.heads[account_id] if router.decide(account_id, book).cause == "family" else account_id


def _find_placing(router: LayerRouter, account_id: str, book: Book) -> str:
    """Whose place counts."""
    if router.layer.placement == "own":
        return account_id
    head = book.heads[account_id]
    return head if router.layer.placement == "headquarters" else book.largest[head]


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
