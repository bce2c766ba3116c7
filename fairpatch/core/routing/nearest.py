"""Which territories came nearest to getting an account, and what stands in the way of each?

Nearest is who has the fewest failing conditions in the best alternative of its effective rule; then who has
the most conditions that hold; then, where the middle of the territories is known, whose middle is nearest to
the account; then the smaller code. Rules of which nothing at all holds come last, and only
when no territory has the account; then also roll-ups whose rule holds, and nothing below them, are named. A
territory whose rule holds but which excludes the account is nearest of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fairpatch.core.plans.plan import Plan, fold_account_id
from fairpatch.core.routing.literals import LiteralTable
from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.match import Predicate, bind_rule
from fairpatch.core.rules.tree import And, Rule
from fairpatch.core.rules.words import describe_rule, describe_seen
from fairpatch.core.territories.hierarchy import Hierarchy

MAX_NEAR_MISSES = 5

Counts: TypeAlias = NDArray[np.int64]
Distances: TypeAlias = NDArray[np.float64]
Centre: TypeAlias = tuple[float, float]
"""The middle of a territory's accounts: latitude and longitude."""
MissKind: TypeAlias = Literal["conditions", "excluded", "unassignable", "no_rule", "other_layer"]


@dataclass(frozen=True, slots=True)
class Failing:
    """A part of a rule that does not hold: in words, what the account has instead, whose rule it is in."""

    sentence: str
    has: str
    source: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A territory that does not claim the account, and why.

    `failing` and `source` are the first of `conditions`; `failed` is the least number of conditions that
    would have to hold besides.
    """

    territory: str
    reason: str
    failing: str | None = None
    source: str | None = None
    failed: int = 0
    kind: MissKind = "conditions"
    conditions: tuple[Failing, ...] = ()


class NearFinder:
    """Finds what came nearest within one layer of a valid plan, for one account after another."""

    def __init__(
        self, plan: Plan, hierarchy: Hierarchy, layer: str, centres: Mapping[str, Centre] | None = None
    ) -> None:
        self._plan, self._hierarchy, self._layer = plan, hierarchy, layer
        self._centres = centres or {}
        self._middles: Distances | None = None
        rules: list[tuple[str, Rule]] = []
        self._excluded: dict[str, list[str]] = {}
        self._naming: dict[str, list[str]] = {}
        for code in sorted(hierarchy.by_code):
            if hierarchy.layer_of(code) != layer:
                continue
            effective = hierarchy.effective_rule_of(code)
            if effective is not None:
                rules.append((code, effective))
            territory = hierarchy.by_code[code]
            for account in map(fold_account_id, territory.exclude):
                self._excluded.setdefault(account, []).append(code)
            for account in map(fold_account_id, territory.accounts):
                self._naming.setdefault(account, []).append(code)
        self._table = LiteralTable(rules, plan.scope)
        self._place = {code: place for place, code in enumerate(self._table.codes)}
        self._parts: dict[str, list[tuple[str, Rule, Predicate]]] = {}

    def find_near_misses(
        self, account_id: str, account: Seen, claiming: Collection[str | None], most: int = MAX_NEAR_MISSES
    ) -> tuple[Miss, ...]:
        """The nearest of those that do not claim the account, the nearest first."""
        failed, held = self._measure(account)
        matching = {self._table.codes[place] for place in np.flatnonzero(failed == 0).tolist()}
        above = {step.code for code in matching for step in self._hierarchy.lineage_of(code)[1:]}
        excluding = set(self._excluded.get(account_id, ()))
        kept_out = (excluding & matching) | excluding.intersection(self._naming.get(account_id, ()))
        is_unclaimed = not set(claiming) - {None}
        # A roll-up is worth a word when nobody has the account, and its rule holds but that of nothing below.
        last_words = {code for code in matching - above if not self._hierarchy.is_assignable(code)}
        first = [*sorted(kept_out), *(sorted(last_words - kept_out) if is_unclaimed else ())]
        wanted = [code for code in first if code not in claiming]
        for place in self._order(failed, held, self._measure_distances(account), is_unclaimed):
            if len(wanted) >= most:
                break
            code = self._table.codes[place]
            if code not in claiming and code not in excluding and self._hierarchy.is_assignable(code):
                wanted.append(code)
        return tuple(self._explain(account_id, account, code, failed) for code in wanted[:most])

    def explain_miss(self, account_id: str, account: Seen, code: str) -> Miss:
        """Why a territory does not claim the account; `account` as the layer places it."""
        return self._explain(account_id, account, code, self._measure(account)[0])

    def _explain(self, account_id: str, account: Seen, code: str, failed: Counts) -> Miss:
        territory = self._hierarchy.by_code[code]
        home = self._hierarchy.layer_of(code)
        if home != self._layer:
            return Miss(code, f"it belongs to the layer {home}", kind="other_layer")
        if not self._hierarchy.is_assignable(code):
            place = self._place.get(code)
            covers = "its rule holds, but " if place is not None and not failed[place] else ""
            reason = f"{covers}it is not assignable: it only rolls up the territories below it"
            return Miss(code, reason, kind="unassignable")
        if code in self._excluded.get(account_id, ()):
            return Miss(code, "it excludes this account", kind="excluded")
        if territory.rule is None:
            return Miss(code, "it has no rule of its own and does not name this account", kind="no_rule")
        failing = [
            Failing(
                describe_rule(part, self._plan.catalogue),
                describe_seen(part, account, self._plan.catalogue),
                source,
            )
            for source, part, holds in self._list_parts(code)
            if not holds(account)
        ]
        assert failing, "a rule that matches makes a claim"
        first = failing[0]
        inherited = f" (inherited from {first.source})" if first.source != code else ""
        reason = f"{first.sentence}{inherited} does not hold: {first.has}"
        count = int(failed[self._place[code]])
        return Miss(code, reason, first.sentence, first.source, count, "conditions", tuple(failing))

    def list_rule_parts(self, code: str) -> list[tuple[str, Rule]]:
        """What the effective rule joins by "and", with the territory each part comes from."""
        return [(source, part) for source, part, _ in self._list_parts(code)]

    def _measure(self, account: Seen) -> tuple[Counts, Counts]:
        """Per rule, of its best alternative: conditions that fail, and conditions that hold."""
        failing, holding = self._table.count_failures(account)
        if not len(failing):
            return failing, holding
        width = int(holding.max()) + 1
        # Fewest failures first, then most that hold: one number says both.
        score = np.minimum.reduceat(failing * width + (width - 1 - holding), self._table.first[:-1])
        return score // width, width - 1 - score % width

    @staticmethod
    def _order(failed: Counts, held: Counts, distances: Distances, is_unclaimed: bool) -> Iterator[int]:
        """Rules that do not hold, by nearness; codes are in order already."""
        for is_far in (False, True) if is_unclaimed else (False,):
            places = np.flatnonzero((failed > 0) & ((held == 0) == is_far))
            yield from places[np.lexsort((distances[places], -held[places], failed[places]))].tolist()

    def _measure_distances(self, account: Seen) -> Distances:
        """How far each rule's territory lies, in no unit; without a position or a centre, infinitely far."""
        position = account.get("position")
        if position is None or not self._centres:
            return np.full(len(self._table.codes), np.inf)
        if self._middles is None:
            missing = (np.inf, np.inf)
            self._middles = np.array([self._centres.get(code, missing) for code in self._table.codes])
        north, east = self._middles[:, 0] - position[0], self._middles[:, 1] - position[1]
        # Degrees of longitude shrink towards the poles; the way round the other side may be the shorter one.
        east = np.minimum(np.abs(east), np.abs(360 - np.abs(east))) * np.cos(np.radians(position[0]))
        return np.asarray(north**2 + east**2)

    def _list_parts(self, code: str) -> list[tuple[str, Rule, Predicate]]:
        known = self._parts.get(code)
        if known is not None:
            return known
        parts: list[tuple[str, Rule, Predicate]] = []
        for step in self._hierarchy.lineage_of(code):
            if step.rule is not None:
                joined = step.rule.rules if isinstance(step.rule, And) else (step.rule,)
                parts.extend((step.code, part, bind_rule(part, self._plan.scope)) for part in joined)
            if not step.inherit:
                break
        self._parts[code] = parts
        return parts
