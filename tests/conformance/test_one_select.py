"""Does the plan's one SELECT answer as the other engines do, on DuckDB, SQLite and PostgreSQL?

LEAST is the only word SQLite lacks, so it is given one.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator

import psycopg
import pyarrow as pa
import pytest

from fairpatch.core.plans.plan import Plan
from fairpatch.engines.routing import compile as compiling
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.duckdb import QueryRouter, spell_result, tabulate_relation
from fairpatch.engines.routing.result import route_columns
from tests.conformance.random_plans import draw_accounts, draw_plan
from tests.conformance.rich_plans import DAYS, draw_rich_accounts, draw_rich_plan
from tests.conformance.test_table_engine import column_accounts
from tests.with_postgres import run_postgres

pytestmark = pytest.mark.slow

SQLITE_REFERENCES = "too many references"
"""SQLite writes every named step out anew where it is used, and stops at 65,535 uses of a table."""


def draw_world(seed: int) -> tuple[Plan, AccountColumns]:
    """Every other plan has all types of fields and all operators."""
    r = random.Random(seed)
    if seed % 2:
        plan, accounts = draw_rich_plan(r), draw_rich_accounts(r)
    else:
        plan, accounts = draw_plan(r), draw_accounts(r)
    return plan, column_accounts(plan, accounts)


def list_tables(router: QueryRouter, columns: AccountColumns) -> Iterator[tuple[str, pa.Table]]:
    for relation in router.query.relations:
        yield relation.name, tabulate_relation(relation)
    yield "accounts", router.code_block(columns)


def spell(router: QueryRouter, names: list[str], rows: list[tuple]) -> list[dict]:
    columns = dict(zip(names, (pa.array(values) for values in zip(*rows, strict=True)), strict=True))
    return spell_result(router.router, pa.string(), columns).to_pylist()


def expect(plan: Plan, columns: AccountColumns, seed: int) -> list[dict]:
    return route_columns(plan, columns, DAYS[seed % len(DAYS)]).to_pylist()


@pytest.mark.parametrize("block", range(2))
def test_on_duckdb(block: int) -> None:
    for seed in range(8000 + block * 20, 8000 + block * 20 + 20):
        plan, columns = draw_world(seed)
        router = QueryRouter(plan, DAYS[seed % len(DAYS)])
        for start in range(0, columns.size, 5):
            router.take(cut_rows(plan, columns, start, start + 5))
        found = pa.Table.from_batches(router.decide(), router.read_schema())
        router.close()
        expected = route_columns(plan, columns, DAYS[seed % len(DAYS)])
        assert found.to_pylist() == expected.to_pylist(), f"seed {seed}"
        assert found.schema == expected.schema


def cut_rows(plan: Plan, columns: AccountColumns, start: int, end: int) -> AccountColumns:
    raw = {name: column[start:end] for name, column in columns._raw.items()}
    return AccountColumns(raw, plan.catalogue)


@pytest.mark.parametrize("limits", [{"MAX_COMBINATIONS": 1}, {"MAX_SIGNATURES": 0, "MAX_COMBINATIONS": 3}])
def test_on_duckdb_with_conjuncts_tested_after_the_look_up(
    limits: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(compiling, name, value)
    for seed in range(8200, 8206):
        plan, columns = draw_world(seed)
        router = QueryRouter(plan, DAYS[seed % len(DAYS)])
        router.take(columns)
        found = [row for batch in router.decide() for row in batch.to_pylist()]
        router.close()
        assert found == expect(plan, columns, seed), f"seed {seed}"


def run_on(
    execute: Callable[[str], object],
    insert: Callable[[str, pa.Table], None],
    tables: Iterator[tuple[str, pa.Table]],
) -> None:
    for name, table in tables:
        kinds = {"id": 'TEXT COLLATE "C"', "parent": "TEXT", "account": "TEXT", "revenue": "FLOAT8"}
        columns = ", ".join(f"{column} {kinds.get(column, 'BIGINT')}" for column in table.column_names)
        execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
        insert(name, table)


def test_the_same_text_on_sqlite() -> None:
    done = 0
    for seed in range(8400, 8424):
        plan, columns = draw_world(seed)
        router = QueryRouter(plan, DAYS[seed % len(DAYS)])
        database = sqlite3.connect(":memory:")
        database.create_function("LEAST", -1, min, deterministic=True)
        database.create_collation("C", lambda a, b: (a > b) - (a < b))

        def insert(name: str, table: pa.Table, database: sqlite3.Connection = database) -> None:
            marks = ",".join("?" * table.num_columns)
            rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)

        run_on(database.execute, insert, list_tables(router, columns))
        try:
            answer = database.execute(router.query.write())
        except sqlite3.OperationalError as fault:
            if SQLITE_REFERENCES not in str(fault):
                raise
            continue
        finally:
            router.close()
        names = [column[0] for column in answer.description]
        assert spell(router, names, answer.fetchall()) == expect(plan, columns, seed), f"seed {seed}"
        database.close()
        done += 1
    assert done >= 20


@pytest.mark.postgres
def test_the_same_text_on_postgresql() -> None:
    with run_postgres() as url, psycopg.connect(url) as database:
        for seed in range(8500, 8512):
            plan, columns = draw_world(seed)
            router = QueryRouter(plan, DAYS[seed % len(DAYS)])

            def insert(name: str, table: pa.Table) -> None:
                with database.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                        copy.write_row(row)

            run_on(database.execute, insert, list_tables(router, columns))
            answer = database.execute(router.query.write().encode())
            names = [column.name for column in answer.description or ()]
            assert spell(router, names, answer.fetchall()) == expect(plan, columns, seed), f"seed {seed}"
            router.close()
            database.rollback()
