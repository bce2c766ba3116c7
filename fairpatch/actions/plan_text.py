"""How does a plan written as text replace a draft's content, or become a proposal? Wholly, or not at all."""

from dataclasses import replace

from django.db import transaction

from fairpatch.actions.deed import deed
from fairpatch.actions.drafts import check_draft, lock_draft
from fairpatch.actions.plan_rows import write_plan
from fairpatch.actions.plans import create_draft
from fairpatch.actions.realignment import PlanIntent, propose_realignment
from fairpatch.core.people.roles import Right
from fairpatch.core.plans.text import read_plan
from fairpatch.records.models import Lock, Plan, Realignment, Seat, User


def replace_draft_text(actor: User, plan_id: int, text: str, expected: int | None) -> Plan:
    """Puts the text's layers, territories, lists, seats and locks in place of the draft's."""
    core = read_plan(text)
    with deed("replace_draft", actor=actor, right=Right.REPLACE_PLANS, subject=f"plan:{plan_id}") as act:
        plan = lock_draft(actor, plan_id, expected)
        written = write_plan(act, replace(core, name=core.name or plan.name), created_by=actor)
        Seat.objects.filter(plan=plan).delete()
        Lock.objects.filter(plan=plan).delete()
        Seat.objects.filter(plan=written).update(plan=plan)
        Lock.objects.filter(plan=written).update(plan=plan)
        plan.layout_id = written.layout_id
        plan.name, plan.effective_on, plan.currency = written.name, written.effective_on, written.currency
        plan.version += 1
        plan.save(update_fields=["layout", "name", "effective_on", "currency", "version"])
        written.delete()
        check_draft(plan)
        act.detail["territories"] = len(core.territories)
    return plan


def propose_plan_text(actor: User, text: str, reason: str, deal_policy: str) -> Realignment:
    """A new draft that holds the text, proposed as the live plan; if anything is faulty, neither is kept."""
    with transaction.atomic():
        draft = create_draft(actor, read_plan(text).name)
        replace_draft_text(actor, draft.id, text, None)
        return propose_realignment(actor, PlanIntent(draft.id), reason=reason, deal_policy=deal_policy)
