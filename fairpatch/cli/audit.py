"""How are `fairpatch audit export`, `verify`, `check` and `rotate-key` spoken?

`verify` needs neither a database nor Django: it is for whoever does not trust the server.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@app.callback()
def introduce_audit() -> None:
    """Take the ledger out, verify it anywhere, and compare owners with their records."""


@app.command("export")
def export_to_file(
    out: Annotated[Path | None, typer.Option(help="Where to write; else to the terminal.")] = None,
) -> None:
    """Write the whole ledger as JSON lines: keys, signed heads, entries."""
    from fairpatch.cli.serve import open_django
    from fairpatch.connectors.results import write_whole

    open_django()
    from fairpatch.records.ledger import export_ledger, name_head, read_newest_head

    if out is None:
        sys.stdout.writelines(export_ledger())
        return

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(export_ledger())

    write_whole(out, write)
    newest = read_newest_head()
    if newest is not None:
        typer.echo(f"Written to {out}. Newest head, to be kept outside: {name_head(newest)}")


@app.command("verify")
def verify_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    expect_head: Annotated[
        str | None, typer.Option(help="BATCH:HASH of a head kept outside; it must be in the file.")
    ] = None,
    expect_key: Annotated[str | None, typer.Option(help="The first key's name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check every entry and signature of an exported ledger, or a proof file. Exit status 1 when anything
    is wrong.
    """
    from fairpatch.core.audit.verify import verify_export

    proof = read_proof(file)
    if proof is not None:
        raise typer.Exit(0 if show_proof(proof, expect_key, as_json) else 1)
    with file.open(encoding="utf-8", errors="replace") as lines:
        report = verify_export(lines, expect_head, expect_key)
    if as_json:
        faults = [fault._asdict() for fault in report.faults]
        content = {**asdict(report), "ok": report.ok, "faults": faults, "sentence": report.sentence}
        typer.echo(json.dumps(content, indent=2))
    else:
        for fault in report.faults:
            typer.echo(fault.sentence, err=True)
        typer.echo(report.sentence)
        if report.ok:
            typer.echo(
                f"Signed first with key {report.first_key}; personal data erased from {report.erased}."
            )
    raise typer.Exit(0 if report.ok else 1)


def read_proof(file: Path) -> dict[str, Any] | None:
    """The proof in the file; None when it holds something else, such as a ledger of many lines."""
    with file.open(encoding="utf-8", errors="replace") as text:
        if text.readline().startswith('{"t":'):
            return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return content if isinstance(content, dict) and "fairpatch_proof" in content else None


def show_proof(proof: dict[str, Any], expect_key: str | None, as_json: bool) -> bool:
    from fairpatch.core.audit.verify import verify_proof

    steps = verify_proof(proof, expect_key)
    is_sound = all(step.ok for step in steps)
    if as_json:
        typer.echo(json.dumps({"ok": is_sound, "steps": [step._asdict() for step in steps]}, indent=2))
        return is_sound
    for step in steps:
        typer.echo(f"{'holds' if step.ok else 'FAILS'}  {step.sentence}")
    typer.echo("The proof holds." if is_sound else "The proof does not hold.")
    if is_sound and expect_key is None:
        typer.echo("Compare the key’s name with one you trust, or give it as --expect-key.")
    return is_sound


@app.command("check")
def check_owners(as_json: AsJson = False) -> None:
    """Compare every account's owner and territory with the records. Exit status 1 when they differ."""
    from fairpatch.cli.serve import open_django

    open_django()
    from fairpatch.actions.ownership import check_ownership

    faults = check_ownership()
    if as_json:
        typer.echo(json.dumps([asdict(fault) for fault in faults], indent=2))
    else:
        for fault in faults:
            typer.echo(f"{fault.external_id}: {fault.sentence}", err=True)
        typer.echo("Owners and records agree." if not faults else f"{len(faults)} accounts differ.")
    raise typer.Exit(1 if faults else 0)


@app.command("rotate-key")
def rotate_key() -> None:
    """Let the present signing key introduce a new one, which signs from then on."""
    from fairpatch.cli.serve import open_django

    open_django()
    from fairpatch.actions.deed import rotate_signing_key

    head = rotate_signing_key(None)
    typer.echo(f"Key {head.detail['key']} signs from batch {head.batch + 1} on.")
