"""Which commands does `fairpatch` have, and where is each one spoken?

A command is one line in `COMMANDS`; its module is imported when the command is used, so that none
pays for another's libraries.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer
from typer.core import TyperGroup

from fairpatch.core.errors import FairpatchError, FaultyInputError

DONE, FAULTY, WRONG_USAGE = 0, 1, 2

COMMANDS: dict[str, str] = {
    "route": "fairpatch.cli.route:route_file",
    "why": "fairpatch.cli.why:explain_file",
    "check": "fairpatch.cli.check:check_file",
    "plan": "fairpatch.cli.plan:app",
    "design": "fairpatch.cli.design:design_territories",
    "import": "fairpatch.cli.imports:app",
    "realign": "fairpatch.cli.realign:app",
    "audit": "fairpatch.cli.audit:app",
    "user": "fairpatch.cli.user:app",
    "demo": "fairpatch.cli.demo:app",
    "serve": "fairpatch.cli.serve:serve_site",
    "migrate": "fairpatch.cli.serve:migrate_databases",
    "worker": "fairpatch.cli.serve:run_worker",
}
"""Command: module and attribute. The attribute is a function with typer's options, or a typer app."""


class LazyCommands(TyperGroup):
    """Commands that are imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for name, place in COMMANDS.items() if find_spec(place.partition(":")[0])]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        place = COMMANDS.get(cmd_name)
        if place is None or find_spec(place.partition(":")[0]) is None:
            return None
        module, _, attribute = place.partition(":")
        spoken = getattr(import_module(module), attribute)
        if not isinstance(spoken, typer.Typer):
            single = typer.Typer(add_completion=False, rich_markup_mode=None)
            single.command(cmd_name)(spoken)
            spoken = single
        command = typer.main.get_command(spoken)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=LazyCommands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def greet() -> None:
    """Sales territories: one owner per account, every change explained, provable and reversible."""


def main() -> None:
    """Runs a command. Faults of the input end with status 1, wrong usage with 2; both on stderr."""
    try:
        app(prog_name="fairpatch")
    except FaultyInputError as fault:
        for finding in fault.findings:
            print(finding, file=sys.stderr)
        sys.exit(FAULTY)
    except FairpatchError as fault:
        print(fault.sentence, file=sys.stderr)
        sys.exit(FAULTY)
