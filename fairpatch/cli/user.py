"""How is `fairpatch user add|list` spoken: who may log in, and act on the command line with `--as`?"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
PASSWORD_VARIABLE = "FAIRPATCH_PASSWORD"  # noqa: S105 - the name of a variable


@app.callback()
def introduce_users() -> None:
    """Add users and list them. Whoever runs commands on this machine may do so."""
    from fairpatch.cli.serve import open_django

    open_django()


@app.command("add")
def add_user(
    email: Annotated[str, typer.Argument(help="E-mail: the name to log in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="rep, manager, director, planner, admin or auditor.")],
    rep: Annotated[str, typer.Option(help="Id of the rep who this person is.")] = "",
    territory: Annotated[
        list[str] | None, typer.Option(help="Code of a subtree to see and act in; may be repeated.")
    ] = None,
) -> None:
    """Add somebody. The password is asked for, or taken from FAIRPATCH_PASSWORD."""
    from fairpatch.actions.people import NewUser, create_user

    password = os.environ.get(PASSWORD_VARIABLE) or ask_password()
    rep_id = find_rep(rep) if rep else None
    user = create_user(None, NewUser(email, name, role, password, rep_id, tuple(territory or ())))
    typer.echo(f"{user.name} may log in as {user.email} ({user.role}).")


def ask_password() -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter(
            f"Set {PASSWORD_VARIABLE}, or run this in a terminal.", param_hint="password"
        )
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def find_rep(external_id: str) -> int:
    from fairpatch.core.errors import FairpatchError
    from fairpatch.records.models import Rep

    found = list(Rep.objects.filter(external_id=external_id).values_list("id", flat=True)[:2])
    if len(found) != 1:
        what = "There is no rep" if not found else "There is more than one rep"
        raise FairpatchError("not_found", f"{what} {external_id}. Nobody was added.")
    return int(found[0])


@app.command("list")
def list_people() -> None:
    """Everybody who may log in."""
    from fairpatch.records.models import User

    for user in User.objects.order_by("email"):
        state = "" if user.is_active else "  (shut out)"
        typer.echo(f"{user.email:<40}{user.role:<10}{user.name}{state}")
