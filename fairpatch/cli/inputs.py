"""How do commands take a plan, accounts and a date, and tell all their faults together?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.rules.values import read_date

if TYPE_CHECKING:
    from fairpatch.connectors.tables import AccountTable
    from fairpatch.core.plans.plan import Plan

PlanFile = Annotated[Path, typer.Option("--plan", help="The plan, a YAML file.", exists=True, dir_okay=False)]
AccountFile = Annotated[
    Path, typer.Option("--accounts", help="The accounts, CSV or Parquet.", exists=True, dir_okay=False)
]
DateOption = Annotated[
    str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day to decide for; else today.")
]


def parse_day(text: str | None) -> dt.date:
    """The day of a --date option, or today."""
    if text is None:
        return dt.date.today()  # noqa: DTZ011 - the planner's own day
    day = read_date(text)
    if day is None:
        raise typer.BadParameter(f'"{text}" is not a date such as 2027-01-31.', param_hint="--date")
    return day


def read_inputs(plan_file: Path, account_file: Path) -> tuple[Plan, AccountTable]:
    """Both files, or the faults of both at once.

    When the plan is faulty its own fields are unknown, so accounts are checked by the standard ones.
    """
    from fairpatch.connectors.plan_files import load_plan
    from fairpatch.connectors.tables import read_account_file
    from fairpatch.core.rules.fields import STANDARD

    plan: Plan | None = None
    findings: list[Finding] = []
    try:
        plan = load_plan(plan_file)
    except FaultyInputError as fault:
        findings.extend(fault.findings)
    try:
        accounts = read_account_file(account_file, plan.catalogue if plan else STANDARD)
    except FaultyInputError as fault:
        findings.extend(fault.findings)
    if findings or plan is None:
        raise FaultyInputError(findings)
    return plan, accounts


def show_findings(findings: Iterable[Finding]) -> None:
    """Findings on stderr, one a line; there may be very many."""
    waiting = iter(findings)
    while lines := [str(finding) for finding in islice(waiting, 1000)]:
        typer.echo("\n".join(lines), err=True)
