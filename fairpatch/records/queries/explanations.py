"""Why does an account belong where it belongs, said for a person, and where would it go now?"""

from datetime import date
from typing import Any

from fairpatch.core.errors import FairpatchError
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.routing.decisions import Decision
from fairpatch.core.routing.route import LayerRouter, read_book
from fairpatch.core.routing.why import Explanation, explain_account
from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.match import bind_rule
from fairpatch.core.rules.tree import And, Rule
from fairpatch.core.rules.words import describe_rule, describe_seen
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.records.models import Account
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import find_digits, read_raw_accounts
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import NotFoundError, Scope

MOST_RELATIVES = 5_000
HAS_ENDED = "This account has ended, so no territory is decided for it any more."


def explain_decision(
    scope: Scope, account: Account, layer: str | None, on: date | None, territory: str | None
) -> dict[str, Any]:
    """The decision of the live plan on a day (today), in one layer (the primary one), and why not another."""
    if scope.plan is None:
        raise NotFoundError("live plan yet")
    if account.ended_at is not None:
        raise FairpatchError("account_ended", HAS_ENDED)
    core = load_core_plan(scope.plan)
    tree = load_tree(scope.plan)
    if territory is not None:
        asked = tree.by_code.get(territory)
        if asked is None:
            raise NotFoundError("territory of this code in the live plan")
        layer = asked.layer_code
    wanted = tree.find_layer(layer)
    if wanted is None:
        raise NotFoundError("layer of this code in the live plan")
    relatives = Account.objects.filter(id__in=_find_relatives(account))
    raws = [raw for _, _, raw in read_raw_accounts(relatives, find_digits(scope))]
    day = on or scope.today
    explained = explain_account(core, raws, account.key, day, layer=wanted.code, territory=territory)[0]
    seen = _see_account(core, raws, account.key, day, wanted.code)
    names = {node.code: node.name for node in tree.nodes}
    return _shape_explanation(core, explained, seen, names, day, territory)


def _find_relatives(account: Account) -> set[int]:
    """The account's whole family by id: up to the ultimate parent, then everybody below."""
    found = {account.id}
    top, above = account.id, account.parent_id
    while above is not None and above not in found:
        found.add(above)
        top = above
        above = Account.objects.filter(id=top).values_list("parent_id", flat=True).first()
    found, waiting = {account.id, top}, [top]
    while waiting and len(found) < MOST_RELATIVES:
        below = Account.objects.filter(parent_id__in=waiting).values_list("id", flat=True)
        waiting = [key for key in below if key not in found]
        found.update(waiting)
    return found


def _see_account(core: CorePlan, raws: list[dict[str, Any]], key: str, on: date, layer: str) -> Seen:
    """The account as the layer's rules see it."""
    book = read_book(core, raws)
    router = LayerRouter(core, next(item for item in core.layers if item.code == layer), on)
    folded = next(folded for folded, raw in book.ids.items() if raw == key)
    return router.place_account(folded, book)


def _shape_explanation(
    core: CorePlan, explained: Explanation, seen: Seen, names: dict[str, str], on: date, asked: str | None
) -> dict[str, Any]:
    decision = explained.decision
    hierarchy = Hierarchy(core)
    winner = None
    if decision.territory is not None:
        winner = _shape_winner(core, hierarchy, explained, decision, seen, names)
    why_not = None
    if asked is not None and explained.why_not is not None:
        conditions = list_conditions(core, hierarchy, asked, seen)
        why_not = {"territory": asked, "sentence": explained.why_not, "conditions": conditions}
    return {
        "layer": explained.layer,
        "date": on,
        "sentence": explained.reason,
        "winner": winner,
        "others": [
            {
                "territory": claim.territory,
                "name": names.get(claim.territory, claim.territory),
                "cause": claim.cause,
                "claim_class": claim.claim_class,
                "priority": claim.priority,
                "specificity": claim.specificity,
                "lost_because": claim.reason,
            }
            for claim in explained.lost
        ],
        "near_misses": [
            {
                "territory": miss.territory,
                "name": names.get(miss.territory, miss.territory),
                "failing": {"sentence": miss.failing or miss.reason, "value": _read_value(miss.reason)},
            }
            for miss in explained.near_misses
        ],
        "why_not": why_not,
        "tie": decision.is_tie,
    }


def _read_value(reason: str) -> str | None:
    """What the account has instead stands behind the colon of a miss."""
    return reason.partition("does not hold: ")[2] or None


def _shape_winner(
    core: CorePlan,
    hierarchy: Hierarchy,
    explained: Explanation,
    decision: Decision,
    seen: Seen,
    names: dict[str, str],
) -> dict[str, Any]:
    assert decision.territory is not None, "somebody won"
    conditions = (
        list_conditions(core, hierarchy, decision.territory, seen) if decision.cause == "rule" else []
    )
    return {
        "territory": decision.territory,
        "name": names.get(decision.territory, decision.territory),
        "cause": decision.cause,
        "sentence": explained.reason,
        "claim_class": decision.claim_class,
        "priority": decision.priority,
        "specificity": decision.specificity,
        "conditions": conditions,
    }


def list_conditions(core: CorePlan, hierarchy: Hierarchy, code: str, seen: Seen) -> list[dict[str, Any]]:
    """Each condition of the territory and those above it, whether it holds, and what the account has."""
    conditions = []
    for step in hierarchy.lineage_of(code):
        if step.rule is not None:
            parts: tuple[Rule, ...] = step.rule.rules if isinstance(step.rule, And) else (step.rule,)
            inherited = f" (from {step.name or step.code})" if step.code != code else ""
            for part in parts:
                sentence = describe_rule(part, core.catalogue) + inherited
                holds = bind_rule(part, core.scope)(seen)
                conditions.append(
                    {"sentence": sentence, "holds": holds, "value": describe_seen(part, seen, core.catalogue)}
                )
        if not step.inherit:
            break
    return conditions
