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
from fairpatch.engines.routing.coded import CodedColumn, CodedColumns, FoldBooks
from fairpatch.engines.routing.columns import Codes
from fairpatch.engines.routing.fitting import RuleBook, find_matching
from fairpatch.engines.routing.standing import StandingLayer


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

    def bind_rules(self, plan: Plan, rules: Mapping[str, Rule]) -> RuleBook:
        return RuleBook(plan, rules)

    def match_rule(self, plan: Plan, rule: Rule, columns: CodedColumns, on: dt.date) -> npt.NDArray[np.bool_]:
        return find_matching(plan, rule, columns, on)
