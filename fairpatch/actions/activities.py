"""How is a call, meeting, e-mail or task written down?"""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from fairpatch.actions.deed import deed
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.core.rules.values import fold_code
from fairpatch.records.models import Account, Activity, User
from fairpatch.records.queries.account import shape_activity

NOT_ON_ROSTER = (
    "You are not on the roster, so nothing can be logged in your name. Ask an administrator to link you."
)
NO_SUBJECT = "An activity needs a subject of at most 255 characters. Nothing was logged."


@dataclass(frozen=True, slots=True)
class NewActivity:
    kind: str
    subject: str
    due_on: date | None = None
    done_on: date | None = None


def log_activity(actor: User, account: Account, new: NewActivity) -> dict[str, Any]:
    """One activity of the actor with an account the actor may see."""
    if actor.rep_id is None:
        raise FairpatchError("not_on_roster", NOT_ON_ROSTER)
    if not 0 < len(new.subject.strip()) <= 255:
        raise FairpatchError("wrong_value", NO_SUBJECT)
    with deed(
        "log_activity", actor=actor, right=Right.LOG_ACTIVITIES, subject=f"account:{account.id}"
    ) as act:
        external_id = f"fp-{secrets.token_hex(8)}"
        row = Activity.objects.create(
            external_id=external_id,
            key=fold_code(external_id) or external_id,
            account=account,
            rep_id=actor.rep_id,
            kind=new.kind,
            subject=new.subject.strip(),
            due_on=new.due_on,
            done_on=new.done_on,
        )
        act.detail["activity"] = row.id
    return shape_activity(row)
