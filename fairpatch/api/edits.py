"""How is a draft changed? Territories, seats, locks and value sets; each edit leaves it free of faults."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fairpatch.actions.locks import LockPatch, NewLock, add_lock, edit_lock, remove_lock
from fairpatch.actions.seats import NewSeat, add_seat, remove_seat
from fairpatch.actions.territories import add_territory, edit_territory, remove_territory
from fairpatch.actions.value_sets import put_value_set, remove_value_set
from fairpatch.api.answers import answer_json
from fairpatch.api.auth import admit_user, get_scope
from fairpatch.api.once import answer_once
from fairpatch.api.shapes.territories import (
    LockForm,
    LockPatchForm,
    SavedLock,
    SavedSeat,
    SavedTerritory,
    SavedValueSet,
    SavedVersion,
    SeatForm,
    TerritoryForm,
    TerritoryPatch,
    ValueSetForm,
    ValueSetShape,
)
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.records.models import ValueSet
from fairpatch.records.queries.plans import find_plan
from fairpatch.records.queries.territory import describe_lock, describe_seat, describe_territory
from fairpatch.records.visibility import NotFoundError

router = Router(tags=["drafts"], by_alias=True)


def read_expected_version(request: HttpRequest) -> int | None:
    """The version in If-Match, with or without quotes."""
    said = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not said or said == "*":
        return None
    if not said.isdecimal():
        raise FairpatchError("wrong_value", "If-Match must hold the plan's version, a whole number.")
    return int(said)


def _answer_territory(
    request: HttpRequest, plan_id: int, code: str, version: int, status: int
) -> HttpResponse:
    scope = get_scope(request)
    shown = describe_territory(scope, find_plan(scope, plan_id), code)
    return answer_json({"version": version, "territory": shown}, status)


@router.post("/plans/{plan_id}/territories", response={201: SavedTerritory})
@answer_once
def post_territory(request: HttpRequest, plan_id: int, form: TerritoryForm) -> HttpResponse:
    """Add a territory to a draft."""
    user = admit_user(request, Right.EDIT_TERRITORIES)
    find_plan(get_scope(request), plan_id)
    fields = form.dict(exclude_unset=True)
    version = add_territory(user, plan_id, fields, read_expected_version(request))
    return _answer_territory(request, plan_id, form.code, version, 201)


@router.patch("/plans/{plan_id}/territories/{code}", response=SavedTerritory)
def patch_territory(request: HttpRequest, plan_id: int, code: str, form: TerritoryPatch) -> HttpResponse:
    """Change a territory of a draft: rule, priority, lists, place in the tree."""
    fields = form.dict(exclude_unset=True)
    needed = Right.EDIT_TERRITORIES if "move_to_parent" in fields else Right.EDIT_PLANS
    user = admit_user(request, needed)
    find_plan(get_scope(request), plan_id)
    version = edit_territory(user, plan_id, code, fields, read_expected_version(request))
    return _answer_territory(request, plan_id, code, version, 200)


@router.delete("/plans/{plan_id}/territories/{code}", response=SavedVersion)
def delete_territory(request: HttpRequest, plan_id: int, code: str, reparent: bool = False) -> HttpResponse:
    """Take a territory out of a draft; with `reparent` its children go to its parent."""
    user = admit_user(request, Right.EDIT_TERRITORIES)
    find_plan(get_scope(request), plan_id)
    version = remove_territory(user, plan_id, code, reparent, read_expected_version(request))
    return answer_json({"version": version})


@router.post("/plans/{plan_id}/seats", response={201: SavedSeat})
@answer_once
def post_seat(request: HttpRequest, plan_id: int, form: SeatForm) -> HttpResponse:
    """Seat a rep in a territory of a draft."""
    user = admit_user(request, Right.EDIT_PLANS)
    find_plan(get_scope(request), plan_id)
    saved = add_seat(user, plan_id, NewSeat(**form.dict()), read_expected_version(request))
    return answer_json({"version": saved.version, "seat": describe_seat(saved.id)}, 201)


@router.delete("/plans/{plan_id}/seats/{seat_id}", response=SavedVersion)
def delete_seat(request: HttpRequest, plan_id: int, seat_id: int) -> HttpResponse:
    """Take a seat out of a draft."""
    user = admit_user(request, Right.EDIT_PLANS)
    find_plan(get_scope(request), plan_id)
    return answer_json({"version": remove_seat(user, plan_id, seat_id, read_expected_version(request))})


@router.post("/plans/{plan_id}/locks", response={201: SavedLock})
@answer_once
def post_lock(request: HttpRequest, plan_id: int, form: LockForm) -> HttpResponse:
    """Pin an account to a territory in a draft."""
    user = admit_user(request, Right.EDIT_PLANS)
    scope = get_scope(request)
    find_plan(scope, plan_id)
    saved = add_lock(user, plan_id, NewLock(**form.dict()), read_expected_version(request))
    return answer_json({"version": saved.version, "lock": describe_lock(scope, saved.id)}, 201)


@router.patch("/plans/{plan_id}/locks/{lock_id}", response=SavedLock)
def patch_lock(request: HttpRequest, plan_id: int, lock_id: int, form: LockPatchForm) -> HttpResponse:
    """Change the days or the reason of a lock in a draft."""
    user = admit_user(request, Right.EDIT_PLANS)
    scope = get_scope(request)
    find_plan(scope, plan_id)
    version = edit_lock(user, plan_id, lock_id, LockPatch(**form.dict()), read_expected_version(request))
    return answer_json({"version": version, "lock": describe_lock(scope, lock_id)})


@router.delete("/plans/{plan_id}/locks/{lock_id}", response=SavedVersion)
def delete_lock(request: HttpRequest, plan_id: int, lock_id: int) -> HttpResponse:
    """Take a lock out of a draft."""
    user = admit_user(request, Right.EDIT_PLANS)
    find_plan(get_scope(request), plan_id)
    return answer_json({"version": remove_lock(user, plan_id, lock_id, read_expected_version(request))})


def _shape_value_set(row: ValueSet) -> dict[str, Any]:
    return {"name": row.name, "values": row.values}


@router.get("/plans/{plan_id}/value_sets", response=list[ValueSetShape])
def get_value_sets(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The named lists that rules of this plan may use."""
    plan = find_plan(get_scope(request), plan_id)
    rows = ValueSet.objects.filter(layout_id=plan.layout_id).order_by("name")
    return answer_json([_shape_value_set(row) for row in rows])


@router.get("/plans/{plan_id}/value_sets/{name}", response=ValueSetShape)
def get_value_set(request: HttpRequest, plan_id: int, name: str) -> HttpResponse:
    plan = find_plan(get_scope(request), plan_id)
    row = ValueSet.objects.filter(layout_id=plan.layout_id, name=name).first()
    if row is None:
        raise NotFoundError("value set of this name")
    return answer_json(_shape_value_set(row))


@router.put("/plans/{plan_id}/value_sets/{name}", response=SavedValueSet)
def put_value_set_values(request: HttpRequest, plan_id: int, name: str, form: ValueSetForm) -> HttpResponse:
    """Write a value set of a draft, new or not."""
    user = admit_user(request, Right.EDIT_TERRITORIES)
    find_plan(get_scope(request), plan_id)
    version = put_value_set(user, plan_id, name, form.values, read_expected_version(request))
    return answer_json({"version": version, "value_set": {"name": name, "values": form.values}})


@router.delete("/plans/{plan_id}/value_sets/{name}", response=SavedVersion)
def delete_value_set(request: HttpRequest, plan_id: int, name: str) -> HttpResponse:
    """Take a value set out of a draft; refused while a rule uses it."""
    user = admit_user(request, Right.EDIT_TERRITORIES)
    find_plan(get_scope(request), plan_id)
    return answer_json({"version": remove_value_set(user, plan_id, name, read_expected_version(request))})
