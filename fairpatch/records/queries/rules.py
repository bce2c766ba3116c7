"""What does a rule stand on, and how is it said in all its forms?"""

from dataclasses import dataclass
from typing import Any

from fairpatch.core.errors import FaultyInputError
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.rules.fields import Catalogue
from fairpatch.core.rules.json import rule_to_json
from fairpatch.core.rules.settle import find_rule_faults
from fairpatch.core.rules.text import print_rule
from fairpatch.core.rules.tree import Rule, join_all
from fairpatch.core.rules.words import describe_rule
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.records.models import Plan
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan


@dataclass(frozen=True)
class RuleGround:
    """The plan that a rule's names refer to."""

    plan: CorePlan
    hierarchy: Hierarchy

    @property
    def catalogue(self) -> Catalogue:
        return self.plan.catalogue


def load_rule_ground(plan: Plan) -> RuleGround:
    """The ground of a plan, kept while the plan is the same."""
    core = load_core_plan(plan)
    key = (make_plan_key(plan), len(core.fields))
    return keep_content("ground", key, lambda: RuleGround(core, Hierarchy(core)))


def explain_rule(ground: RuleGround, rule: Rule, territory: str | None) -> dict[str, Any]:
    """Text, JSON and words of a rule, and the effective rule in a territory. Faulty names are refused."""
    findings = find_rule_faults(rule, ground.catalogue, ground.plan.value_sets, ground.plan.areas, "rule")
    faults = [finding for finding in findings if finding.is_error]
    if faults:
        raise FaultyInputError(faults, "rule_faulty")
    return {**shape_rule(ground, rule), "effective": shape_effective_rule(ground, rule, territory)}


def shape_rule(ground: RuleGround, rule: Rule) -> dict[str, Any]:
    """A rule in its three forms."""
    words = describe_rule(rule, ground.catalogue)
    return {"text": print_rule(rule), "json": rule_to_json(rule), "words": words}


def shape_effective_rule(
    ground: RuleGround, rule: Rule | None, territory: str | None
) -> dict[str, str] | None:
    """The rule with everything that the territories above add; None without a rule or a known territory."""
    if rule is None or territory is None or territory not in ground.hierarchy.by_code:
        return None
    rules = [rule]
    own, *above = ground.hierarchy.lineage_of(territory)
    is_cut = not own.inherit
    for step in above:
        if is_cut:
            break
        if step.rule is not None:
            rules.append(step.rule)
        is_cut = not step.inherit
    effective = join_all(*rules)
    return {"text": print_rule(effective), "words": describe_rule(effective, ground.catalogue)}
