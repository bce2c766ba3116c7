"""How is `fairpatch demo` spoken: load the demo company, or write its files?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from fairpatch.cli.imports import open_database, show_progress

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def load_demo_company(
    accounts: Annotated[int, typer.Option(min=100, max=10_000_000, help="How many accounts.")] = 5_000,
    out: Annotated[
        Path | None, typer.Option(help="Write the files to this folder instead of loading them.")
    ] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="With --out: Parquet instead of CSV.")] = False,
    today: Annotated[str, typer.Option(help="The day the company's dates relate to. [default: today]")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives another company.")] = 2027,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing when the database holds data.")
    ] = False,
) -> None:
    """Load a made-up company with planted problems into an empty database, or write it as files."""
    day = read_day(today)
    if out is not None:
        write_files(out, accounts, day, seed, is_parquet=parquet)
        return
    if parquet:
        raise typer.BadParameter("--parquet needs --out.", param_hint="--parquet")
    open_database()
    from fairpatch.actions.demo import load_demo, refuse_full_database
    from fairpatch.core.errors import FairpatchError

    try:
        refuse_full_database()
    except FairpatchError:
        if if_empty:
            return
        raise
    with show_progress() as progress:
        applied = load_demo(day, accounts, seed=seed, progress=progress)
    kinds = ", ".join(f"{counts['added']:,} {kind}" for kind, counts in applied.kinds.items())
    typer.echo(f"The demo company is loaded: {kinds}.")


def write_files(folder: Path, accounts: int, day: dt.date, seed: int, *, is_parquet: bool) -> None:
    """The company as files that `fairpatch import` reads."""
    from fairpatch.engines.demo.files import write_company

    if folder.exists() and any(folder.iterdir()):
        raise typer.BadParameter(f"{folder} is not empty.", param_hint="--out")
    with show_progress() as progress:
        form = "parquet" if is_parquet else "csv"
        written = write_company(folder, day, accounts, seed=seed, form=form, tell=progress.report)  # type: ignore[arg-type]
    for name, rows in written.rows.items():
        typer.echo(f"{name}: {rows:,} rows")
    typer.echo(f"Import them with: fairpatch import {folder} --mapping {folder / 'mapping.toml'}")


def read_day(text: str) -> dt.date:
    if not text:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is not a day like 2027-01-31.", param_hint="--today") from None
