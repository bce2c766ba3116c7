"""How is `fairpatch check` spoken?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairpatch.cli.inputs import PlanFile, parse_day, show_findings
from fairpatch.core.errors import FaultyInputError, Finding

if TYPE_CHECKING:
    from fairpatch.connectors.tables import AccountTable
    from fairpatch.core.plans.findings import PlanFinding, PlanReport
    from fairpatch.core.plans.plan import Plan

FAULTY = 1
MOST_SHOWN = 10
"""Findings of one kind in words; `--json` holds them all."""
MOST_IN_JSON = 20_000


def check_file(
    plan: PlanFile,
    accounts: Annotated[
        Path | None, typer.Option(help="Accounts to check as well.", exists=True, dir_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """List every fault of a plan, and what is allowed but surely not meant.

    Ends with status 1 when there are errors.
    """
    faults, notes, table, loaded = _read(plan, accounts)
    report = None if loaded is None else _analyse(loaded, table, MOST_IN_JSON if as_json else MOST_SHOWN)
    if report and report.totals.get("fault"):
        faults += [finding.at(plan.name) for finding in report.findings]
        report = None
    if as_json:
        _print_json(plan.name, faults, notes, report)
    else:
        _print_words(plan.name, faults, notes, report)
    if faults:
        sys.exit(FAULTY)


def _read(
    plan_file: Path, account_file: Path | None
) -> tuple[list[Finding], list[Finding], AccountTable | None, Plan | None]:
    """Faults of both files, notes about the accounts, the accounts, and the plan."""
    from fairpatch.connectors.plan_files import load_plan
    from fairpatch.connectors.tables import read_account_file
    from fairpatch.core.rules.fields import STANDARD
    from fairpatch.engines.geo.repairs import find_repairs

    faults: list[Finding] = []
    notes: list[Finding] = []
    loaded: Plan | None = None
    table: AccountTable | None = None
    try:
        loaded = load_plan(plan_file)
    except FaultyInputError as fault:
        faults += fault.findings
    if account_file is not None:
        try:
            table = read_account_file(account_file, loaded.catalogue if loaded else STANDARD)
            notes += table.notices
            notes += find_repairs(table.rows, table.lines, table.file)
        except FaultyInputError as fault:
            faults += fault.findings
    return faults, notes, table, loaded


def _analyse(plan: Plan, table: AccountTable | None, most: int) -> PlanReport:
    """What there is to say about the plan, and about what it does with the accounts, if there are any."""
    from fairpatch.core.plans.plan import fold_account_id
    from fairpatch.engines.analysis.analyse import add_findings, analyse_plan, choose_facts

    if table is None:
        return analyse_plan(plan, choose_facts(plan), most=most)
    known = frozenset(fold_account_id(row.get("id")) for row in table.rows)
    report = analyse_plan(plan, choose_facts(plan), known, most)
    if report.totals.get("fault"):
        return report
    return add_findings(report, _route_accounts(plan, table), most)


def _route_accounts(plan: Plan, table: AccountTable) -> Iterator[PlanFinding]:
    from fairpatch.connectors.account_arrays import spread_rows
    from fairpatch.engines.analysis.outcomes import judge_outcome
    from fairpatch.engines.routing.columns import AccountColumns
    from fairpatch.engines.routing.result import route_columns

    columns = AccountColumns(spread_rows(table).columns, plan.catalogue)
    return judge_outcome(plan, route_columns(plan, columns, parse_day(None)))


def _print_json(file: str, faults: list[Finding], notes: list[Finding], report: PlanReport | None) -> None:
    found = [finding.at(file) for finding in report.findings] if report else []
    answer = {
        "errors": len(faults),
        "findings": [asdict(finding) for finding in (*faults, *found, *notes)],
        "totals": dict(report.totals) if report else {"fault": len(faults)},
        "overlapping": report.pairs if report else {},
    }
    typer.echo(json.dumps(answer, indent=2))


def _print_words(file: str, faults: list[Finding], notes: list[Finding], report: PlanReport | None) -> None:
    from fairpatch.core.plans.findings import KIND_TITLES, KINDS

    show_findings(faults)
    others = len(notes)
    for kind in KINDS if report else ():
        assert report is not None
        total = report.totals.get(kind, 0)
        others += total
        found = [finding.at(file) for finding in report.findings if finding.kind == kind]
        _print_group(f"{KIND_TITLES[kind]} ({total:,})", found, total)
    _print_group(f"In the accounts ({len(notes):,})", notes[:MOST_SHOWN], len(notes))
    typer.echo(
        f"{len(faults):,} errors, {others:,} other findings." if faults or others else "Nothing to report."
    )


def _print_group(title: str, found: Sequence[Finding], total: int) -> None:
    if not found:
        return
    typer.echo(f"\n{title}")
    for finding in found:
        hint = f" {finding.suggestion}" if finding.suggestion and " " in finding.suggestion else ""
        typer.echo(f"  {finding}{hint}")
    if total > len(found):
        typer.echo(f"  … and {total - len(found):,} more; --json lists them.")
