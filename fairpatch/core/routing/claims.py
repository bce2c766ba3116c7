"""Which territories claim an account?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairpatch.core.plans.plan import Plan, fold_account_id
from fairpatch.core.routing.decisions import ClaimClass
from fairpatch.core.routing.precedence import Claim, classify_rule, rank_claim
from fairpatch.core.routing.specificity import Scorer
from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.match import Predicate, Scope, bind_condition, bind_rule
from fairpatch.core.rules.normal import Literal, normalise_rule
from fairpatch.core.rules.tree import And, Condition, Rule
from fairpatch.core.territories.hierarchy import Hierarchy

_ANCHORS = ("postal_code", "city", "metro", "state", "industry", "country")
"""Fields by which rules are looked up, the most selective first. Only a short cut: no rule means
anything else because of it."""


@dataclass(frozen=True, slots=True)
class BoundRule:
    """An effective rule made ready for many accounts."""

    matches: Predicate
    claim_class: ClaimClass
    conjuncts: tuple[tuple[int, tuple[Predicate, ...]], ...]
    """Points and tests of each conjunct, the most points first."""

    def measure_specificity(self, account: Seen) -> int:
        """The most points of a conjunct that matches. The rule itself must match."""
        for points, tests in self.conjuncts:
            if all(test(account) for test in tests):
                return points
        raise AssertionError("a rule matches exactly when one of its conjuncts does")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An assignable territory, ready to be asked for its claim."""

    code: str
    priority: int
    depth: int
    named: frozenset[str]
    excluded: frozenset[str]
    rule: BoundRule | None

    def make_claim(self, account_id: str, account: Seen) -> Claim | None:
        """Its claim to the account, if it has one. `exclude` beats `accounts`."""
        if account_id in self.excluded:
            return None
        if account_id in self.named:
            return Claim(self.code, "named", "named", self.priority, 0, self.depth)
        if self.rule is None or not self.rule.matches(account):
            return None
        specificity = self.rule.measure_specificity(account)
        return Claim(self.code, "rule", self.rule.claim_class, self.priority, specificity, self.depth)


class ClaimFinder:
    """All claims within one layer of a valid plan."""

    def __init__(self, plan: Plan, hierarchy: Hierarchy, layer: str) -> None:
        self._by_name: dict[str, list[Candidate]] = {}
        self._by_anchor: dict[str, dict[str, list[Candidate]]] = {}
        self._anywhere: list[Candidate] = []
        self.candidates: dict[str, Candidate] = {}
        for code in sorted(hierarchy.by_code):
            if hierarchy.layer_of(code) == layer and hierarchy.is_assignable(code):
                self._add(plan, hierarchy, code)

    def find_claims(self, account_id: str, account: Seen) -> list[Claim]:
        """Every claim, the winning one first. `account_id` is folded."""
        asked = {candidate.code: candidate for candidate in self._list_candidates(account_id, account)}
        claims = (candidate.make_claim(account_id, account) for candidate in asked.values())
        return sorted((claim for claim in claims if claim is not None), key=rank_claim)

    def _list_candidates(self, account_id: str, account: Seen) -> Iterator[Candidate]:
        yield from self._anywhere
        yield from self._by_name.get(account_id, ())
        for field, by_value in self._by_anchor.items():
            yield from by_value.get(account.get(field, ""), ())

    def _add(self, plan: Plan, hierarchy: Hierarchy, code: str) -> None:
        territory = hierarchy.by_code[code]
        effective = hierarchy.effective_rule_of(code)
        candidate = Candidate(
            code,
            hierarchy.priority_of(code),
            hierarchy.depth_of(code),
            frozenset(map(fold_account_id, territory.accounts)),
            frozenset(map(fold_account_id, territory.exclude)),
            None if effective is None else prepare_rule(effective, plan.scope),
        )
        self.candidates[code] = candidate
        for account_id in candidate.named:
            self._by_name.setdefault(account_id, []).append(candidate)
        if effective is None:
            return
        anchor = find_anchor(effective, plan.scope)
        if anchor is None:
            self._anywhere.append(candidate)
            return
        field, values = anchor
        by_value = self._by_anchor.setdefault(field, {})
        for value in values:
            by_value.setdefault(value, []).append(candidate)


def prepare_rule(rule: Rule, scope: Scope) -> BoundRule:
    """Binds an effective rule. Raises FairpatchError "rule_too_large"."""
    scorer = Scorer(scope)
    conjuncts = [(scorer.score_conjunct(conjunct), conjunct) for conjunct in normalise_rule(rule)]
    best_first = sorted(conjuncts, key=lambda scored: -scored[0])
    bound: dict[int, Predicate] = {}
    return BoundRule(
        bind_rule(rule, scope),
        classify_rule(rule, scope.catalogue),
        tuple(
            (points, tuple(_bind_literal(literal, scope, bound) for literal in conjunct))
            for points, conjunct in best_first
        ),
    )


def find_anchor(rule: Rule, scope: Scope) -> tuple[str, frozenset[str]] | None:
    """A field and the values one of which every matching account must have, if the rule shows one."""
    parts = rule.rules if isinstance(rule, And) else (rule,)
    required = {
        part.field: part
        for part in parts
        if isinstance(part, Condition) and part.operator in ("=", "in") and part.field in _ANCHORS
    }
    for field in _ANCHORS:
        if field in required:
            return field, scope.fold_members(scope.catalogue[field], required[field].value)
    return None


def _bind_literal(literal: Literal, scope: Scope, bound: dict[int, Predicate]) -> Predicate:
    """Conjuncts share their literals, whose lists may be long, so each is bound once."""
    if id(literal) not in bound:
        test = bind_condition(literal.condition, scope)
        bound[id(literal)] = test if literal.is_positive else lambda account: not test(account)
    return bound[id(literal)]
