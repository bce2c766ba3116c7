"""How does a whole plan written as text replace a draft's content? Wholly, or not at all."""

from dataclasses import replace

from fairpatch.actions.deed import deed
from fairpatch.actions.drafts import check_draft, lock_draft
from fairpatch.actions.plan_rows import write_plan
from fairpatch.core.people.roles import Right
from fairpatch.core.plans.text import read_plan
from fairpatch.records.models import Lock, Plan, Seat, User


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
