"""What does a rule say, and what would it do?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fairpatch.api.answers import answer_json
from fairpatch.api.auth import READING_AUTH, get_scope
from fairpatch.api.shapes.territories import (
    ParsedRule,
    PreviewQuestion,
    PreviewShape,
    RuleInput,
    RuleQuestion,
)
from fairpatch.core.errors import FairpatchError
from fairpatch.core.rules.fields import Catalogue
from fairpatch.core.rules.json import rule_from_json
from fairpatch.core.rules.text import parse_rule
from fairpatch.core.rules.tree import Rule
from fairpatch.records.queries.plans import find_plan
from fairpatch.records.queries.preview import preview_rule
from fairpatch.records.queries.rules import explain_rule, load_rule_ground

router = Router(tags=["rules"], by_alias=True)


def read_rule(asked: RuleInput, catalogue: Catalogue) -> Rule | None:
    """The rule somebody sent in either form; None when neither holds one."""
    if asked.json_ is not None:
        return rule_from_json(asked.json_, catalogue)
    if asked.text is not None and asked.text.strip():
        return parse_rule(asked.text, catalogue)
    return None


@router.post("/rules/parse", response=ParsedRule, auth=READING_AUTH)
def parse_rule_text(request: HttpRequest, asked: RuleQuestion) -> HttpResponse:
    """A rule in all its forms, or every fault with line and column."""
    scope = get_scope(request)
    ground = load_rule_ground(find_plan(scope, asked.plan_id or "active"))
    rule = read_rule(asked, ground.catalogue)
    if rule is None:
        raise FairpatchError("wrong_value", "There is no rule in this request. Send it as text or as json.")
    return answer_json(explain_rule(ground, rule, asked.territory))


@router.post("/rules/preview", response=PreviewShape, auth=READING_AUTH)
def post_rule_preview(request: HttpRequest, asked: PreviewQuestion) -> HttpResponse:
    """What a territory would win and lose with another rule or priority. Nothing is stored."""
    scope = get_scope(request)
    plan = find_plan(scope, asked.plan_id or "active")
    fields: dict[str, Any] = {"code": asked.territory}
    if "rule" in asked.model_fields_set:
        ground = load_rule_ground(plan)
        fields["rule"] = read_rule(asked.rule, ground.catalogue) if asked.rule else None
    for name in ("priority", "parent", "layer"):
        if name in asked.model_fields_set:
            fields[name] = getattr(asked, name)
    return answer_json(preview_rule(scope, plan, fields))
