"""Which conditions of a layer's rules hold for an account, and how many fail in each alternative of a rule?

Thousands of rules share their conditions, so each distinct one is judged once per account; equalities and
lists are looked up by value instead of being asked one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.match import Predicate, Scope, bind_condition
from fairpatch.core.rules.normal import Conjunct, Literal, normalise_rule
from fairpatch.core.rules.tree import Rule

_ALWAYS = 0
"""The place of a condition that always holds: an alternative without conditions (`all`) has this one."""


class LiteralTable:
    """The alternatives (conjuncts) of many rules, their conditions numbered once.

    `codes` are the rules' names, in the order given; the alternatives of rule i stand at
    `first[i]:first[i + 1]` of `conjuncts`.
    """

    def __init__(self, rules: Iterable[tuple[str, Rule]], scope: Scope) -> None:
        self.codes: list[str] = []
        self.conjuncts: list[Conjunct] = []
        self.literals: list[Literal | None] = [None]
        self._scope = scope
        self._number: dict[Literal, int] = {}
        self._looked_up: dict[str, dict[Any, list[int]]] = {}
        self._asked: list[tuple[int, Predicate, bool]] = []
        self._usual = [True]
        flat: list[int] = []
        starts: list[int] = []
        first: list[int] = []
        known: dict[int, list[Conjunct]] = {}
        for code, rule in rules:
            self.codes.append(code)
            first.append(len(self.conjuncts))
            for conjunct in known.setdefault(id(rule), normalise_rule(rule)):
                self.conjuncts.append(conjunct)
                starts.append(len(flat))
                flat.extend(sorted({self._enter(literal) for literal in conjunct}) or [_ALWAYS])
        self._flat = np.array(flat, dtype=np.int64)
        self._starts = np.array(starts, dtype=np.int64)
        self.first = np.array([*first, len(self.conjuncts)], dtype=np.int64)
        self._lengths = np.diff(np.append(self._starts, len(flat)))

    def count_failures(self, account: Seen) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Per alternative: how many of its conditions fail, and how many hold."""
        if not self.conjuncts:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        fails = ~self._judge(account)
        failing = np.add.reduceat(fails[self._flat].astype(np.int64), self._starts)
        return failing, self._lengths - failing

    def _judge(self, account: Seen) -> NDArray[np.bool_]:
        holds = np.array(self._usual, dtype=np.bool_)
        for field, by_value in self._looked_up.items():
            value = account.get(field)
            hits = by_value.get(value) if value is not None else None
            if hits:
                holds[hits] = ~holds[hits]
        for place, test, is_positive in self._asked:
            holds[place] = test(account) == is_positive
        return holds

    def _enter(self, literal: Literal) -> int:
        known = self._number.get(literal)
        if known is not None:
            return known
        place = self._number[literal] = len(self.literals)
        self.literals.append(literal)
        condition = literal.condition
        self._usual.append(not literal.is_positive)
        if condition.operator in ("=", "in") and condition.field != "region":
            by_value = self._looked_up.setdefault(condition.field, {})
            for member in self._scope.fold_members(self._scope.catalogue[condition.field], condition.value):
                by_value.setdefault(member, []).append(place)
        else:
            self._asked.append((place, bind_condition(condition, self._scope), literal.is_positive))
        return place
