"""Which change of ownership does a request ask for, and may the asking person see all it names?"""

from fairpatch.actions.realignment_intent import (
    AccountsIntent,
    ChangesIntent,
    HandoverIntent,
    Intent,
    PlanIntent,
)
from fairpatch.api.shapes.realignments import RealignmentForm
from fairpatch.core.errors import FairpatchError
from fairpatch.records.queries.account_changes import select_waiting
from fairpatch.records.queries.plans import find_plan
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import NotFoundError, Scope, may_reach_territory, visible_accounts

NOBODY_WAITS = "No account waits to be moved, or an open proposal moves them already. Nothing was proposed."
INCOMPLETE = 'A realignment of kind "{}" needs {}. Nothing was proposed.'


def shape_intent(scope: Scope, form: RealignmentForm) -> Intent:
    """The intent of a form. Accounts, plans and territories out of sight do not exist."""
    if form.kind == "plan":
        if form.plan_id is None:
            raise FairpatchError("wrong_value", INCOMPLETE.format(form.kind, "plan_id"))
        return PlanIntent(find_plan(scope, form.plan_id).id)
    if form.kind == "accounts":
        if not form.account_ids or form.territory is None:
            raise FairpatchError("wrong_value", INCOMPLETE.format(form.kind, "account_ids and territory"))
        wanted = set(form.account_ids)
        if visible_accounts(scope).filter(id__in=wanted).count() != len(wanted):
            raise NotFoundError("account of this list")
        return AccountsIntent(tuple(sorted(wanted)), form.territory, until_on=form.until_on)
    if form.kind == "changes":
        waiting = select_waiting(scope)
        if form.account_ids is not None:
            waiting = waiting.filter(account_id__in=form.account_ids)
        ids = sorted(set(waiting.values_list("account_id", flat=True)))
        if not ids or scope.plan is None:
            raise FairpatchError("nothing_to_change", NOBODY_WAITS)
        layers = tuple(layer.code for layer in load_tree(scope.plan).layers)
        return ChangesIntent(tuple(ids), layers)
    if form.territory is None or form.rep_id is None:
        raise FairpatchError("wrong_value", INCOMPLETE.format(form.kind, "territory and rep_id"))
    if not may_reach_territory(scope, form.territory):
        raise NotFoundError("territory of this code within your scope")
    return HandoverIntent(form.territory, form.rep_id)
