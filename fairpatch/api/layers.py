"""How are the layers of a draft changed, and what does each say?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fairpatch.actions.layers import put_layer, remove_layer
from fairpatch.api.answers import answer_json
from fairpatch.api.auth import admit_user, get_scope
from fairpatch.api.edits import read_expected_version
from fairpatch.api.shapes.territories import LayerForm, LayerShape, SavedLayers
from fairpatch.core.people.roles import Right
from fairpatch.records.queries.plans import find_plan
from fairpatch.records.queries.territories import describe_layers

router = Router(tags=["layers"])


@router.get("/plans/{plan_id}/layers", response=list[LayerShape])
def get_layers(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The layers of a plan: who may engage when, with which credit, and what follows a change of data."""
    return answer_json(describe_layers(find_plan(get_scope(request), plan_id)))


@router.put("/plans/{plan_id}/layers/{code}", response=SavedLayers)
def put_layer_fields(request: HttpRequest, plan_id: int, code: str, form: LayerForm) -> HttpResponse:
    """Add or change a layer of a draft."""
    user = admit_user(request, Right.EDIT_TERRITORIES)
    find_plan(get_scope(request), plan_id)
    fields: dict[str, Any] = form.dict(exclude_unset=True)
    version = put_layer(user, plan_id, code, fields, read_expected_version(request))
    return _answer_layers(request, plan_id, version)


@router.delete("/plans/{plan_id}/layers/{code}", response=SavedLayers)
def delete_layer(request: HttpRequest, plan_id: int, code: str) -> HttpResponse:
    """Take a layer without territories out of a draft."""
    user = admit_user(request, Right.EDIT_TERRITORIES)
    find_plan(get_scope(request), plan_id)
    version = remove_layer(user, plan_id, code, read_expected_version(request))
    return _answer_layers(request, plan_id, version)


def _answer_layers(request: HttpRequest, plan_id: int, version: int) -> HttpResponse:
    plan = find_plan(get_scope(request), plan_id)
    return answer_json({"version": version, "layers": describe_layers(plan)})
