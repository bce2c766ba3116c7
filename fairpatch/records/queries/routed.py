"""Who would get which account under a plan that is not live?

All accounts stand in columns (`queries.snapshot`), and plans with their decisions are kept beside them, so
that a draft or a rule being typed is answered by what differs from a plan decided before.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, TypeVar

import orjson

from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.units import count_minor_digits
from fairpatch.records.models import Plan
from fairpatch.records.queries.plan_cache import make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.snapshot import load_snapshot
from fairpatch.records.routing_engine import BaseRouter, Outcome, Part, StandingLayer, get_engine
from fairpatch.records.snapshot import Ids, Snapshot
from fairpatch.records.snapshot_reading import CUSTOM
from fairpatch.records.visibility import Scope

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")

KEPT = 6
"""Layers that are kept decided at most."""
MOST_EDITS = 150
"""Edited territories beyond which a draft is decided by itself rather than by what differs."""
JSON = ("product_lines",)

_lock = Lock()
_columns: OrderedDict[Hashable, Any] = OrderedDict()
_outcomes: OrderedDict[Hashable, Outcome] = OrderedDict()
_tables: OrderedDict[Hashable, Any] = OrderedDict()
_bases: OrderedDict[Hashable, BaseRouter] = OrderedDict()
_standing: OrderedDict[tuple[Hashable, Hashable], StandingLayer] = OrderedDict()


@dataclass(frozen=True)
class Company:
    """Every account that has not ended, by row, and what hangs on it."""

    snapshot: Snapshot
    columns: Any
    """The same as the routing engine reads them."""

    @property
    def ids(self) -> Ids:
        return self.snapshot.ids

    def weigh_rows(self, rows: Ids) -> tuple[int, int, int, int]:
        """Accounts, revenue, open deals and pipeline of some rows."""
        figures = self.snapshot.figures
        open_deals, pipeline = (int(figures[name][rows].sum()) for name in ("open_deals", "pipeline"))
        return len(rows), int(self.snapshot.revenue[rows].sum()), open_deals, pipeline


def load_company(scope: Scope, core: CorePlan) -> Company:
    """The accounts as this plan's fields read them."""
    return read_company(core, find_digits(scope))


def read_company(core: CorePlan, digits: int) -> Company:
    """The accounts as this plan's fields read them; `digits` of the organisation's minor unit."""
    snapshot = load_snapshot()
    key = (snapshot.facts_serial, digits, core.fields)
    columns = keep_recent(_columns, key, 3, lambda: code_snapshot(snapshot, core, digits))
    return Company(snapshot, columns)


def code_snapshot(snapshot: Snapshot, core: CorePlan, digits: int) -> Any:
    """A snapshot as the routing engine reads it."""
    found: dict[str, Part] = {}
    for name, column in snapshot.columns.items():
        if name.startswith(CUSTOM):
            found[name.removeprefix(CUSTOM)] = (column.values, column.codes, orjson.loads, 0)
    # What the tables have a column for comes from there, as it does for single accounts.
    for name, column in snapshot.columns.items():
        if name == "annual_revenue_minor":
            found["annual_revenue"] = (column.values, column.codes, None, digits)
        elif not name.startswith(CUSTOM):
            read = orjson.loads if name in JSON else None
            found["id" if name == "key" else name] = (column.values, column.codes, read, 0)
    keys = snapshot.columns["key"]
    return get_engine().code_columns(keys.values.take(keys.codes), found, core.catalogue, snapshot.books)


def keep_recent(kept: OrderedDict[Key, Kept], key: Key, most: int, make: Callable[[], Kept]) -> Kept:
    """What `make` answers, remembered for the few most recent keys: these answers are large."""
    with _lock:
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    made = make()
    with _lock:
        kept[key] = made
        while len(kept) > most:
            kept.popitem(last=False)
    return made


def decide_layer(scope: Scope, plan: Plan, core: CorePlan, layer: str, company: Company) -> Outcome:
    """Who would have which account in one layer today. `core` is the plan, or an edit of it."""
    return _find_standing(scope, plan, core, layer, company).decide_edited(core)


def load_decisions(scope: Scope, plan: Plan, layer: str, company: Company) -> Outcome:
    """Who would have which account in one layer of a plan today, kept while nothing changes."""
    core = load_core_plan(plan)
    key = (make_plan_key(plan), layer, scope.today, company.snapshot.facts_serial, core.fields)
    return keep_recent(_outcomes, key, KEPT, lambda: decide_layer(scope, plan, core, layer, company))


def load_bases(scope: Scope, plan: Plan, layer: str, company: Company) -> BaseRouter:
    """One layer of a plan today, ready to be asked what it would be without some territories."""
    core = load_core_plan(plan)
    ground = (id(core), layer, scope.today)  # what is kept holds the plan, so the number stays its own
    tables = keep_recent(_tables, ground, KEPT, lambda: get_engine().compile_bases(core, layer, scope.today))
    key = (*ground, company.snapshot.facts_serial, find_digits(scope))
    return keep_recent(_bases, key, KEPT, lambda: get_engine().read_bases(tables, company.columns))


def _find_standing(scope: Scope, plan: Plan, core: CorePlan, layer: str, company: Company) -> StandingLayer:
    """A decided layer from which this plan differs little: its own, or another's."""
    ground = (layer, scope.today, company.snapshot.facts_serial, core.fields)

    def stand(of_plan: Plan, decided: CorePlan) -> StandingLayer:
        make = partial(get_engine().stand_layer, decided, layer, company.columns, scope.today)
        return keep_recent(_standing, (ground, make_plan_key(of_plan)), KEPT, make)

    with _lock:
        if (ground, make_plan_key(plan)) in _standing:
            return _standing[ground, make_plan_key(plan)]
        near = [kept for (of, _), kept in _standing.items() if of == ground]
    live = scope.plan
    if not near and live is not None and live.id != plan.id:
        live_core = load_core_plan(live)
        if live_core.fields == core.fields and any(item.code == layer for item in live_core.layers):
            near = [stand(live, live_core)]
    nearest = min(near, key=lambda kept: kept.count_edits(core), default=None)
    if nearest is not None and nearest.count_edits(core) <= MOST_EDITS:
        return nearest
    return stand(plan, core)


def find_digits(scope: Scope) -> int:
    """Digits of the organisation's minor unit."""
    return count_minor_digits(scope.organisation.currency) if scope.organisation else 2
