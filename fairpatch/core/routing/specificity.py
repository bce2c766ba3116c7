"""How closely does a claim describe an account?

Points per conjunct of the normal form (plan format, section 4); a claim has those of the best
conjunct that matches.
"""

from __future__ import annotations

from collections.abc import Iterable

from fairpatch.core.rules.fields import GEOGRAPHY, INDUSTRY
from fairpatch.core.rules.match import SECTOR_RANGES, Scope
from fairpatch.core.rules.normal import Conjunct, Literal
from fairpatch.core.rules.tree import Condition

_GEOGRAPHY_POINTS = {"region": 5, "country": 10, "state": 20, "metro": 30, "city": 35, "position": 38}
_ORDER = frozenset({"<", "<=", ">", ">=", "between"})
POSTAL_PREFIX, POSTAL_RANGE, POSTAL_EXACT = 40, 45, 50
LONGEST_POSTAL_PREFIX = 9


class Scorer:
    """Points of conjuncts. Each condition is looked at once, since its list may be long."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[int, tuple[Literal, str, int]] = {}

    def score_conjunct(self, conjunct: Conjunct) -> int:
        """The specificity a matching conjunct gives. Only positive literals count."""
        geography, industry, others = 0, 0, set()
        for literal in conjunct:
            if not literal.is_positive:
                continue
            dimension, points = self._score_literal(literal)
            if dimension == GEOGRAPHY:
                geography = max(geography, points)
            elif dimension == INDUSTRY:
                industry = max(industry, points)
            else:
                others.add(dimension)
        return geography + industry + len(others)

    def _score_literal(self, literal: Literal) -> tuple[str, int]:
        known = self._known.get(id(literal))
        if known is None or known[0] is not literal:
            dimension = self._scope.catalogue[literal.condition.field].dimension_name
            score = {GEOGRAPHY: score_geography, INDUSTRY: score_industry}.get(dimension)
            known = (literal, dimension, score(literal.condition, self._scope) if score else 1)
            self._known[id(literal)] = known
        return known[1], known[2]


def score_geography(condition: Condition, scope: Scope) -> int:
    """The field alone sets the points, but for postal codes, where the operator does."""
    if condition.field != "postal_code":
        return _GEOGRAPHY_POINTS.get(condition.field, 0)
    operator = condition.operator
    if operator in ("=", "in"):
        return POSTAL_EXACT
    if operator in _ORDER:
        return POSTAL_RANGE
    if operator == "begins with":
        return POSTAL_PREFIX + min(_shortest(_members(condition, scope)), LONGEST_POSTAL_PREFIX)
    return 0


def score_industry(condition: Condition, scope: Scope) -> int:
    """The length of the shortest code listed; a sector range counts as a sector, two digits."""
    if condition.field not in ("industry", "sic") or condition.operator not in (
        "under",
        "begins with",
        "=",
        "in",
    ):
        return 0
    codes = _members(condition, scope)
    return min((2 if code in SECTOR_RANGES else len(code) for code in codes), default=0)


def _members(condition: Condition, scope: Scope) -> frozenset[str]:
    return scope.fold_members(scope.catalogue[condition.field], condition.value)


def _shortest(codes: Iterable[str]) -> int:
    return min(map(len, codes), default=0)
