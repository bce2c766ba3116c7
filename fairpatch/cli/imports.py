"""How is `fairpatch import` spoken: a folder, a mapping, what was found and what was done?"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairpatch.actions.imports import Checked
    from fairpatch.actions.imports_apply import Applied

FAULTY = 1
MOST_FINDINGS = 40
MOST_FLOWS = 20

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def import_files(
    folder: Annotated[
        Path, typer.Argument(help="The folder that holds the files.", exists=True, file_okay=False)
    ],
    mapping: Annotated[Path, typer.Option(help="The TOML file that says how the columns are read.")],
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", "--check", help="Only say what is found and which accounts would move."),
    ] = False,
    leave_out_faulty: Annotated[
        bool, typer.Option("--leave-out-faulty", help="Import the sound rows and leave the faulty ones out.")
    ] = False,
    findings: Annotated[Path | None, typer.Option(help="Write every finding to this CSV file.")] = None,
) -> None:
    """Bring a folder of CSV and Parquet files in: all of it, or nothing."""
    from fairpatch.connectors.mapping_file import load_mapping_file

    spec = load_mapping_file(mapping)
    open_database()
    from fairpatch.actions.imports import apply_import, check_folder, foretell_import

    with show_progress() as progress:
        checked = check_folder(folder, spec, progress=progress)
        if dry_run:
            foretell_import(checked.import_id, progress=progress)
    show_checked(checked, findings)
    if dry_run:
        show_effect(checked.import_id)
        typer.echo("This was a dry run: nothing was imported.")
        raise typer.Exit(FAULTY if checked.faulty else 0)
    with show_progress() as progress:
        applied = apply_import(
            None, checked.import_id, leave_out_faulty=leave_out_faulty, folder=folder, progress=progress
        )
    show_applied(applied)


def open_database() -> None:
    """Django with its databases, brought up to date when they are new."""
    from fairpatch.cli.serve import list_missing_migrations, migrate_databases, open_django

    open_django()
    if list_missing_migrations():
        migrate_databases()


class Bar:
    """A progress bar on stderr that satisfies the deeds' Progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def report(self, done: int, total: int, message: str = "") -> None:
        self._progress.update(self._task, completed=done, total=total or None, description=message)

    def check_cancelled(self) -> None:
        """Ctrl-C ends the command by itself; the open transaction goes with it."""


@contextmanager
def show_progress() -> Iterator[Bar]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Bar(progress)


def show_checked(checked: Checked, findings: Path | None) -> None:
    """Rows by kind, then each kind of finding once with a sample."""
    from fairpatch.records.queries.imports import count_findings

    console = Console()
    rows = Table("kind", "rows", "sound", "faulty", "skipped", box=None, header_style="bold")
    for kind, counts in checked.counts.items():
        rows.add_row(
            kind.replace("_", " "), *(f"{counts[key]:,}" for key in ("rows", "sound", "faulty", "skipped"))
        )
    console.print(rows)
    found = count_findings(checked.import_id)
    shown = Table("", "times", "first at", "for instance", box=None, header_style="bold")
    for finding in found[:MOST_FINDINGS]:
        place = f"{finding['file']}:{finding['row'] or ''}"
        hint = f" {finding['suggestion']}" if finding["suggestion"] else ""
        shown.add_row(finding["severity"], f"{finding['count']:,}", place, f"{finding['sentence']}{hint}")
    if found:
        console.print(shown)
    if len(found) > MOST_FINDINGS:
        typer.echo(
            f"… and {len(found) - MOST_FINDINGS} more kinds of findings. Use --findings FILE.csv for all."
        )
    if findings is not None:
        write_findings(checked.import_id, findings)
        typer.echo(f"Every finding stands in {findings}.")


def show_effect(import_id: int) -> None:
    """Who would give accounts to whom, and where new accounts would land."""
    from fairpatch.records.queries.import_effects import describe_import_effect
    from fairpatch.records.queries.routed import find_digits
    from fairpatch.records.visibility import load_company_scope

    scope = load_company_scope()
    effect = describe_import_effect(scope, import_id)
    if effect["state"] != "foretold":
        typer.echo(effect["sentence"])
        return
    console = Console()
    if not effect["moved"]:
        typer.echo("It moves nothing: every account stays where it is, in every layer.")
    else:
        typer.echo(f"Accounts that would belong elsewhere: {effect['moved']:,}")
        console.print(_list_flows(effect, find_digits(scope)))
    for layer in effect["layers"]:
        if layer["accounts"]:
            typer.echo(f"{layer['layer']}: {layer['accounts']:,} would move. {layer['sentence']}")
    if effect["new"]:
        typer.echo(f"New accounts, and where they would begin: {effect['new']:,}")
        console.print(_list_landings(effect))


def _list_flows(effect: dict[str, Any], digits: int) -> Table:
    """The largest groups of accounts that move together."""
    heads = ("layer", "from", "to", "from owner", "to owner", "accounts", "open deals", "pipeline")
    shown = Table(*heads, box=None, header_style="bold")
    for flow in effect["flows"][:MOST_FLOWS]:
        shown.add_row(
            flow["layer"],
            *(_name(flow[side]) for side in ("from_territory", "to_territory", "from_rep", "to_rep")),
            *(f"{flow[name]:,}" for name in ("accounts", "open_deals")),
            f"{flow['pipeline_minor'] / 10**digits:,.0f}",
        )
    rest = effect["more_flows"] + max(0, len(effect["flows"]) - MOST_FLOWS)
    if rest:
        shown.add_row("", f"… and {rest:,} smaller groups")
    return shown


def _list_landings(effect: dict[str, Any]) -> Table:
    shown = Table("layer", "territory", "owner", "accounts", box=None, header_style="bold")
    for landing in effect["landings"][:MOST_FLOWS]:
        territory = landing["territory"]["name"] if landing["territory"] else "unassigned"
        shown.add_row(landing["layer"], territory, _name(landing["rep"]), f"{landing['accounts']:,}")
    rest = effect["more_landings"] + max(0, len(effect["landings"]) - MOST_FLOWS)
    if rest:
        shown.add_row("", f"… and {rest:,} smaller groups")
    return shown


def _name(named: dict[str, Any] | None) -> str:
    return named["name"] if named else "–"


def write_findings(import_id: int, path: Path) -> None:
    """Every finding as CSV that a spreadsheet cannot mistake for a formula."""
    import csv

    from fairpatch.records.queries.imports import FINDING_COLUMNS, stream_findings

    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(FINDING_COLUMNS)
        writer.writerows([disarm_cell(cell) for cell in row] for row in stream_findings(import_id))


def disarm_cell(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made plain text. Numbers are never touched."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def show_applied(applied: Applied) -> None:
    """What was done, in a few lines."""
    if applied.batch is None:
        typer.echo("Nothing to do: everything was here already. The ledger got no entry.")
        return
    for kind, counts in applied.kinds.items():
        typer.echo(f"{kind}: {counts['added']:,} added, {counts['changed']:,} changed")
    if applied.plan_id is not None:
        state = "is live" if applied.is_plan_active else "waits as a draft"
        typer.echo(f"The plan (number {applied.plan_id}) {state}.")
    if applied.accounts_owned:
        typer.echo(
            f"{applied.accounts_owned:,} accounts got their first owner on record; "
            f"{applied.unassigned:,} are unassigned, {applied.tied:,} tied."
        )
    if applied.reassigned:
        made = ", ".join(map(str, applied.realignment_ids))
        follows = f"Realignment: {made}." if made else "They wait for the next cycle."
        typer.echo(f"Accounts that belong elsewhere by what changed: {applied.reassigned:,}. {follows}")
    if not applied.is_routed:
        typer.echo("No plan is live yet: the first one decides and records who owns each account.")
    from fairpatch.records.queries.misplaced import count_company_misplaced

    unmoved = "" if applied.realignment_ids else "; nobody’s account was moved"
    typer.echo(f"{count_company_misplaced():,} accounts are misplaced{unmoved}.")
    typer.echo(f"Ledger batch {applied.batch}.")
