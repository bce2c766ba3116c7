"""How do staged rows reach the main database in a few statements?

SQLite attaches the staging file; PostgreSQL, and SQLite inside an open transaction (which cannot attach), get
temporary copies of the staged tables. Either way the statements that follow are the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db import connection

from fairpatch.connectors.staging import Stage, list_stage_columns
from fairpatch.core.accounts.kinds import KINDS

_COPIED_AT_ONCE = 5_000
_CHUNK_ROWS = 25_000
_FETCHED_AT_ONCE = 20_000
_COPY_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION", "TEXT": "TEXT"}


@contextmanager
def attach_stage(stage: Stage, kinds: Sequence[str]) -> Iterator[None]:
    """Makes the staged tables visible to the main connection as stage_<kind>, without their faulty rows."""
    is_attached = connection.vendor == "sqlite" and not connection.in_atomic_block
    if is_attached:
        with connection.cursor() as cursor:
            cursor.execute(f"ATTACH DATABASE 'file:{quote(str(stage.path))}?mode=ro' AS stage")
    try:
        if not is_attached:
            # A copy that breaks off is dropped too: the connection serves others after this.
            with connection.cursor() as cursor:
                for kind in kinds:
                    _copy_kind(cursor, stage, kind)
        yield
    finally:
        with connection.cursor() as cursor:
            if is_attached:
                cursor.execute("DETACH DATABASE stage")
            elif not connection.needs_rollback:
                for kind in kinds:
                    cursor.execute(f"DROP TABLE IF EXISTS stage_{kind}")


def _copy_kind(cursor: Any, stage: Stage, kind: str) -> None:
    own = ("seq", "entry", "line", "is_faulty")
    columns = [*((name, "INTEGER") for name in own), *list_stage_columns(KINDS[kind])]
    declared = ", ".join(f'"{name}" {_COPY_TYPES[type_]}' for name, type_ in columns)
    cursor.execute(f"CREATE TEMPORARY TABLE stage_{kind} ({declared})")
    names = ", ".join(f'"{name}"' for name, _ in columns)
    rows = stage.connection.execute(f"SELECT {names} FROM stage_{kind} WHERE is_faulty = 0 ORDER BY rowid")
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY stage_{kind} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join(["%s"] * len(columns))
        while batch := rows.fetchmany(_COPIED_AT_ONCE):
            cursor.executemany(f"INSERT INTO stage_{kind} VALUES ({marks})", batch)
    for key in ("id_key", "code_key"):
        if any(name == key for name, _ in columns):
            cursor.execute(f"CREATE INDEX stage_{kind}_{key} ON stage_{kind} ({key})")
    if connection.vendor == "postgresql":
        cursor.execute(f"ANALYZE stage_{kind}")


@dataclass(frozen=True, slots=True)
class Target:
    """A column of a record, the expression over the staged row `s` (and joins) that fills it."""

    name: str
    value: str
    is_updated: bool = True
    """Whether a row that exists already follows the file."""
    keep_when: str = ""
    """A condition under which an existing row keeps what it has."""


@dataclass(frozen=True, slots=True)
class Counted:
    added: int
    changed: int


def merge_rows(
    table: str,
    source: str,
    key: str,
    targets: Sequence[Target],
    params: dict[str, Any],
) -> Counted:
    """Inserts staged rows whose key is new and updates those that differ. Rows that are the same are not
    touched.

    Nothing is sorted, because a million wide rows would be sorted in memory: staged rows come in file order.
    `source` is the FROM clause over alias `s`; `key` the condition that joins a staged row to record `r`.
    Parameters are written :name.
    """
    changed = _update_rows(table, source, key, [target for target in targets if target.is_updated], params)
    names = ", ".join(target.name for target in targets)
    values = ", ".join(target.value for target in targets)
    added = run_by_chunk(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {source} WHERE s.is_faulty = 0 AND {{chunk}}"
        f" AND NOT EXISTS (SELECT 1 FROM {table} r WHERE {key})",
        source,
        params,
    )
    return Counted(added, changed)


def _update_rows(table: str, source: str, key: str, targets: Sequence[Target], params: dict[str, Any]) -> int:
    compared = [target for target in targets if target.name not in ("updated_at", "ended_at")]
    if not compared:
        return 0
    sets = write_values(targets)
    differs = " OR ".join(f"r.{target.name} {unlike()} {sets[target.name]}" for target in compared)
    assigned = ", ".join(f"{name} = {value}" for name, value in sets.items())
    return run_by_chunk(
        f"UPDATE {table} AS r SET {assigned} FROM {source}"
        f" WHERE s.is_faulty = 0 AND {{chunk}} AND {key} AND ({differs})",
        source,
        params,
    )


def write_values(targets: Sequence[Target]) -> dict[str, str]:
    """By column, the expression for what an existing row `r` becomes."""
    return {
        target.name: f"CASE WHEN {target.keep_when} THEN r.{target.name} ELSE {target.value} END"
        if target.keep_when
        else target.value
        for target in targets
    }


def unlike() -> str:
    """The operator that tells two values apart, NULL included. SQLite before 3.39 only knows its own."""
    return "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"


def as_date(expression: str) -> str:
    return expression if connection.vendor == "sqlite" else f"CAST({expression} AS date)"


def as_json(expression: str) -> str:
    """Staged JSON text in the form in which the main database stores and compares it."""
    return f"json({expression})" if connection.vendor == "sqlite" else f"CAST({expression} AS jsonb)"


def merge_json(column: str, expression: str) -> str:
    """The record's JSON object with the staged one's keys on top; a null removes its key."""
    if connection.vendor == "sqlite":
        return f"json_patch({column}, {expression})"
    return f"jsonb_strip_nulls({column} || CAST({expression} AS jsonb))"


def _adapt(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value


def run_by_chunk(statement: str, source: str, params: dict[str, Any]) -> int:
    """Runs a statement over the staged rows `s` of `source`, a {chunk} at a time; how many rows it touched.

    SQLite remembers every page a statement changes until the statement ends, in memory: one statement over a
    million rows would take hundreds of megabytes. PostgreSQL does not, and gets one statement.
    """
    if connection.vendor != "sqlite":
        return run_sql(statement.replace("{chunk}", "TRUE"), params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(max(seq), 0) FROM {source.partition(' ')[0]}")
        last = cursor.fetchone()[0]
    return sum(
        run_sql(statement.replace("{chunk}", f"s.seq BETWEEN {first} AND {first + _CHUNK_ROWS - 1}"), params)
        for first in range(1, last + 1, _CHUNK_ROWS)
    )


_NAMED = re.compile(r":(\w+)")


def run_sql(statement: str, params: dict[str, Any] | None = None) -> int:
    """Runs one statement with :name parameters; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(*_bind(statement, params))
        return max(0, int(cursor.rowcount))


def fetch_sql(statement: str, params: dict[str, Any] | None = None) -> Iterator[list[tuple[Any, ...]]]:
    """The rows that one statement with :name parameters answers, some at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(*_bind(statement, params))
        while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
            yield rows


def _bind(statement: str, params: dict[str, Any] | None) -> tuple[str, dict[str, Any]]:
    given = {name: _adapt(value) for name, value in (params or {}).items()}
    return _NAMED.sub(lambda found: f"%({found.group(1)})s", statement.replace("%", "%%")), given
