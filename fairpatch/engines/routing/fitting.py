"""Which accounts does a rule match that stands for itself, and which of many such rules match an account?

Unlike routing, nobody wins here: every rule is asked about an account as the account itself stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fairpatch.core.plans.plan import Layer, Plan, Territory
from fairpatch.core.rules.tree import Rule
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.routing.coded import CodedColumns
from fairpatch.engines.routing.columns import Rows
from fairpatch.engines.routing.compile import compile_layer
from fairpatch.engines.routing.encode import Encoder
from fairpatch.engines.routing.lookup import LayerIndex
from fairpatch.engines.routing.tables import NOBODY, TableRouter

FEW_WAYS = 4
"""Beyond so many ways to satisfy a rule, looking them up together is faster."""


class RuleBook:
    """Rules by name, compiled together. The plan gives the names they refer to."""

    def __init__(self, plan: Plan, rules: Mapping[str, Rule]) -> None:
        layer = Layer("asked")
        flat = replace(
            plan,
            layers=(layer,),
            territories=tuple(Territory(name, rule=rule, assignable=True) for name, rule in rules.items()),
            locks=(),
            seats=(),
        )
        self._compiled = compile_layer(flat, Hierarchy(flat), layer)
        self._index = LayerIndex(self._compiled)
        self.names = [claimant.code for claimant in self._compiled.claimants]

    def read(self, columns: CodedColumns) -> Encoder:
        """The accounts as these rules see them."""
        return Encoder(columns, self._compiled.levels)

    def count_ways(self, name: str) -> int:
        """In how many ways a rule can be satisfied, each tested by itself."""
        return len(self._compiled.conjuncts[self._compiled.place_of[name]])

    def match(self, name: str, encoder: Encoder, rows: Rows) -> npt.NDArray[np.bool_]:
        """Which of some accounts one rule matches."""
        return self._index.match_claimant(self._compiled.place_of[name], encoder, rows)

    def list_matches(self, encoder: Encoder, rows: Rows) -> list[list[str]]:
        """The names of all rules that match, by account."""
        found = self._index.list_matches(encoder, rows, len(rows))
        pairs = np.unique(found.places * len(self.names) + self._index.claimant[found.entries])
        matching: list[list[str]] = [[] for _ in range(len(rows))]
        for pair in pairs.tolist():
            place, claimant = divmod(pair, len(self.names))
            matching[place].append(self.names[claimant])
        return matching


def find_matching(plan: Plan, rule: Rule, columns: CodedColumns, on: dt.date) -> npt.NDArray[np.bool_]:
    """Which of all accounts a rule of this plan matches."""
    book = RuleBook(plan, {"asked": rule})
    if book.count_ways("asked") <= FEW_WAYS:
        return book.match("asked", book.read(columns), np.arange(columns.size))
    asked = replace(
        plan, layers=(Layer("asked"),), territories=(Territory("asked", rule=rule),), locks=(), seats=()
    )
    (decided,) = TableRouter(asked, on).decide(columns)
    is_matched: npt.NDArray[np.bool_] = decided.territory != NOBODY
    return is_matched
