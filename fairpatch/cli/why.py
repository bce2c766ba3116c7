"""How is `fairpatch why` spoken?"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from fairpatch.cli.inputs import AccountFile, DateOption, PlanFile, parse_day, read_inputs


def explain_file(
    plan: PlanFile,
    accounts: AccountFile,
    account: Annotated[str, typer.Option(help="The account's id.")],
    date: DateOption = None,
    layer: Annotated[str | None, typer.Option(help="Only this layer.")] = None,
    territory: Annotated[
        str | None,
        typer.Option(help="Also say why not this territory, and the least change that would bring it there."),
    ] = None,
    rep: Annotated[
        str | None, typer.Option(help="The same for the territories where this rep has the primary seat.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Say why an account lies where it lies: the winner, every claim that lost and why, near misses."""
    day = parse_day(date)
    loaded, table = read_inputs(plan, accounts)

    from fairpatch.core.routing.why import explain_account

    found = explain_account(loaded, table.rows, account, day, layer=layer, territory=territory, rep=rep)
    if as_json:
        answer = {"account": account, "date": day.isoformat(), "layers": [item.to_json() for item in found]}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
    else:
        typer.echo("\n".join(item.to_text() for item in found))
