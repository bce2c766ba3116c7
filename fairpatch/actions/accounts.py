"""How does an account come to be and change? Its data only: the owner changes by realignment."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError

from fairpatch.actions.account_fields import clean_fields, find_long_texts
from fairpatch.actions.deed import deed
from fairpatch.actions.ownership import record_initial_ownership, refresh_assignments
from fairpatch.core.errors import FairpatchError, FaultyInputError, Finding
from fairpatch.core.people.roles import Right
from fairpatch.core.rules.values import fold_code
from fairpatch.engines.geo.places import Places
from fairpatch.records.models import Account, Organisation, User
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts

PLACES = Places()
PLACE_FIELDS = frozenset({"country", "state", "city", "postal_code"})
OUT_OF_REACH = (
    "By these data the account would belong to a territory outside your scope. Nothing was created. Check "
    "the address, or ask somebody with a wider scope."
)
STALE = "Somebody changed this account since you opened it. Nothing was changed. Reload it and try again."
ID_TAKEN = "Another account has the id {}. Nothing was created. Choose another id."


def create_account(actor: User, scope: Scope, fields: dict[str, Any]) -> Account:
    """A new account; the live plan decides at once who owns it."""
    fields = dict(fields)
    external_id = (fields.pop("external_id", None) or f"fp-{secrets.token_hex(5)}").strip()
    key = fold_code(external_id) or ""
    with deed("create_account", actor=actor, right=Right.EDIT_ACCOUNTS) as act:
        if Account.objects.filter(key=key).exists():
            raise FairpatchError("id_taken", ID_TAKEN.format(external_id))
        account = Account(external_id=external_id, key=key, created_at=act.now, updated_at=act.now)
        account.owner_id = Organisation.objects.values_list("queue_keeper_id", flat=True).get()
        _apply_fields(scope, account, fields)
        account.save()
        act.subject = f"account:{account.id}"
        act.detail["fields"] = sorted(fields)
        if scope.plan is not None:
            record_initial_ownership(act, [account.id])
        if not visible_accounts(scope).filter(id=account.id).exists():
            raise FairpatchError("out_of_reach", OUT_OF_REACH)
    account.refresh_from_db()
    return account


def edit_account(actor: User, scope: Scope, account_id: int, fields: dict[str, Any], version: int) -> Account:
    """Changes an account's data, if still the version that was read; decisions follow, the owner stays."""
    with deed("edit_account", actor=actor, right=Right.EDIT_ACCOUNTS, subject=f"account:{account_id}") as act:
        account = Account.objects.select_for_update().filter(id=account_id).first()
        if account is None or not visible_accounts(scope).filter(id=account_id).exists():
            raise NotFoundError("account of this number")
        if account.version != version:
            raise FairpatchError("stale", STALE)
        _apply_fields(scope, account, fields)
        account.updated_at = act.now
        columns = {"parent": "parent", **{name: name for name in fields}}
        columns.pop("parent_id", None)
        placed = ("latitude", "longitude", "position_origin", "metro", "updated_at")
        account.save(update_fields=sorted({*columns, *placed}))
        act.detail["fields"] = sorted(fields)
        if scope.plan is not None:
            refresh_assignments(act, [account.id])
    account.refresh_from_db()
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
    try:
        account.validate_constraints(exclude=["key"])
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            faults += [Finding("error", "" if name == "__all__" else name, message) for message in messages]
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
    place = PLACES.locate(account.country, account.state, account.postal_code, account.city)
    account.latitude = place.latitude if place else None
    account.longitude = place.longitude if place else None
    account.position_origin = place.origin if place else origins.NONE
    if place is not None and "metro" not in fields:
        account.metro = place.metro
