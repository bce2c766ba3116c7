"""How are `fairpatch realign propose|list|show|approve|reject|cancel|execute|undo|rebase|update` spoken?

Whoever runs commands on the machine acts for a user, named by `--as EMAIL`, with that user's rights.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:
    from fairpatch.core.plans.merge import Side
    from fairpatch.records.models import Realignment, User

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
AsUser = Annotated[str, typer.Option("--as", help="E-mail of the user to act for.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Number = Annotated[int, typer.Argument(help="Number of the realignment.")]
MOST_SHOWN = 50


@app.callback()
def introduce_realignments() -> None:
    """Propose, approve and execute changes of ownership, and take them back."""
    from fairpatch.cli.serve import open_django

    open_django()


def find_actor(email: str) -> User:
    from fairpatch.core.errors import FairpatchError
    from fairpatch.records.models import User

    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise FairpatchError("not_found", f"There is no user {email}.")
    return user


@app.command("propose")
def propose(
    as_user: AsUser,
    reason: Annotated[str, typer.Option(help="Why.")],
    plan: Annotated[int | None, typer.Option(help="A draft plan to make live.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="An account's id; may be repeated.")] = None,
    territory: Annotated[
        str | None, typer.Option(help="Where the accounts go, or what is handed over.")
    ] = None,
    rep: Annotated[str | None, typer.Option(help="Id of the rep who takes the territory.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day of the accounts' lock.")] = None,
    deals: Annotated[str, typer.Option(help="follow_territory or stay_with_rep.")] = "follow_territory",
    preview: Annotated[bool, typer.Option(help="Only say what would move; keep nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose a draft plan, accounts for a territory, or a territory for a rep."""
    from fairpatch.actions.realignment import preview_realignment, propose_realignment

    actor = find_actor(as_user)
    intent = read_options(plan, account, territory, rep, until)
    if preview:
        found = preview_realignment(actor, intent, deal_policy=deals)
        if as_json:
            typer.echo(json.dumps({"impact": found.impact, "moves": found.moves_sample}, indent=2))
            return
        typer.echo(
            f"{found.move_count} moves, {found.deal_move_count} deals would go along. Nothing was kept."
        )
        print_impact(found.impact)
        return
    show(propose_realignment(actor, intent, reason=reason, deal_policy=deals), as_json)


def read_options(
    plan: int | None, accounts: list[str] | None, territory: str | None, rep: str | None, until: str | None
) -> Any:
    """The intent that the options name; exactly one kind."""
    from fairpatch.actions.realignment import AccountsIntent, HandoverIntent, PlanIntent
    from fairpatch.core.plans.plan import fold_account_id
    from fairpatch.records.models import Account, Rep

    if plan is not None and not (accounts or territory or rep):
        return PlanIntent(plan)
    if plan is None and territory and accounts and not rep:
        ids = []
        for text in accounts:
            found = Account.objects.filter(key=fold_account_id(text)).values_list("id", flat=True).first()
            if found is None:
                raise typer.BadParameter(f"There is no account {text}.")
            ids.append(found)
        return AccountsIntent(tuple(ids), territory, until_on=date.fromisoformat(until) if until else None)
    if plan is None and territory and rep and not accounts:
        holder = Rep.objects.filter(key=fold_account_id(rep)).first()
        if holder is None:
            raise typer.BadParameter(f"There is no rep {rep}.")
        return HandoverIntent(territory, holder.pk)
    raise typer.BadParameter("Give --plan, or --account with --territory, or --territory with --rep.")


@app.command("list")
def list_all(status: Annotated[str | None, typer.Option()] = None, as_json: AsJson = False) -> None:
    """List realignments, the newest first."""
    from fairpatch.records.models import Realignment

    rows = Realignment.objects.select_related("proposed_by").order_by("-id")
    if status:
        rows = rows.filter(status=status)
    if as_json:
        typer.echo(json.dumps([describe(row) for row in rows], indent=2))
        return
    print_table(
        ("No.", "Title", "Kind", "Status", "Moves", "Deals", "Proposed by"),
        [(r.pk, r.title, r.kind, r.status, r.move_count, r.deal_move_count, r.proposer_name) for r in rows],
    )


@app.command("show")
def show_one(number: Number, as_json: AsJson = False) -> None:
    """Show one realignment: impact, approvals, moves, and what drifted."""
    from fairpatch.core.errors import FairpatchError
    from fairpatch.records.models import Realignment

    found = Realignment.objects.filter(pk=number).first()
    if found is None:
        raise FairpatchError("not_found", f"There is no realignment {number}.")
    show(found, as_json, is_whole=True)


@app.command("approve")
def approve(number: Number, as_user: AsUser, comment: str = "", as_json: AsJson = False) -> None:
    """Say yes to somebody else's proposal."""
    from fairpatch.actions.realignment import approve_realignment

    show(approve_realignment(find_actor(as_user), number, comment), as_json)


@app.command("reject")
def reject(number: Number, as_user: AsUser, comment: str, as_json: AsJson = False) -> None:
    """Say no, and why."""
    from fairpatch.actions.realignment import reject_realignment

    show(reject_realignment(find_actor(as_user), number, comment), as_json)


@app.command("cancel")
def cancel(number: Number, as_user: AsUser, as_json: AsJson = False) -> None:
    """Take a proposal back."""
    from fairpatch.actions.realignment import cancel_realignment

    show(cancel_realignment(find_actor(as_user), number), as_json)


@app.command("execute")
def execute(number: Number, as_user: AsUser, as_json: AsJson = False) -> None:
    """Apply an approved realignment, all of it or nothing. Exit status 1 and the list when it drifted."""
    from fairpatch.actions.realignment import DriftedError, execute_realignment

    try:
        done = execute_realignment(find_actor(as_user), number)
    except DriftedError as error:
        if as_json:
            typer.echo(json.dumps({"code": error.code, "drift": error.drift}, indent=2))
        for item in () if as_json else error.drift:
            typer.echo(item["sentence"], err=True)
        raise
    show(done, as_json)


@app.command("undo")
def undo(number: Number, as_user: AsUser, reason: str, as_json: AsJson = False) -> None:
    """Propose the way back of the newest executed realignment."""
    from fairpatch.actions.realignment import undo_realignment

    show(undo_realignment(find_actor(as_user), number, reason=reason), as_json)


@app.command("rebase")
def rebase(number: Number, as_user: AsUser, as_json: AsJson = False) -> None:
    """Propose the same again on today's data."""
    from fairpatch.actions.realignment import rebase_realignment

    show(rebase_realignment(find_actor(as_user), number), as_json)


@app.command("update")
def update(
    as_user: AsUser,
    plan: Annotated[int, typer.Option(help="A draft that the live plan has overtaken.")],
    prefer: Annotated[
        str | None, typer.Option(help="Whose word counts where both changed the same: draft or live.")
    ] = None,
) -> None:
    """Bring a draft plan up to date with the live plan, so that it can be proposed."""
    from fairpatch.actions.draft_updates import update_draft

    if prefer not in (None, "draft", "live"):
        raise typer.BadParameter("Say draft or live.", param_hint="--prefer")
    fresh = update_draft(find_actor(as_user), plan, prefer=cast("Side | None", prefer))
    typer.echo(f"{fresh.name} is up to date with the live plan. Propose it when you are ready.")


def describe(realignment: Realignment) -> dict[str, Any]:
    """A realignment as JSON."""
    return {
        "id": realignment.pk,
        "title": realignment.title,
        "kind": realignment.kind,
        "status": realignment.status,
        "reason": realignment.reason,
        "moves": realignment.move_count,
        "deals": realignment.deal_move_count,
        "impact": realignment.impact,
        "drift": realignment.drift,
        "target_plan": realignment.target_plan_id,
        "batch": realignment.batch,
    }


def show(realignment: Realignment, as_json: bool, *, is_whole: bool = False) -> None:
    """Says how a realignment stands."""
    if as_json:
        typer.echo(json.dumps(describe(realignment), indent=2))
        return
    batch = f", proved by batch {realignment.batch}" if realignment.batch else ""
    typer.echo(
        f"Realignment {realignment.pk} ({realignment.title}) is {realignment.status}: "
        f"{realignment.move_count} moves, {realignment.deal_move_count} deals go along{batch}."
    )
    if is_whole:
        print_impact(realignment.impact)
        print_moves(realignment)
        for item in realignment.drift:
            typer.echo(f"Drifted: {item['sentence']}")


def print_impact(impact: dict[str, Any]) -> None:
    from fairpatch.records.models import Rep

    names = dict(Rep.objects.values_list("id", "name"))
    print_table(
        ("Rep", "Accounts in", "out", "before", "after", "Open deals in", "out"),
        [
            (
                names[row["rep_id"]],
                row["in"]["accounts"],
                row["out"]["accounts"],
                row["before"]["accounts"],
                row["after"]["accounts"],
                row["in"]["open_deals"],
                row["out"]["open_deals"],
            )
            for row in impact["reps"]
        ],
    )


def print_moves(realignment: Realignment) -> None:
    from fairpatch.records.queries.realignments import select_moves

    print_table(
        ("Account", "Layer", "From", "To", "Territory", "Why"),
        [
            (
                move.account.external_id,
                move.layer.code,
                str(move.from_rep or ""),
                str(move.to_rep or ""),
                move.to_territory.code if move.to_territory else "",
                move.reason,
            )
            for move in select_moves(realignment.pk)[:MOST_SHOWN]
        ],
    )
    if realignment.move_count > MOST_SHOWN:
        typer.echo(f"… and {realignment.move_count - MOST_SHOWN} more.")


def print_table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(str, row))
    Console().print(table)
