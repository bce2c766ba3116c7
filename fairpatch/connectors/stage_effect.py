"""Where is kept what an import would move, until it is applied?

Beside the staged rows, in the same file: one row for each account and layer that moves, and their sums.
A zero stands for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairpatch.connectors.staging import Stage

MOVE_COLUMNS = (
    *("account_id", "layer_id", "from_territory_id", "to_territory_id", "from_rep_id", "to_rep_id"),
    *("cause", "revenue_minor", "open_deals", "pipeline_minor"),
)
LANDING_COLUMNS = ("layer_id", "territory_id", "rep_id", "accounts", "revenue_minor")
_FLOW = "layer_id, from_territory_id, to_territory_id, from_rep_id, to_rep_id"


def write_effect(
    stage: Stage,
    about: Mapping[str, Any],
    moves: Iterable[tuple[Any, ...]] = (),
    landings: Iterable[tuple[Any, ...]] = (),
) -> None:
    """Keeps an effect in place of an earlier one. `moves` and `landings` have the columns above."""
    run = stage.connection.execute
    with stage.transaction():
        for table in ("effect_move", "effect_flow", "effect_landing"):
            run(f"DROP TABLE IF EXISTS {table}")
        run(f"CREATE TABLE effect_move (seq INTEGER PRIMARY KEY, {', '.join(MOVE_COLUMNS)})")
        run(f"CREATE TABLE effect_landing ({', '.join(LANDING_COLUMNS)})")
        for table, columns, rows in (
            ("effect_move", MOVE_COLUMNS, moves),
            ("effect_landing", LANDING_COLUMNS, landings),
        ):
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            stage.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        sums = ", ".join(
            f"SUM({name}) AS {name}" for name in ("revenue_minor", "open_deals", "pipeline_minor")
        )
        run(
            f"CREATE TABLE effect_flow AS SELECT {_FLOW}, COUNT(*) AS accounts, {sums} FROM effect_move"
            f" GROUP BY {_FLOW} ORDER BY COUNT(*) DESC, {_FLOW}"
        )
        stage.write_meta("effect", dict(about))
