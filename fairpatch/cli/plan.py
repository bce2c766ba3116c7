"""How are `fairpatch plan export|diff|apply|carve-outs` spoken?

Export and diff of files need no database; export without a file and apply speak with the company's.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairpatch.cli.carve_outs import show_carve_outs

if TYPE_CHECKING:
    from fairpatch.core.plans.plan import Plan

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
app.command("carve-outs")(show_carve_outs)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


@app.callback()
def introduce_plans() -> None:
    """Write plans canonically and compare them."""


@app.command("export")
def export_plan(
    plan: Annotated[
        Path | None,
        typer.Option(help="A YAML file; else the plan that is live.", exists=True, dir_okay=False),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write; else to the terminal.")] = None,
) -> None:
    """Write a plan canonically: fixed order and layout, so that differences stay small."""
    from fairpatch.connectors.plan_files import load_plan
    from fairpatch.connectors.results import write_whole
    from fairpatch.core.plans.export import print_plan

    text = print_plan(load_plan(plan) if plan else load_live_plan())
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


@app.command("apply")
def apply_plan(
    plan: File,
    as_user: Annotated[str, typer.Option("--as", help="E-mail of the user to act for.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    deals: Annotated[str, typer.Option(help="follow_territory or stay_with_rep.")] = "follow_territory",
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Propose that a plan written as text becomes the live one. Nothing moves until it is approved."""
    from fairpatch.actions.plan_text import propose_plan_text
    from fairpatch.cli.realign import find_actor, show
    from fairpatch.connectors.plan_files import load_plan, read_plan_text
    from fairpatch.core.plans.diff import compare_plans

    live, wanted = load_live_plan(), load_plan(plan)
    if not compare_plans(live, wanted):
        typer.echo("The live plan means the same already. Nothing was proposed.")
        return
    show(propose_plan_text(find_actor(as_user), read_plan_text(plan), reason, deals), as_json)


def load_live_plan() -> Plan:
    """The plan that decides now."""
    from fairpatch.cli.serve import open_django

    open_django()
    from fairpatch.core.errors import FairpatchError
    from fairpatch.records.models import Organisation
    from fairpatch.records.queries.plan_rows import load_core_plan

    organisation = Organisation.objects.select_related("active_plan").first()
    if organisation is None or organisation.active_plan is None:
        raise FairpatchError("no_live_plan", "There is no live plan yet. Import the territories first.")
    return load_core_plan(organisation.active_plan)
