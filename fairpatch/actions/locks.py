"""How is an account pinned to a territory in a draft, and let go?"""

from dataclasses import dataclass
from datetime import date

from fairpatch.actions.drafts import edit_draft
from fairpatch.actions.seats import SavedRow
from fairpatch.core.errors import FairpatchError
from fairpatch.records.models import Lock, User
from fairpatch.records.visibility import NotFoundError, load_scope, visible_accounts

BACKWARDS = "A lock cannot end before it begins. Nothing was changed."
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
