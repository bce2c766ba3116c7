"""Which plans are there, and how do they differ?"""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fairpatch.actions.draft_updates import update_draft
from fairpatch.actions.plan_text import replace_draft_text
from fairpatch.actions.plans import archive_draft, create_draft
from fairpatch.api.answers import answer_json, answer_nothing
from fairpatch.api.auth import admit_user, get_scope
from fairpatch.api.edits import read_expected_version
from fairpatch.api.once import answer_once
from fairpatch.api.problems import shape_finding
from fairpatch.api.shapes.territories import FindingList, PlanDiff, PlanForm, PlanShape
from fairpatch.core.people.roles import Right
from fairpatch.core.plans.export import print_plan
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.records.queries.changes import list_plan_changes
from fairpatch.records.queries.plans import describe_plan, find_plan, list_plans, load_core_plan

router = Router(tags=["plans"])

YAML = {"text/yaml": {"schema": {"type": "string"}}}


@router.get("/plans", response=list[PlanShape])
def get_plans(request: HttpRequest) -> HttpResponse:
    """The live plan, drafts and former plans, the newest first."""
    return answer_json(list_plans(get_scope(request)))


@router.post("/plans", response={201: PlanShape})
@answer_once
def post_plan(request: HttpRequest, form: PlanForm) -> HttpResponse:
    """A draft that starts as a copy of the live plan."""
    draft = create_draft(admit_user(request, Right.EDIT_PLANS), form.name)
    return answer_json(describe_plan(get_scope(request), draft.id), 201)


@router.get("/plans/{plan_id}", response=PlanShape)
def get_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    return answer_json(describe_plan(get_scope(request), plan_id))


@router.delete("/plans/{plan_id}", response={204: None})
def delete_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Put a draft away. Its content stays readable in history."""
    user = admit_user(request, Right.EDIT_PLANS)
    archive_draft(user, find_plan(get_scope(request), plan_id).id)
    return answer_nothing()


@router.get(
    "/plans/{plan_id}/export",
    openapi_extra={"responses": {200: {"description": "OK", "content": YAML}}},
)  # fmt: skip
def get_plan_export(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The whole plan as canonical text."""
    plan = find_plan(get_scope(request), plan_id, is_whole=True)
    response = HttpResponse(print_plan(load_core_plan(plan)), content_type="text/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="plan-{plan.id}.yaml"'
    return response


@router.put(
    "/plans/{plan_id}/text",
    response=PlanShape,
    openapi_extra={"requestBody": {"required": True, "content": YAML}},
)  # fmt: skip
def put_plan_text(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Replace a draft by a plan written as text: wholly, or not at all with every fault and its line."""
    user = admit_user(request, Right.REPLACE_PLANS)
    scope = get_scope(request)
    plan = find_plan(scope, plan_id, is_whole=True)
    text = request.body.decode("utf-8", errors="replace")
    replace_draft_text(user, plan.id, text, read_expected_version(request))
    return answer_json(describe_plan(scope, plan.id))


@router.post("/plans/{plan_id}/update", response=PlanShape)
@answer_once
def post_plan_update(
    request: HttpRequest, plan_id: int, prefer: Literal["draft", "live"] | None = None
) -> HttpResponse:
    """Bring a draft up to date with the live plan. Where both changed the same, the preferred side counts;
    without one, 409 with every conflict."""
    user = admit_user(request, Right.EDIT_PLANS)
    scope = get_scope(request)
    plan = find_plan(scope, plan_id, is_whole=True)
    update_draft(user, plan.id, read_expected_version(request), prefer)
    return answer_json(describe_plan(scope, plan_id))


@router.get("/plans/{plan_id}/diff", response=PlanDiff)
def get_plan_diff(request: HttpRequest, plan_id: int, against: str = "active") -> HttpResponse:
    """What a plan changes against another one (`active` or an id), a sentence each."""
    scope = get_scope(request)
    new = find_plan(scope, plan_id, is_whole=True)
    old = find_plan(scope, against, is_whole=against != "active")
    return answer_json({"changes": list_plan_changes(old, new)})


@router.get("/plans/{plan_id}/check", response=FindingList)
def get_plan_check(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Every fault and warning of a plan as it stands."""
    plan = load_core_plan(find_plan(get_scope(request), plan_id, is_whole=True))
    return answer_json({"findings": [shape_finding(finding) for finding in find_plan_faults(plan)]})
