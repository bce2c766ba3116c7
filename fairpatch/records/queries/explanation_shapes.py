"""How is an explanation written for a page: names beside codes, sentences, values before and after?"""

from collections.abc import Iterable, Mapping
from typing import Any

from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.routing.flip import AccountFlip, describe_field_change
from fairpatch.core.routing.nearest import Miss
from fairpatch.core.routing.remedies import PlanFlip
from fairpatch.core.routing.why import Absence, Explanation, LayerExaminer
from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.match import bind_rule
from fairpatch.core.rules.text import print_rule
from fairpatch.core.rules.tree import And, Rule
from fairpatch.core.rules.words import describe_rule, describe_seen
from fairpatch.core.territories.hierarchy import Hierarchy

Names = Mapping[str, str]


def shape_explanation(
    examiner: LayerExaminer, explained: Explanation, seen: Seen, names: Names
) -> dict[str, Any]:
    """One layer's answer. `names`: territories' names by code."""
    core, hierarchy = examiner.plan, examiner.hierarchy
    absences = [shape_absence(core, hierarchy, absence, seen, names) for absence in explained.absences]
    return {
        "layer": explained.layer,
        "date": examiner.on,
        "sentence": explained.reason,
        "winner": _shape_winner(core, hierarchy, explained, seen, names),
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
        "near_misses": [shape_miss(miss, names) for miss in explained.near_misses],
        "why_not": absences[0] if absences else None,
        "why_nots": absences,
        "tie": explained.decision.is_tie,
    }


def shape_miss(miss: Miss, names: Names) -> dict[str, Any]:
    """A territory that came near."""
    first = miss.conditions[0] if miss.conditions else None
    return {
        "territory": miss.territory,
        "name": names.get(miss.territory, miss.territory),
        "kind": miss.kind,
        "failed": miss.failed,
        "reason": miss.reason,
        "failing": {
            "sentence": first.sentence if first else miss.reason,
            "value": first.has if first else None,
        },
        "conditions": [
            {"sentence": item.sentence, "holds": False, "value": item.has} for item in miss.conditions
        ],
    }


def shape_absence(
    core: CorePlan, hierarchy: Hierarchy, absence: Absence, seen: Seen, names: Names
) -> dict[str, Any]:
    """Why not a territory, condition by condition, and what would change that."""
    return {
        "territory": absence.territory,
        "name": names.get(absence.territory, absence.territory),
        "sentence": absence.sentence,
        "is_there": absence.is_there,
        "conditions": list_conditions(core, hierarchy, absence.territory, seen),
        "account_change": shape_account_flip(absence.account_flip),
        "plan_changes": [_shape_plan_flip(remedy) for remedy in absence.plan_flips],
    }


def shape_account_flip(flip: AccountFlip | None) -> dict[str, Any] | None:
    """The fields to change, as a form would hold them."""
    if flip is None:
        return None
    changes = [
        {
            "account": str(change.account),
            "field": change.field,
            "before": _show_value(change.before),
            "after": _show_value(change.after),
            "sentence": describe_field_change(change),
        }
        for change in flip.changes
    ]
    return {"is_smallest": flip.is_smallest, "changes": changes}


def _show_value(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, frozenset | tuple | list):
        return "|".join(sorted(map(str, value)))
    return str(value)


def _shape_plan_flip(remedy: PlanFlip) -> dict[str, Any]:
    changes = []
    for change in remedy.changes:
        after = change.after
        if change.what == "rule" and after is not None:
            after = print_rule(after)
        changes.append(
            {
                "territory": change.territory,
                "what": change.what,
                "sentence": change.sentence,
                "after": None if after is None or isinstance(after, list) else str(after),
            }
        )
    return {"kind": remedy.kind, "changes": changes}


def _shape_winner(
    core: CorePlan, hierarchy: Hierarchy, explained: Explanation, seen: Seen, names: Names
) -> dict[str, Any] | None:
    decision = explained.decision
    if decision.territory is None:
        return None
    is_rule = decision.cause == "rule"
    return {
        "territory": decision.territory,
        "name": names.get(decision.territory, decision.territory),
        "cause": decision.cause,
        "sentence": explained.reason,
        "claim_class": decision.claim_class,
        "priority": decision.priority,
        "specificity": decision.specificity,
        "conditions": list_conditions(core, hierarchy, decision.territory, seen) if is_rule else [],
    }


def list_conditions(core: CorePlan, hierarchy: Hierarchy, code: str, seen: Seen) -> list[dict[str, Any]]:
    """Each condition of the territory and those above it, whether it holds, and what the account has."""
    conditions = []
    for step in hierarchy.lineage_of(code):
        if step.rule is not None:
            parts: Iterable[Rule] = step.rule.rules if isinstance(step.rule, And) else (step.rule,)
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
