"""What do the records ask of whatever decides a whole company at once?

Records know no engine: the settings name one (`ROUTING_ENGINE`), and this says what it must be able to do.
The reference in `core.routing` stays the measure of its answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.conf import settings
from django.utils.module_loading import import_string

from fairpatch.core.plans.plan import Plan
from fairpatch.core.rules.fields import Catalogue
from fairpatch.core.rules.tree import Rule

Mask: TypeAlias = npt.NDArray[np.bool_]
Codes: TypeAlias = npt.NDArray[np.int32]
Ids: TypeAlias = npt.NDArray[np.int64]
Part: TypeAlias = tuple[pa.Array, Codes, Callable[[Any], Any] | None, int]
"""Distinct values, a code per account, how a value is read, and its decimal digits."""


class Books(Protocol):
    """What values mean to rules, as far as it was ever asked."""

    def fork(self) -> Books: ...


class Outcome(Protocol):
    """The territory of every account: a place in `codes`, -1 when unassigned."""

    codes: list[str]
    territory: Codes

    def place_of(self, codes: set[str]) -> Mask: ...

    def name_place(self, place: int) -> str | None: ...

    def read_as(self, codes: list[str]) -> Codes: ...


class StandingLayer(Protocol):
    """A layer that is decided, ready to be compared with edits of its plan."""

    def count_edits(self, plan: Plan) -> int: ...

    def decide_edited(self, plan: Plan) -> Outcome: ...


class BaseRouter(Protocol):
    """One layer over all accounts, without some territories. Places are in `codes`, -1 for nobody."""

    codes: list[str]

    def find_claimed(self, codes: frozenset[str]) -> Mask: ...

    def find_ways(self, rows: Ids) -> tuple[Mask, Mask]: ...

    def route_without(self, rows: Ids, groups: Codes, gone: Codes) -> Codes: ...


class RuleBook(Protocol):
    """Rules by name, each asked for itself."""

    names: list[str]

    def read(self, columns: Any) -> Any: ...

    def match(self, name: str, accounts: Any, rows: Ids) -> Mask: ...

    def list_matches(self, accounts: Any, rows: Ids) -> list[list[str]]: ...


class RoutingEngine(Protocol):
    """What `ROUTING_ENGINE` names. Columns are its own business."""

    def start_books(self) -> Books: ...

    def code_columns(
        self, keys: pa.Array, parts: Mapping[str, Part], catalogue: Catalogue, books: Books
    ) -> Any: ...

    def stand_layer(self, plan: Plan, layer: str, columns: Any, on: dt.date) -> StandingLayer: ...

    def decide_plan(
        self, plan: Plan, columns: Any, on: dt.date
    ) -> dict[str, tuple[list[str], dict[str, npt.NDArray[Any]]]]:
        """By layer: codes of territories, and what `snapshot.LAYER_FIGURES` lists; places are in codes."""

    def compile_bases(self, plan: Plan, layer: str, on: dt.date) -> Any: ...

    def read_bases(self, tables: Any, columns: Any) -> BaseRouter: ...

    def bind_rules(self, plan: Plan, rules: Mapping[str, Rule]) -> RuleBook: ...

    def match_rule(self, plan: Plan, rule: Rule, columns: Any, on: dt.date) -> Mask: ...


@cache
def get_engine() -> RoutingEngine:
    """The engine that the setting names."""
    return cast(RoutingEngine, import_string(settings.ROUTING_ENGINE)())
