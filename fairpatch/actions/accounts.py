"""How does an account come to be and change? Its data only: what that moves goes by the layers' policies."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairpatch.actions.account_changes import Settled, open_finder, settle_changes
from fairpatch.actions.account_fields import clean_fields, find_long_texts, find_position_faults
from fairpatch.actions.deed import Deed, deed, explain_database_errors, require_right
from fairpatch.actions.ownership import begin_ownership
from fairpatch.actions.realignment_staging import lock_accounts
from fairpatch.core.errors import FairpatchError, FaultyInputError, Finding
from fairpatch.core.people.roles import Right
from fairpatch.core.realignment.changes import Effect
from fairpatch.core.rules.values import fold_code
from fairpatch.engines.geo.places import open_places
from fairpatch.records.models import Account, User
from fairpatch.records.queries.account_changes import ChangeFinder, describe_effects
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts

PLACE_FIELDS = frozenset({"country", "state", "city", "postal_code"})
OUT_OF_REACH = (
    "By these data the account would belong to a territory outside your scope. Nothing was created. Check "
    "the address, or ask somebody with a wider scope."
)
STALE = "Somebody changed this account since you opened it. Nothing was changed. Reload it and try again."
ID_TAKEN = "Another account has the id {}. Nothing was created. Choose another id."


@dataclass(frozen=True)
class Saved:
    """An account as it was saved, and what came of it for itself and its family."""

    account: Account
    settled: Settled


def create_account(actor: User, scope: Scope, fields: dict[str, Any]) -> int:
    """A new account's id; the live plan decides at once who owns it."""
    with deed("create_account", actor=actor, right=Right.EDIT_ACCOUNTS) as act:
        account = _add(scope, fields, act.now)
        act.subject = f"account:{account.id}"
        act.detail["fields"] = sorted(fields)
        if scope.plan is not None:
            finder = open_finder(act)
            _settle_relatives(act, finder, account)
            begin_ownership(act, account, finder.router)
        if not (scope.sees_all or visible_accounts(scope).filter(id=account.id).exists()):
            raise FairpatchError("out_of_reach", OUT_OF_REACH)
    return account.id


def _settle_relatives(act: Deed, finder: ChangeFinder, account: Account) -> None:
    """Where families are decided together, a new office may move the others."""
    if account.parent_id is not None and finder.has_families:
        relatives = finder.find_families([account.id]) - {account.id}
        settle_changes(act, relatives, reason=f"{account.name} joined the family.")


def edit_account(actor: User, scope: Scope, account_id: int, fields: dict[str, Any], version: int) -> Saved:
    """Changes an account's data, if still the version that was read; the layers' policies settle the rest."""
    with deed("edit_account", actor=actor, right=Right.EDIT_ACCOUNTS, subject=f"account:{account_id}") as act:
        lock_accounts("SHARE ROW EXCLUSIVE")
        before = open_finder(act).find_families([account_id]) if scope.plan is not None else set()
        account = _change(scope, account_id, fields, version, act.now)
        act.detail["fields"] = sorted(fields)
        settled = Settled()
        if scope.plan is not None:
            family = before | open_finder(act).find_families([account.id])
            settled = settle_changes(act, family, reason=_say_changed(account, fields))
    account.refresh_from_db()
    return Saved(account, settled)


def preview_account(
    actor: User, scope: Scope, account_id: int | None, fields: dict[str, Any], version: int | None = None
) -> dict[str, Any]:
    """What creating or changing an account would bring about. Done in full and dropped again."""
    require_right(actor, Right.EDIT_ACCOUNTS)
    if scope.plan is None or scope.organisation is None:
        return {"effects": [], "hidden": 0, "outcomes": []}
    with explain_database_errors(), transaction.atomic():
        finder = ChangeFinder(scope.organisation, scope.today)
        if account_id is None:
            account = _add(scope, fields, timezone.now())
            family = finder.find_families([account.id])
            own = _foresee_first(finder, account)
            effects = own + finder.find_effects(sorted(family - {account.id}))[0]
        else:
            family = finder.find_families([account_id])
            account = _change(scope, account_id, fields, version, timezone.now())
            finder = ChangeFinder(scope.organisation, scope.today)
            effects = finder.find_effects(sorted(family | finder.find_families([account.id])))[0]
        described = describe_effects(scope, effects, account.id, is_new=account_id is None)
        transaction.set_rollback(True)
    return described


def _foresee_first(finder: ChangeFinder, account: Account) -> list[Effect]:
    """Where a new account goes: nothing is asked of a policy, it has been nowhere before."""
    rulings = finder.router.rule_accounts([account.id])
    return [
        Effect(pk, layer, "at_once", None, ruling.territory_id, None, ruling.rep_id, ruling.grounds.cause)
        for (pk, layer), ruling in sorted(rulings.items())
    ]


def _say_changed(account: Account, fields: dict[str, Any]) -> str:
    named = ", ".join(
        sorted(name.removesuffix("_id").removesuffix("_minor").replace("_", " ") for name in fields)
    )
    return f"{account.name[:120]}: {named} changed."


def _add(scope: Scope, fields: dict[str, Any], now: datetime) -> Account:
    fields = dict(fields)
    external_id = (fields.pop("external_id", None) or f"fp-{secrets.token_hex(5)}").strip()
    key = fold_code(external_id) or ""
    if Account.objects.filter(key=key).exists():
        raise FairpatchError("id_taken", ID_TAKEN.format(external_id))
    account = Account(external_id=external_id, key=key, created_at=now, updated_at=now)
    assert scope.organisation is not None, "an account belongs to an organisation"
    account.owner_id = scope.organisation.queue_keeper_id
    _apply_fields(scope, account, fields)
    account.save()
    return account


def _change(
    scope: Scope, account_id: int, fields: dict[str, Any], version: int | None, now: datetime
) -> Account:
    account = Account.objects.select_for_update().filter(id=account_id).first()
    if account is None or not visible_accounts(scope).filter(id=account_id).exists():
        raise NotFoundError("account of this number")
    if version is not None and account.version != version:
        raise FairpatchError("stale", STALE)
    _apply_fields(scope, account, fields)
    account.updated_at = now
    columns = {"parent": "parent", **{name: name for name in fields}}
    columns.pop("parent_id", None)
    placed = ("latitude", "longitude", "position_origin", "metro", "updated_at")
    account.save(update_fields=sorted({*columns, *placed}))
    return account


def _apply_fields(scope: Scope, account: Account, fields: dict[str, Any]) -> None:
    """Sets cleaned values; every fault at once."""
    faults: list[Finding] = []
    cleaned = clean_fields(fields, account.custom, faults)
    for name, value in cleaned.items():
        setattr(account, name, value)
    if "parent_id" in fields:
        _check_parent(scope, account, faults)
    _find_position(account, fields)
    faults += find_long_texts(account)
    faults += find_position_faults(account)
    if faults:
        raise FaultyInputError(faults, "account_faulty")


def _check_parent(scope: Scope, account: Account, faults: list[Finding]) -> None:
    """The parent exists in sight and is no office of this account."""
    above = account.parent_id
    if above is not None and not visible_accounts(scope).filter(id=above).exists():
        faults.append(
            Finding("error", "parent_id", "There is no account of this number, or you may not see it.")
        )
        return
    if account.pk is None:
        return  # nobody stands below an account that is not there yet
    seen: set[int] = set()
    while above is not None and above not in seen:
        if above == account.id:
            faults.append(Finding("error", "parent_id", "An account cannot stand below itself."))
            return
        seen.add(above)
        above = Account.objects.filter(id=above).values_list("parent_id", flat=True).first()


def _find_position(account: Account, fields: dict[str, Any]) -> None:
    """A given position stays; without one it is looked up from postal code or city, and said to be so."""
    origins = Account.PositionOrigin
    if fields.get("latitude") is not None or fields.get("longitude") is not None:
        account.position_origin = origins.GIVEN
        return
    is_asked = "latitude" in fields or "longitude" in fields
    is_moved = bool(PLACE_FIELDS & fields.keys()) and account.position_origin != origins.GIVEN
    if not (is_asked or is_moved):
        return
    place = open_places().locate(account.country, account.state, account.postal_code, account.city)
    account.latitude = place.latitude if place else None
    account.longitude = place.longitude if place else None
    account.position_origin = place.origin if place else origins.NONE
    if place is not None and "metro" not in fields:
        account.metro = place.metro
