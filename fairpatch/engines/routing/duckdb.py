"""Who gets which account, when the table does not fit in memory?

Accounts come in block by block and are kept as codes in a DuckDB file; then the plan's one SELECT decides
them all, and the result goes out batch by batch. DuckDB spills to disk what its memory limit does not hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from fairpatch.core.errors import FairpatchError
from fairpatch.core.plans.plan import Plan
from fairpatch.core.routing.precedence import CLASS_ORDER
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.encode import Encoder
from fairpatch.engines.routing.relations import Relation
from fairpatch.engines.routing.sql import PlanQuery
from fairpatch.engines.routing.tables import CAUSES, TableRouter

_ROWS_OUT = 2**17


class QueryRouter:
    """A plan on one date and a growing store of accounts.

    The store is a file in `folder`, of which DuckDB holds no more than `memory` ("2GB") at a time; without a
    folder it is held in memory.
    """

    def __init__(self, plan: Plan, on: dt.date, folder: Path | None = None, memory: str = "") -> None:
        self.router = TableRouter(plan, on)
        self.query = PlanQuery(self.router)
        self.size = 0
        self._id_type: pa.DataType = pa.string()
        settings: dict[str, Any] = {"memory_limit": memory} if memory else {}
        if folder:
            settings["temp_directory"] = str(folder / "spill")
        store = str(folder / "accounts.duckdb") if folder else ":memory:"
        try:
            self._connection = duckdb.connect(store, config=settings)
        except duckdb.ParserException:
            raise FairpatchError(
                "memory_unknown", f'"{memory}" is not an amount of memory such as 2GB.'
            ) from None
        self._connection.execute("SET enable_progress_bar = false").fetchall()
        for relation in self.query.relations:
            self._store(f"CREATE TABLE {relation.name} AS", tabulate_relation(relation))

    def close(self) -> None:
        """Lets go of the store."""
        self._connection.close()

    def take(self, columns: AccountColumns) -> None:
        """Takes one more block of accounts; their order is that of the result."""
        block = self.code_block(columns)
        self._store("INSERT INTO accounts" if self.size else "CREATE TABLE accounts AS", block)
        self._id_type = columns.ids.type
        self.size += columns.size

    def start_again(self) -> None:
        """Forgets the accounts taken so far."""
        self._connection.execute("DROP TABLE IF EXISTS accounts").fetchall()
        self.size = 0

    def code_block(self, columns: AccountColumns) -> pa.Table:
        """A block as the relation `accounts` has it."""
        places = np.arange(self.size, self.size + columns.size)
        coded: dict[str, Any] = {"place": places, "account": columns.ids, "id": columns.folded_ids}
        if self.query.needs_families:
            parents = columns.fold("parent")
            coded["parent"] = pa.array(parents.values, pa.string()).take(pa.array(parents.codes))
            coded["revenue"], coded["revenue_rest"] = _split_revenue(columns)
        for tables, names in zip(self.router.layers, self.query.codes, strict=True):
            encoder = Encoder(columns, tables.compiled.levels)
            for level, name in names.items():
                coded[name] = encoder.code_rows(level, slice(0, columns.size))
        return pa.table(coded)

    def has_repeated_ids(self) -> bool:
        """Whether two accounts have the same id; then nothing can be decided."""
        with _naming_shortage():
            self._connection.execute("SELECT 1 FROM accounts GROUP BY id HAVING COUNT(*) > 1 LIMIT 1")
            return bool(self._connection.fetchall())

    def decide(self) -> Iterator[pa.RecordBatch]:
        """The result columns of the plan format, section 5, in batches. Ids must not repeat."""
        if not self.size:
            return
        with _naming_shortage():
            for batch in self._connection.sql(self.query.write()).to_arrow_reader(_ROWS_OUT):
                yield self._spell(batch)

    def read_schema(self) -> pa.Schema:
        """The columns of the result and their types."""
        return spell_result(self.router, self._id_type, {}).schema

    def _spell(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        return spell_result(self.router, self._id_type, columns)

    def _store(self, statement: str, table: pa.Table) -> None:
        self._connection.register("incoming", table)
        with _naming_shortage():
            self._connection.execute(f"{statement} SELECT * FROM incoming").fetchall()
        self._connection.unregister("incoming")


@contextmanager
def _naming_shortage() -> Iterator[None]:
    """Says in plain words that memory or disk was too small."""
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException, pa.ArrowException) as fault:
        reason = str(fault).split("\n", 1)[0]
        sentence = (
            f"DuckDB could not finish; give it more memory, or more room on the disk. It says: {reason}"
        )
        raise FairpatchError("memory_short", sentence) from None


def tabulate_relation(relation: Relation) -> pa.Table:
    """A relation as an Arrow table."""
    return pa.table(
        {
            name: pa.array(values, pa.string() if name == "id" else pa.int64())
            for name, values in relation.columns.items()
        }
    )


def spell_result(router: TableRouter, id_type: pa.DataType, columns: dict[str, Any]) -> pa.RecordBatch:
    """Rows of the SELECT as the result has them, in words."""
    layers = [layer.code for layer in router.plan.layers]

    def take(name: str, kind: pa.DataType) -> pa.Array:
        return columns[name].cast(kind) if name in columns else pa.array([], kind)

    def spell(name: str, words: list[str]) -> pa.Array:
        return pa.array(words, pa.string()).take(take(name, pa.int32()))

    return pa.RecordBatch.from_pydict(
        {
            "account": take("account", id_type),
            "layer": spell("layer", layers),
            "territory": spell("territory", router.codes),
            "cause": spell("cause", list(CAUSES)),
            "tie": take("tie", pa.bool_()),
            "class": spell("class", list(CLASS_ORDER)),
            "priority": take("priority", pa.int64()),
            "specificity": take("specificity", pa.int64()),
            "other_claims": take("other_claims", pa.int64()),
        }
    )


def _split_revenue(columns: AccountColumns) -> tuple[pa.Array, pa.Array]:
    """Revenue as a floating-point number and what that leaves of a large whole one: ordered as one pair."""
    numbers = columns.read_numbers("annual_revenue")
    if numbers is not None:
        return pa.array(numbers, from_pandas=True), pa.array(np.zeros(columns.size, np.int64))
    folded = columns.fold("annual_revenue")
    floats = [None if value is None else float(value) for value in folded.values]
    rests = [
        0 if value is None or number is None else int(value) - int(number)
        for value, number in zip(folded.values, floats, strict=True)
    ]
    codes = pa.array(folded.codes)
    return pa.array(floats, pa.float64()).take(codes), pa.array(rests, pa.int64()).take(codes)
