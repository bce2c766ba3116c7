"""How is `fairpatch route` spoken?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairpatch.cli.inputs import AccountFile, DateOption, PlanFile, parse_day, read_inputs, show_findings

REFERENCE = "reference"
KNOWN_ENGINES = (REFERENCE, "numpy", "duckdb", "spark")
WRITABLE = (".csv", ".parquet", ".pq")


def route_file(
    plan: PlanFile,
    accounts: AccountFile,
    out: Annotated[Path, typer.Option(help="Where the result goes, CSV or Parquet by its name.")],
    date: DateOption = None,
    engine: Annotated[str, typer.Option(help="What does the work.")] = REFERENCE,
) -> None:
    """Decide which territory every account belongs to, without server or database."""
    day = parse_day(date)
    check_engine(engine)
    if out.suffix.lower() not in WRITABLE:
        raise typer.BadParameter(f"{out.name} should end in .csv or .parquet.", param_hint="--out")
    if not out.absolute().parent.is_dir() or out.is_dir():
        raise typer.BadParameter(f"{out} is not a place for a file.", param_hint="--out")
    loaded, table = read_inputs(plan, accounts)

    from fairpatch.connectors.routing_tables import route_accounts
    from fairpatch.connectors.tables import write_table
    from fairpatch.engines.geo.repairs import find_repairs

    show_findings(table.notices)
    show_findings(find_repairs(table.rows, table.lines, table.file))
    result = route_accounts(loaded, table, day)
    write_table(result, out)
    unassigned = result.column("cause").to_pylist().count("unassigned")
    typer.echo(f"{result.num_rows:,} decisions written to {out}, {unassigned:,} of them unassigned.")


def check_engine(engine: str) -> None:
    """Refuses an engine that is not there, instead of quietly taking another."""
    if engine not in KNOWN_ENGINES:
        raise typer.BadParameter(f'There is no engine "{engine}".', param_hint="--engine")
    if engine != REFERENCE:
        sentence = f'The engine "{engine}" is not part of this version. Leave --engine out.'
        raise typer.BadParameter(sentence, param_hint="--engine")
