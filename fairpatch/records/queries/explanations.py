"""Why does an account belong where it belongs, said for a person, on any day?"""

from datetime import date
from typing import Any

from fairpatch.core.errors import FairpatchError
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.routing.why import list_seated_territories
from fairpatch.records.models import Account, Rep
from fairpatch.records.queries.examination import find_core_layer, load_examiner, read_family
from fairpatch.records.queries.explanation_shapes import shape_explanation
from fairpatch.records.queries.past import PlanThen, find_plan_then, find_recorded_owner
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import NotFoundError, Scope

MOST_ASKED = 20
"""Territories of one rep that are examined; a rep with more is asked about one by one."""
HAS_ENDED = "This account has ended, so no territory is decided for it any more."
TODAYS_DATA = (
    "Judged by the plan, the lists and the locks of that day, with the account's data as they are today: "
    "earlier values of its fields are not kept."
)
NO_SEAT = "{} has no primary seat in the layer {} on {}, so there is no territory to ask about."
DIFFERS = "By today's data that plan would decide otherwise than it is recorded to have done."


def explain_decision(
    scope: Scope,
    account: Account,
    layer: str | None,
    on: date | None,
    territory: str | None,
    rep_id: int | None = None,
) -> dict[str, Any]:
    """The decision of the plan live on a day (today), in one layer (the primary one).

    With `territory` or `rep_id` also why not that territory, or none of that rep's.
    """
    if scope.plan is None:
        raise NotFoundError("live plan yet")
    if account.ended_at is not None:
        raise FairpatchError("account_ended", HAS_ENDED)
    day = on or scope.today
    then = find_plan_then(scope, day)
    core, tree = load_core_plan(then.plan), load_tree(then.plan)
    if territory is not None:
        node = tree.by_code.get(territory)
        if node is None:
            raise NotFoundError("territory of this code in the plan of that day")
        layer = node.layer_code
    wanted = find_core_layer(core, layer)
    layer_row = tree.find_layer(wanted.code)
    assert layer_row is not None, "both come from the same rows"
    asked = [territory] if territory is not None else []
    if rep_id is not None:
        asked += list_asked_of_rep(core, {n.code: n.layer_code for n in tree.nodes}, rep_id, wanted.code, day)
    book, keys = read_family(scope, core, [account.id])
    examiner = load_examiner(then.plan, wanted.code, day)
    folded = keys[account.id]
    explained = examiner.explain(folded, book, asked)
    names = {node.code: node.name for node in tree.nodes}
    shown = shape_explanation(examiner, explained, examiner.router.place_account(folded, book), names)
    recorded = find_recorded_owner(scope, account, layer_row.id, day)
    shown["basis"] = _describe_basis(then, recorded, explained.decision.territory)
    return shown


def list_asked_of_rep(core: CorePlan, layers: dict[str, str], rep_id: int, layer: str, on: date) -> list[str]:
    """The territories of a layer in which a rep has the primary seat on a day."""
    rep = Rep.objects.filter(id=rep_id).first()
    if rep is None:
        raise NotFoundError("rep of this number")
    try:
        seated = list_seated_territories(core, rep.external_id, on)
    except FairpatchError:
        seated = []
    found = [code for code in seated if layers.get(code) == layer]
    if not found:
        raise FairpatchError("wrong_value", NO_SEAT.format(rep.name, layer, on.isoformat()))
    return found[:MOST_ASKED]


def _describe_basis(then: PlanThen, recorded: dict[str, Any] | None, decided: str | None) -> dict[str, Any]:
    """What the answer rests on; for a past day also what is on record, and whether the two agree."""
    notes = []
    if then.is_past:
        notes.append(TODAYS_DATA)
        territory = (recorded or {}).get("territory")
        if recorded is not None and (territory["code"] if territory else None) != decided:
            notes.append(DIFFERS)
    return {
        "plan": {"id": then.plan.id, "name": then.plan.name},
        "is_past": then.is_past,
        "recorded": recorded if then.is_past else None,
        "notes": notes,
    }
