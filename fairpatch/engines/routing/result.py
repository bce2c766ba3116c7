"""How do decisions become the result table of the plan format, section 5?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairpatch.core.plans.plan import Plan
from fairpatch.core.routing.precedence import CLASS_ORDER
from fairpatch.engines.routing.columns import AccountColumns, look_up
from fairpatch.engines.routing.compile import Ranks
from fairpatch.engines.routing.tables import CAUSES, NOBODY, LayerDecisions, TableRouter

Numbers = npt.NDArray[Any]


def route_columns(plan: Plan, columns: AccountColumns, on: dt.date) -> pa.Table:
    """Routes a table of accounts; one row per account and layer, in the order of both."""
    router = TableRouter(plan, on)
    return tabulate_layers(router, columns, router.decide(columns))


def tabulate_layers(router: TableRouter, columns: AccountColumns, decided: list[LayerDecisions]) -> pa.Table:
    """The result columns of decisions already made."""
    count = len(decided)
    ranks = [tables.compiled.ranks for tables in router.layers]
    classes, priorities, points = (
        _weave(
            [
                _look_up(layer.rank, _pick(of_layer, name))
                for layer, of_layer in zip(decided, ranks, strict=True)
            ]
        )
        for name in ("claim_class", "priority", "specificity")
    )
    is_empty = _weave([layer.rank == NOBODY for layer in decided])
    return pa.table(
        {
            "account": columns.ids if count == 1 else _repeat(columns.ids, count),
            "layer": _name_layers([layer.code for layer in router.plan.layers], columns.size),
            "territory": _spell(_weave([layer.territory for layer in decided]), router.codes),
            "cause": _spell(_weave([layer.cause for layer in decided]), CAUSES),
            "tie": pa.array(_weave([layer.is_tie for layer in decided])),
            "class": _spell(np.where(is_empty, NOBODY, classes), tuple(CLASS_ORDER)),
            "priority": pa.array(priorities, pa.int64(), mask=is_empty),
            "specificity": pa.array(points, pa.int64(), mask=is_empty),
            "other_claims": pa.array(_weave([layer.other_claims for layer in decided]).astype(np.int64)),
        }
    )


def _repeat(ids: pa.Array, count: int) -> pa.Array:
    return ids.take(pa.array(np.repeat(np.arange(len(ids)), count)))


def _name_layers(codes: list[str], size: int) -> pa.Array:
    if len(codes) == 1:
        return pa.repeat(pa.scalar(codes[0], pa.string()), size)
    return _spell(np.tile(np.arange(len(codes), dtype=np.int32), size), codes)


def _pick(ranks: Ranks, name: str) -> Numbers:
    column: Numbers = getattr(ranks, name)
    return column


def _look_up(rank: Numbers, column: Numbers) -> Numbers:
    """What stands for each rank; -1 takes the last place, which means nothing."""
    table = np.append(column, column.dtype.type(0))
    return look_up(table, rank, np.empty(len(rank), table.dtype))


def _weave(columns: list[Numbers]) -> Numbers:
    """One value per account and layer from one column per layer."""
    return columns[0] if len(columns) == 1 else np.stack(columns, axis=1).ravel()


def _spell(places: Numbers, words: Sequence[str]) -> pa.Array:
    """Words from their places, null where the place is -1."""
    indices = pa.array(places.astype(np.int32), mask=places == NOBODY)
    return pa.array(words, pa.string()).take(indices)
