"""How do a plan and a table of accounts become a result, by the engine asked for?

Needs neither server nor database; the command and the library's `route` both stand on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairpatch.connectors.account_arrays import (
    AccountArrays,
    OddTableError,
    read_account_arrays,
    spread_rows,
    stream_account_arrays,
    take_arrow_arrays,
)
from fairpatch.connectors.routing_tables import route_accounts
from fairpatch.connectors.tables import read_account_file, read_arrow_accounts
from fairpatch.core.errors import FairpatchError, FaultyInputError, Finding
from fairpatch.core.plans.plan import Plan
from fairpatch.engines.geo.repairs import find_repairs
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.result import route_columns

if TYPE_CHECKING:
    from fairpatch.core.rules.fields import Catalogue

NUMPY, DUCKDB, REFERENCE = "numpy", "duckdb", "reference"
ENGINES = (NUMPY, DUCKDB, REFERENCE)
_PLACE_NAMES = ("country", "state", "postal_code")


def route_table(
    plan: Plan, accounts: object, *, date: dt.date | None = None, engine: str = NUMPY
) -> pa.Table:
    """Routes any Arrow-compatible table of accounts; one row per account and layer.

    `date` defaults to today. Ids come back unaltered, in their own type. Raises FaultyInputError. All
    engines, "numpy", "duckdb" and "reference", give the same result.
    """
    on = date or dt.date.today()  # noqa: DTZ011 - a planner's own day
    if engine not in ENGINES:
        raise FairpatchError("engine_unknown", f'There is no engine "{engine}".')
    if engine == REFERENCE:
        return route_accounts(plan, read_arrow_accounts(accounts, plan.catalogue), on)
    arrays = take_arrow_arrays(accounts, plan.catalogue)
    columns = None if arrays is None else take_columns(arrays, plan.catalogue)
    if columns is None:
        arrays = spread_rows(read_arrow_accounts(accounts, plan.catalogue))
        columns = AccountColumns(arrays.columns, plan.catalogue)
    return route_columns(plan, columns, on) if engine == NUMPY else _query_columns(plan, columns, on)


def _query_columns(plan: Plan, columns: AccountColumns, on: dt.date) -> pa.Table:
    from fairpatch.engines.routing.duckdb import QueryRouter

    with closing(QueryRouter(plan, on)) as router:
        router.take(columns)
        return pa.Table.from_batches(router.decide(), router.read_schema())


def stream_routing(
    plan: Plan, path: Path, on: dt.date, folder: Path, memory: str, tell: Callable[[Iterable[Finding]], None]
) -> Iterator[pa.RecordBatch]:
    """Routes a file of any size by way of a store in `folder`. Notices and repairs go to `tell`.

    The first thing yielded is an empty batch, for its schema. Raises FaultyInputError.
    """
    from fairpatch.engines.routing.duckdb import QueryRouter

    with closing(QueryRouter(plan, on, folder, memory)) as router:
        notices: list[Finding] = []
        repairs: list[Finding] = []
        try:
            for arrays in stream_account_arrays(path, plan.catalogue):
                columns = take_columns(arrays, plan.catalogue)
                if columns is None:
                    raise OddTableError
                router.take(columns)
                notices = arrays.notices
                repairs.extend(list_repairs(arrays))
            if router.has_repeated_ids():
                raise OddTableError
        except OddTableError:
            arrays, columns = read_columns(path, plan.catalogue)
            router.start_again()
            router.take(columns)
            notices, repairs = arrays.notices, list(list_repairs(arrays))
        tell(notices)
        tell(repairs)
        yield pa.RecordBatch.from_pylist([], router.read_schema())
        yield from router.decide()


def read_columns(path: Path, catalogue: Catalogue) -> tuple[AccountArrays, AccountColumns]:
    """A file's accounts, at once where all is in order, else cell by cell. Raises FaultyInputError."""
    arrays = read_account_arrays(path, catalogue)
    columns = None if arrays is None else take_columns(arrays, catalogue)
    if arrays is None or columns is None:
        arrays = spread_rows(read_account_file(path, catalogue))
        columns = AccountColumns(arrays.columns, catalogue)
    return arrays, columns


def take_columns(arrays: AccountArrays, catalogue: Catalogue) -> AccountColumns | None:
    """The columns as the engine wants them; None when an id is missing or appears twice."""
    try:
        return AccountColumns(arrays.columns, catalogue)
    except FaultyInputError:
        return None


def list_repairs(arrays: AccountArrays) -> Iterator[Finding]:
    """What an import would have repaired. Each combination of place names is looked at only once."""
    rows = range(arrays.size) if arrays.lines is not None else np.flatnonzero(_find_suspects(arrays)).tolist()
    accounts = arrays.take_rows(rows, (*_PLACE_NAMES, "latitude", "longitude"))
    lines = [arrays.find_line(row) for row in rows[: len(accounts)]]
    return find_repairs(accounts, lines, arrays.file)


def _find_suspects(arrays: AccountArrays) -> npt.NDArray[np.bool_]:
    """Every row that may need a repair, and perhaps some more."""
    is_suspect = np.zeros(arrays.size, bool)
    names = [name for name in _PLACE_NAMES if name in arrays.columns]
    if names and arrays.size:
        coded = [pc.dictionary_encode(arrays.columns[name], null_encoding="encode") for name in names]
        shape = tuple(len(column.dictionary) for column in coded)
        keys = np.ravel_multi_index(tuple(column.indices.to_numpy() for column in coded), shape)
        distinct, place = np.unique(keys, return_inverse=True)
        words = [column.dictionary.to_pylist() for column in coded]
        digits = zip(*np.unravel_index(distinct, shape), strict=True)
        combinations = [
            {name: known[at] for name, known, at in zip(names, words, each, strict=True)} for each in digits
        ]
        found = find_repairs(combinations, range(len(combinations)), arrays.file)
        needs_repair = np.zeros(len(combinations), bool)
        needs_repair[[finding.line for finding in found if finding.line is not None]] = True
        is_suspect |= needs_repair[place]
    if "latitude" in arrays.columns and "longitude" in arrays.columns:
        y, x = (_take_floats(arrays.columns[name]) for name in ("latitude", "longitude"))
        is_suspect |= (np.abs(y) > 90) | (np.abs(x) > 180) | ((y < 0) & (x > 0)) | ((y == 0) & (x == 0))
    return is_suspect


def _take_floats(column: pa.Array) -> npt.NDArray[np.float64]:
    return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
