"""How is `fairpatch route` spoken?"""

from __future__ import annotations

import datetime as dt
import gc
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairpatch.cli.inputs import AccountFile, DateOption, PlanFile, parse_day, read_inputs, show_findings
from fairpatch.core.errors import FaultyInputError

if TYPE_CHECKING:
    import pyarrow as pa

    from fairpatch.core.plans.plan import Plan

NUMPY, DUCKDB, REFERENCE = "numpy", "duckdb", "reference"
KNOWN_ENGINES = (NUMPY, DUCKDB, REFERENCE, "spark")
WRITABLE = (".csv", ".parquet", ".pq")


def route_file(
    plan: PlanFile,
    accounts: AccountFile,
    out: Annotated[Path, typer.Option(help="Where the result goes, CSV or Parquet by its name.")],
    date: DateOption = None,
    engine: Annotated[
        str,
        typer.Option(help="What does the work: numpy; duckdb, also beyond memory; or the slow reference."),
    ] = NUMPY,
    memory: Annotated[
        str, typer.Option(help="What duckdb may hold in memory, the rest goes to disk.")
    ] = "2GB",
) -> None:
    """Decide which territory every account belongs to, without server or database."""
    day = parse_day(date)
    check_engine(engine)
    if out.suffix.lower() not in WRITABLE:
        raise typer.BadParameter(f"{out.name} should end in .csv or .parquet.", param_hint="--out")
    if not out.absolute().parent.is_dir() or out.is_dir():
        raise typer.BadParameter(f"{out} is not a place for a file.", param_hint="--out")
    with suspend_collector():
        if engine == DUCKDB:
            count, unassigned = stream_file(plan, accounts, day, out, memory)
        else:
            count, unassigned = route_whole(plan, accounts, day, out, engine)
    typer.echo(f"{count:,} decisions written to {out}, {unassigned:,} of them unassigned.")


@contextmanager
def suspend_collector() -> Iterator[None]:
    """Without the search for circles of garbage: a plan is millions of objects that all stay, and looking
    through them again and again took a quarter of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def route_whole(plan: Path, accounts: Path, day: dt.date, out: Path, engine: str) -> tuple[int, int]:
    """Routes with everything in memory; how many decisions there are, how many without a territory."""
    result = (decide_fast if engine == NUMPY else decide_plainly)(plan, accounts, day)

    from fairpatch.connectors.result_csv import write_result_csv
    from fairpatch.connectors.tables import write_table

    write = write_result_csv if out.suffix.lower() == ".csv" and engine == NUMPY else write_table
    write(result, out)
    return result.num_rows, result.column("territory").null_count


def stream_file(plan_file: Path, account_file: Path, day: dt.date, out: Path, memory: str) -> tuple[int, int]:
    """Routes block by block, with what does not fit in memory in a folder beside the result."""
    from fairpatch.cli.table_routing import stream_routing
    from fairpatch.connectors.result_csv import write_result_batches

    loaded = load_checked(plan_file, account_file)
    counts = [0, 0]

    def count(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            counts[0] += batch.num_rows
            counts[1] += batch.column("territory").null_count
            yield batch

    with tempfile.TemporaryDirectory(prefix=".fairpatch-", dir=out.absolute().parent) as folder:
        batches = stream_routing(loaded, account_file, day, Path(folder), memory, show_findings)
        schema = next(batches).schema
        write_result_batches(schema, count(batches), out)
    return counts[0], counts[1]


def load_checked(plan_file: Path, account_file: Path) -> Plan:
    """The plan; when it is faulty, its faults and those of the accounts are told together."""
    from fairpatch.connectors.plan_files import load_plan

    try:
        return load_plan(plan_file)
    except FaultyInputError:
        read_inputs(plan_file, account_file)
        raise


def decide_fast(plan_file: Path, account_file: Path, day: dt.date) -> pa.Table:
    """The result by the table engine, findings shown."""
    from fairpatch.cli.table_routing import list_repairs, read_columns
    from fairpatch.engines.routing.result import route_columns

    loaded = load_checked(plan_file, account_file)
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
    if engine not in (NUMPY, DUCKDB, REFERENCE):
        sentence = f'The engine "{engine}" is not part of this version. Leave --engine out.'
        raise typer.BadParameter(sentence, param_hint="--engine")
