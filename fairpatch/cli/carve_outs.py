"""How is `fairpatch plan carve-outs` spoken?"""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from fairpatch.cli.inputs import AccountFile, DateOption, PlanFile, parse_day, show_findings

if TYPE_CHECKING:
    from fairpatch.engines.routing.carving import CarveOut


def show_carve_outs(
    plan: PlanFile,
    accounts: AccountFile,
    date: DateOption = None,
    territory: Annotated[
        str | None, typer.Option(help="Only what this territory takes, and what is taken from it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Say what each territory takes from which other: who would have its accounts if it claimed nothing."""
    from fairpatch.cli.route import load_checked
    from fairpatch.cli.table_routing import read_columns
    from fairpatch.core.errors import FairpatchError
    from fairpatch.engines.routing.carving import sum_carve_outs

    day = parse_day(date)
    loaded = load_checked(plan, accounts)
    if territory is not None and territory not in {item.code for item in loaded.territories}:
        raise FairpatchError("not_found", f'The plan has no territory "{territory}".')
    arrays, columns = read_columns(accounts, loaded.catalogue)
    show_findings(arrays.notices)
    found = sum_carve_outs(loaded, columns, day)
    if territory is not None:
        found = [one for one in found if territory in (one.territory, one.base)]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    else:
        typer.echo(_write_lines(found))


def _write_lines(found: list[CarveOut]) -> str:
    lines = []
    for (layer, holder), shares in groupby(found, key=lambda one: (one.layer, one.territory)):
        lines.append(f"{holder} (layer {layer}) takes")
        lines += [f"  {_describe(one)}" for one in shares]
    return "\n".join(lines) or "No territory holds any account."


def _describe(one: CarveOut) -> str:
    ways = [f"{count} {word}" for count, word in ((one.named, "named"), (one.locked, "locked")) if count]
    counted = f"{one.accounts:,} account{'' if one.accounts == 1 else 's'}"
    told = f"{counted}, revenue {one.revenue:,.0f}{''.join(f', {way}' for way in ways)}"
    return f"{told}, {'that nobody else claims' if one.base is None else f'from {one.base}'}"
