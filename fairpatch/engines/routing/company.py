"""What does the server ask of this engine? The one that the setting `ROUTING_ENGINE` names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairpatch.core.plans.plan import Plan
from fairpatch.core.rules.fields import Catalogue
from fairpatch.core.rules.tree import Rule
from fairpatch.engines.routing.bases import BaseRouter, BaseTables
from fairpatch.engines.routing.coded import CodedColumn, CodedColumns, FoldBooks
from fairpatch.engines.routing.columns import Codes
from fairpatch.engines.routing.fitting import RuleBook, find_matching
from fairpatch.engines.routing.standing import StandingLayer
from fairpatch.engines.routing.tables import LayerDecisions, LayerTables, TableRouter


class CompanyEngine:
    """Decides all accounts of a company, kept in coded columns."""

    def start_books(self) -> FoldBooks:
        return FoldBooks()

    def code_columns(
        self,
        keys: pa.Array,
        parts: Mapping[str, tuple[pa.Array, Codes, Callable[[Any], Any] | None, int]],
        catalogue: Catalogue,
        books: FoldBooks,
    ) -> CodedColumns:
        """`keys` are folded ids, each once; see `CodedColumn` for the parts."""
        columns = {name: CodedColumn(*part) for name, part in parts.items()}
        return CodedColumns(keys, columns, catalogue, books)

    def stand_layer(self, plan: Plan, layer: str, columns: CodedColumns, on: dt.date) -> StandingLayer:
        return StandingLayer(plan, layer, columns, on)

    def decide_plan(
        self, plan: Plan, columns: CodedColumns, on: dt.date
    ) -> dict[str, tuple[list[str], dict[str, npt.NDArray[Any]]]]:
        """By layer the codes of all territories and, for every account, the whole decision.

        The territory is a place in the codes, cause and class are places in their lists, -1 stands for none;
        a priority or specificity that says nothing is the least number there is.
        """
        router = TableRouter(plan, on)
        return {
            tables.layer.code: (router.codes, _spread_decisions(tables, decided))
            for tables, decided in zip(router.layers, router.decide(columns), strict=True)
        }

    def compile_bases(self, plan: Plan, layer: str, on: dt.date) -> BaseTables:
        return BaseTables(plan, layer, on)

    def read_bases(self, tables: BaseTables, columns: CodedColumns) -> BaseRouter:
        return BaseRouter(tables, columns, columns.families)

    def bind_rules(self, plan: Plan, rules: Mapping[str, Rule]) -> RuleBook:
        return RuleBook(plan, rules)

    def match_rule(self, plan: Plan, rule: Rule, columns: CodedColumns, on: dt.date) -> npt.NDArray[np.bool_]:
        return find_matching(plan, rule, columns, on)


def _spread_decisions(tables: LayerTables, decided: LayerDecisions) -> dict[str, npt.NDArray[Any]]:
    ranks = tables.compiled.ranks
    least = np.iinfo(np.int64).min
    return {
        "territory": decided.territory,
        "cause": decided.cause,
        "tie": decided.is_tie.astype(np.int8),
        # The last place answers for a rank of -1.
        "claim_class": np.append(ranks.claim_class, np.int8(-1))[decided.rank],
        "priority": np.append(ranks.priority, least)[decided.rank],
        "specificity": np.append(ranks.specificity, least)[decided.rank],
        "other_claims": decided.other_claims,
    }
