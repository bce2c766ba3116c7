"""How are `fairpatch plan export` and `fairpatch plan diff` spoken?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairpatch.cli.inputs import PlanFile

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


@app.callback()
def introduce_plans() -> None:
    """Write plans canonically and compare them."""


@app.command("export")
def export_plan(
    plan: PlanFile,
    out: Annotated[Path | None, typer.Option(help="Where to write; else to the terminal.")] = None,
) -> None:
    """Write a plan canonically: fixed order and layout, so that differences stay small."""
    from fairpatch.connectors.plan_files import load_plan
    from fairpatch.connectors.results import write_whole
    from fairpatch.core.plans.export import print_plan

    text = print_plan(load_plan(plan))
    if out is None:
        typer.echo(text, nl=False)
    else:

        def write(part: Path) -> None:
            part.write_text(text, encoding="utf-8", newline="\n")

        write_whole(out, write)


@app.command("diff")
def diff_plans(
    old: File,
    new: File,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Say what differs between two plans in meaning. Layout and order do not count."""
    from fairpatch.connectors.plan_files import load_plan
    from fairpatch.core.plans.diff import compare_plans

    changes = compare_plans(load_plan(old), load_plan(new))
    if as_json:
        rows = [{**asdict(change), "sentence": change.sentence} for change in changes]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=list))
    else:
        typer.echo("\n".join(change.sentence for change in changes) or "The plans mean the same.")
