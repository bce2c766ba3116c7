"""How is an account pinned to a territory in a draft, and let go? And what once a lock has lapsed?"""

from dataclasses import dataclass
from datetime import date

from fairpatch.actions.account_changes import Settled, open_finder, settle_changes
from fairpatch.actions.deed import deed
from fairpatch.actions.drafts import edit_draft
from fairpatch.actions.realignment_staging import lock_accounts
from fairpatch.actions.seats import SavedRow
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.records.models import Lock, Organisation, User
from fairpatch.records.queries.locks import find_unsettled_locks
from fairpatch.records.queries.routing import find_day
from fairpatch.records.visibility import NotFoundError, load_scope, visible_accounts

BACKWARDS = "A lock cannot end before it begins. Nothing was changed."
ALL_SETTLED = "No lock began or lapsed since its account was decided. Nothing was changed."
NO_REASON = "A lock needs a reason of at most 255 characters, so that others know why. Nothing was changed."


@dataclass(frozen=True, slots=True)
class NewLock:
    account_id: int
    territory: str
    reason: str
    layer: str | None = None
    from_on: date | None = None
    until_on: date | None = None


def add_lock(actor: User, plan_id: int, new: NewLock, expected: int | None) -> SavedRow:
    """Pins an account. Two locks of it in one layer that share a day are a fault."""
    if not 0 < len(new.reason.strip()) <= 255:
        raise FairpatchError("wrong_value", NO_REASON)
    if new.from_on and new.until_on and new.until_on < new.from_on:
        raise FairpatchError("wrong_value", BACKWARDS)
    with edit_draft("add_lock", actor, plan_id, expected, is_layout=False) as edit:
        node = edit.tree.by_code.get(new.territory)
        if node is None:
            raise NotFoundError("territory of this code in this plan")
        if new.layer is not None and new.layer != node.layer_code:
            raise NotFoundError("territory of this code in this layer")
        edit.require_reach(new.territory)
        account = visible_accounts(load_scope(actor)).filter(id=new.account_id).first()
        if account is None:
            raise NotFoundError("account of this number")
        row = Lock.objects.create(
            plan=edit.plan,
            account_id_text=account.external_id,
            account_key=account.key,
            layer_id=node.layer_id,
            territory_id=node.id,
            reason=new.reason.strip(),
            from_on=new.from_on,
            until_on=new.until_on,
        )
        edit.act.detail.update(territory=new.territory, account=account.id)
    return SavedRow(row.id, edit.plan.version)


@dataclass(frozen=True, slots=True)
class LockPatch:
    """The days and the reason as they shall be."""

    reason: str
    from_on: date | None = None
    until_on: date | None = None


def edit_lock(actor: User, plan_id: int, lock_id: int, new: LockPatch, expected: int | None) -> int:
    """Changes the days or the reason of a lock; answers the plan's new version."""
    if not 0 < len(new.reason.strip()) <= 255:
        raise FairpatchError("wrong_value", NO_REASON)
    if new.from_on and new.until_on and new.until_on < new.from_on:
        raise FairpatchError("wrong_value", BACKWARDS)
    with edit_draft("edit_lock", actor, plan_id, expected, is_layout=False) as edit:
        row = Lock.objects.filter(id=lock_id, plan=edit.plan).select_related("territory").first()
        if row is None:
            raise NotFoundError("lock of this number in this plan")
        edit.require_reach(row.territory.code)
        row.reason, row.from_on, row.until_on = new.reason.strip(), new.from_on, new.until_on
        row.save(update_fields=["reason", "from_on", "until_on"])
        edit.act.detail.update(territory=row.territory.code, lock=row.id)
    return edit.plan.version


def settle_locks(actor: User | None) -> Settled:
    """Lets accounts whose lock has begun or lapsed follow the plan, by the policies of their layers."""
    with deed("settle_locks", actor=actor, right=Right.REASSIGN_BULK) as act:
        lock_accounts("SHARE ROW EXCLUSIVE")
        organisation = Organisation.objects.select_related("active_plan").get()
        ids = find_unsettled_locks(organisation, find_day(organisation, act.now))
        if not ids:
            raise FairpatchError("nothing_to_change", ALL_SETTLED)
        family = open_finder(act).find_families(ids)
        return settle_changes(
            act,
            family,
            reason="Locks began or lapsed.",
            title=f"Locks of {len(ids):,} accounts",
            is_joining=False,
        )


def remove_lock(actor: User, plan_id: int, lock_id: int, expected: int | None) -> int:
    """Takes a lock out; answers the plan's new version."""
    with edit_draft("remove_lock", actor, plan_id, expected, is_layout=False) as edit:
        row = Lock.objects.filter(id=lock_id, plan=edit.plan).select_related("territory").first()
        if row is None:
            raise NotFoundError("lock of this number in this plan")
        edit.require_reach(row.territory.code)
        edit.act.detail.update(territory=row.territory.code, lock=row.id)
        row.delete()
    return edit.plan.version
