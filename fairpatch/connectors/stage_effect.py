"""Where is kept what an import would move, until it is applied?

Beside the staged rows, in a file of its own that is put in place as a whole: a process that is killed
while it writes leaves the earlier effect, and the staged rows, as they were. One row for each account and
layer that moves, and their sums; a zero stands for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fairpatch.connectors.staging import Stage, open_stage

EFFECT_NAME = "effect.sqlite3"

MOVE_COLUMNS = (
    *("account_id", "layer_id", "from_territory_id", "to_territory_id", "from_rep_id", "to_rep_id"),
    *("cause", "revenue_minor", "open_deals", "pipeline_minor"),
)
LANDING_COLUMNS = ("layer_id", "territory_id", "rep_id", "accounts", "revenue_minor")
_FLOW = "layer_id, from_territory_id, to_territory_id, from_rep_id, to_rep_id"


def write_effect(
    folder: Path,
    about: Mapping[str, Any],
    moves: Iterable[tuple[Any, ...]] = (),
    landings: Iterable[tuple[Any, ...]] = (),
) -> None:
    """Keeps an effect in place of an earlier one. `moves` and `landings` have the columns above."""
    fresh = folder / f"{EFFECT_NAME}.new"
    fresh.unlink(missing_ok=True)
    with open_stage(fresh) as file:
        _write_tables(file, about, moves, landings)
    fresh.replace(folder / EFFECT_NAME)


def drop_effect(folder: Path) -> None:
    """Of rows that are no longer the staged ones."""
    (folder / EFFECT_NAME).unlink(missing_ok=True)


def _write_tables(
    file: Stage,
    about: Mapping[str, Any],
    moves: Iterable[tuple[Any, ...]],
    landings: Iterable[tuple[Any, ...]],
) -> None:
    run = file.connection.execute
    with file.transaction():
        run("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
        run(f"CREATE TABLE effect_move (seq INTEGER PRIMARY KEY, {', '.join(MOVE_COLUMNS)})")
        run(f"CREATE TABLE effect_landing ({', '.join(LANDING_COLUMNS)})")
        for table, columns, rows in (
            ("effect_move", MOVE_COLUMNS, moves),
            ("effect_landing", LANDING_COLUMNS, landings),
        ):
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            file.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        sums = ", ".join(
            f"SUM({name}) AS {name}" for name in ("revenue_minor", "open_deals", "pipeline_minor")
        )
        run(
            f"CREATE TABLE effect_flow AS SELECT {_FLOW}, COUNT(*) AS accounts, {sums} FROM effect_move"
            f" GROUP BY {_FLOW} ORDER BY COUNT(*) DESC, {_FLOW}"
        )
        file.write_meta("effect", dict(about))
