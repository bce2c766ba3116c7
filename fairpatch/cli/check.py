"""How is `fairpatch check` spoken?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairpatch.cli.inputs import PlanFile, show_findings
from fairpatch.core.errors import FaultyInputError, Finding

FAULTY = 1


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
    findings = _collect(plan, accounts)
    errors = sum(finding.is_error for finding in findings)
    if as_json:
        typer.echo(json.dumps({"errors": errors, "findings": list(map(asdict, findings))}, indent=2))
    else:
        show_findings(findings)
        others = len(findings) - errors
        typer.echo(f"{errors} errors, {others} other findings." if findings else "Nothing to report.")
    if errors:
        sys.exit(FAULTY)


def _collect(plan_file: Path, account_file: Path | None) -> list[Finding]:
    from fairpatch.connectors.plan_files import load_plan
    from fairpatch.connectors.tables import read_account_file
    from fairpatch.core.plans.analysis import analyse_plan
    from fairpatch.core.rules.fields import STANDARD
    from fairpatch.engines.geo.repairs import find_repairs

    findings: list[Finding] = []
    catalogue = STANDARD
    try:
        loaded = load_plan(plan_file)
        catalogue = loaded.catalogue
        findings += [finding.at(plan_file.name) for finding in analyse_plan(loaded)]
    except FaultyInputError as fault:
        findings += fault.findings
    if account_file is not None:
        try:
            table = read_account_file(account_file, catalogue)
            findings += table.notices
            findings += find_repairs(table.rows, table.lines, table.file)
        except FaultyInputError as fault:
            findings += fault.findings
    return findings
