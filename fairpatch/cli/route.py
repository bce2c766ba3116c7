"""How is `fairpatch route` spoken?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairpatch.cli.inputs import AccountFile, DateOption, PlanFile, parse_day, read_inputs, show_findings
from fairpatch.core.errors import FaultyInputError

if TYPE_CHECKING:
    import pyarrow as pa

NUMPY, REFERENCE = "numpy", "reference"
KNOWN_ENGINES = (NUMPY, REFERENCE, "duckdb", "spark")
WRITABLE = (".csv", ".parquet", ".pq")


def route_file(
    plan: PlanFile,
    accounts: AccountFile,
    out: Annotated[Path, typer.Option(help="Where the result goes, CSV or Parquet by its name.")],
    date: DateOption = None,
    engine: Annotated[str, typer.Option(help="What does the work: numpy, or the slow reference.")] = NUMPY,
) -> None:
    """Decide which territory every account belongs to, without server or database."""
    day = parse_day(date)
    check_engine(engine)
    if out.suffix.lower() not in WRITABLE:
        raise typer.BadParameter(f"{out.name} should end in .csv or .parquet.", param_hint="--out")
    if not out.absolute().parent.is_dir() or out.is_dir():
        raise typer.BadParameter(f"{out} is not a place for a file.", param_hint="--out")
    decide = decide_fast if engine == NUMPY else decide_plainly
    result = decide(plan, accounts, day)

    from fairpatch.connectors.result_csv import write_result_csv
    from fairpatch.connectors.tables import write_table

    write = write_result_csv if out.suffix.lower() == ".csv" and engine == NUMPY else write_table
    write(result, out)
    unassigned = result.column("territory").null_count
    typer.echo(f"{result.num_rows:,} decisions written to {out}, {unassigned:,} of them unassigned.")


def decide_fast(plan_file: Path, account_file: Path, day: dt.date) -> pa.Table:
    """The result by the table engine, findings shown."""
    from fairpatch.cli.table_routing import list_repairs, read_columns
    from fairpatch.connectors.plan_files import load_plan
    from fairpatch.engines.routing.result import route_columns

    try:
        loaded = load_plan(plan_file)
    except FaultyInputError:
        read_inputs(plan_file, account_file)  # tells the faults of both files together
        raise
    arrays, columns = read_columns(account_file, loaded.catalogue)
    show_findings(arrays.notices)
    show_findings(list_repairs(arrays))
    return route_columns(loaded, columns, day)


def decide_plainly(plan_file: Path, account_file: Path, day: dt.date) -> pa.Table:
    """The result by the reference, findings shown."""
    from fairpatch.connectors.routing_tables import route_accounts
    from fairpatch.engines.geo.repairs import find_repairs

    loaded, table = read_inputs(plan_file, account_file)
    show_findings(table.notices)
    show_findings(find_repairs(table.rows, table.lines, table.file))
    return route_accounts(loaded, table, day)


def check_engine(engine: str) -> None:
    """Refuses an engine that is not there, instead of quietly taking another."""
    if engine not in KNOWN_ENGINES:
        raise typer.BadParameter(f'There is no engine "{engine}".', param_hint="--engine")
    if engine not in (NUMPY, REFERENCE):
        sentence = f'The engine "{engine}" is not part of this version. Leave --engine out.'
        raise typer.BadParameter(sentence, param_hint="--engine")
