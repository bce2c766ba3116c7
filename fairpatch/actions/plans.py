"""How does a draft begin and end?"""

from django.db import connection

from fairpatch.actions.deed import Deed, deed
from fairpatch.actions.drafts import lock_draft
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.records.models import Organisation, Plan, User
from fairpatch.records.queries.calendar import read_today

NO_LIVE_PLAN = "There is no live plan yet to copy. No draft was made. Import a plan first."
LONG_NAME = "A plan's name has at most 200 characters. No draft was made."
PLAN_TABLES = (
    ("records_seat", "territory_id, rep_id, kind, from_on, until_on"),
    (
        "records_lock",
        "account_id_text, account_key, layer_id, territory_id, reason, approver, from_on, until_on",
    ),
)


def create_draft(actor: User, name: str | None) -> Plan:
    """A copy of the live plan. It shares the boundaries until they are edited."""
    with deed("create_draft", actor=actor, right=Right.EDIT_PLANS) as act:
        draft = copy_live_plan(act, actor, name)
        act.subject = f"plan:{draft.id}"
        act.detail["base"] = draft.base_id
    return draft


def copy_live_plan(act: Deed, actor: User, name: str | None) -> Plan:
    """A new draft with the live plan's boundaries, seats and locks."""
    organisation = Organisation.objects.select_related("active_plan").first()
    base = organisation.active_plan if organisation else None
    if base is None:
        raise FairpatchError("no_live_plan", NO_LIVE_PLAN)
    title = (name or "").strip() or f"Draft of {read_today(organisation).isoformat()}"
    if len(title) > 200:
        raise FairpatchError("wrong_value", LONG_NAME)
    draft = Plan.objects.create(
        name=title,
        layout_id=base.layout_id,
        base=base,
        currency=base.currency,
        created_by=actor,
        created_at=act.now,
    )
    with connection.cursor() as cursor:
        for table, columns in PLAN_TABLES:
            cursor.execute(
                f"INSERT INTO {table} (plan_id, {columns}) "  # noqa: S608 - names are ours
                f"SELECT %s, {columns} FROM {table} WHERE plan_id = %s ORDER BY id",
                [draft.id, base.id],
            )
    return draft


def archive_draft(actor: User, plan_id: int) -> None:
    """Puts a draft away; nothing of it is deleted."""
    with deed("archive_draft", actor=actor, right=Right.EDIT_PLANS, subject=f"plan:{plan_id}"):
        plan = lock_draft(actor, plan_id, None)
        plan.status = Plan.Status.ARCHIVED
        plan.save(update_fields=["status"])
