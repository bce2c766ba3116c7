"""How does a draft take in what became live since it was made? Wholly, or not at all with every conflict."""

from dataclasses import replace

from fairpatch.actions.deed import Deed, deed
from fairpatch.actions.drafts import check_draft, lock_draft
from fairpatch.actions.plan_rows import ensure_layers, ensure_territories, write_layout, write_staffing
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.core.plans.diff import compare_plans
from fairpatch.core.plans.merge import Side, merge_plans
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.records.models import Lock, Organisation, Plan, Seat, User
from fairpatch.records.queries.plan_rows import list_organisation_fields, read_core_plan
from fairpatch.records.queries.plans import is_plan_outdated

UP_TO_DATE = "This draft already rests on the live plan. Nothing was changed."


def update_draft(actor: User, plan_id: int, expected: int | None = None, prefer: Side | None = None) -> Plan:
    """Merges the live plan's changes into a draft and bases it on the live plan.

    `prefer`: whose word counts where both changed the same. Without it FaultyInputError `conflict` with every
    point that somebody has to decide; the draft is then as it was.
    """
    with deed("update_draft", actor=actor, right=Right.EDIT_PLANS, subject=f"plan:{plan_id}") as act:
        plan = lock_draft(actor, plan_id, expected)
        if not bring_up_to_date(act, plan, prefer):
            raise FairpatchError("nothing_to_change", UP_TO_DATE)
    return plan


def bring_up_to_date(act: Deed, plan: Plan, prefer: Side | None = None) -> bool:
    """Whether the draft, its row locked, had to be brought up to date; it is now."""
    live = Organisation.objects.select_related("active_plan").get().active_plan
    if live is None or not is_plan_outdated(plan, live):
        return False
    # A draft older than any live plan grew out of nothing: what both hold differently is a conflict.
    fields = list_organisation_fields()
    base = read_core_plan(plan.base, fields) if plan.base else CorePlan(layers=())
    draft, current = (read_core_plan(row, fields) for row in (plan, live))
    merged = merge_plans(base, draft, current, prefer)
    act.detail.update(
        from_plan=plan.base_id, to_plan=live.pk, changes_taken=len(compare_plans(draft, merged))
    )
    if prefer is not None:
        act.detail["conflicts_decided_for"] = prefer
    layers = ensure_layers(layer.code for layer in merged.layers)
    territories = ensure_territories(territory.code for territory in merged.territories)
    own = _find_layout(plan, live)
    plan.layout_id = (
        own or write_layout(act, _drop_inherited_fields(plan, live, merged), layers, territories).pk
    )
    for model in (Seat, Lock):
        model._default_manager.filter(plan=plan).delete()
    write_staffing(plan.pk, merged, layers, territories)
    plan.base, plan.currency = live, merged.currency or ""
    plan.version += 1
    plan.save(update_fields=["layout", "base", "currency", "version"])
    check_draft(plan)
    return True


def _find_layout(plan: Plan, live: Plan) -> int | None:
    """The boundaries of one side where the other left them alone; none where both drew."""
    before = plan.base.layout_id if plan.base else None
    if plan.layout_id in (before, live.layout_id):
        return live.layout_id
    return plan.layout_id if live.layout_id == before else None


def _drop_inherited_fields(plan: Plan, live: Plan, merged: CorePlan) -> CorePlan:
    """Without the organisation's own fields, which belong to every plan and are declared in none."""
    declared = {field["name"] for layout in (plan.layout, live.layout) for field in layout.fields}
    return replace(merged, fields=tuple(field for field in merged.fields if field.name in declared))
