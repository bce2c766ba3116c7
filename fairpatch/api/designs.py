"""How are territories designed: diagnosed, run, looked at, accepted as a draft?"""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router

from fairpatch.actions.design_acceptance import accept_design
from fairpatch.actions.design_diagnosis import diagnose_book
from fairpatch.actions.designs import put_design_away, start_design
from fairpatch.actions.jobs import enqueue_job
from fairpatch.api.answers import CSV, answer_csv, answer_json, answer_nothing, answer_page
from fairpatch.api.auth import NO_RIGHT, READING_AUTH, admit_user, get_scope
from fairpatch.api.once import answer_once
from fairpatch.api.pages import After, Limit, read_mark, write_mark
from fairpatch.api.shapes.designs import (
    AcceptedShape,
    AcceptForm,
    DesignDiagnosis,
    DesignForm,
    DesignMovePage,
    DesignPage,
    DesignPoints,
    DesignShape,
    DesignStarted,
    ScenarioShape,
)
from fairpatch.core.designs.settings import DesignSettings, read_design_settings
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.records.queries.designs import (
    MOVE_COLUMNS,
    describe_design,
    describe_scenario,
    list_design_moves,
    list_design_points,
    list_designs,
    stream_design_moves,
)
from fairpatch.records.visibility import Scope

router = Router(tags=["designs"], by_alias=True)


def _admit_reader(request: HttpRequest) -> Scope:
    """Who designs territories, and who audits, may look at designs."""
    scope = get_scope(request)
    if not (scope.may(Right.EDIT_PLANS) or scope.may(Right.AUDIT)):
        raise FairpatchError("forbidden", NO_RIGHT.format(scope.user.role))
    return scope


def _read_form(form: DesignForm) -> DesignSettings:
    asked: dict[str, Any] = form.dict(exclude={"name"})
    asked["filters"] = {name: value for name, value in asked["filters"].items() if value}
    return read_design_settings(asked)


@router.get("/designs", response=DesignPage)
def get_designs(request: HttpRequest, after: After = None, limit: Limit = 100) -> HttpResponse:
    """Design runs one may see, the newest first."""
    scope = _admit_reader(request)
    mark = read_mark(after, (int,))
    rows, last = list_designs(scope, mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.post("/designs", response={202: DesignStarted})
@answer_once
def post_design(request: HttpRequest, form: DesignForm) -> HttpResponse:
    """Start a design in the background. It changes nothing that is live."""
    user = admit_user(request, Right.EDIT_PLANS)
    run = start_design(user, form.name, _read_form(form))
    job = enqueue_job("design.run", {"run_id": run.pk}, user.id, f"design:{run.pk}")
    return answer_json({"id": run.pk, "job_id": job.id}, 202)


@router.post("/designs/diagnosis", response=DesignDiagnosis, auth=READING_AUTH)
def post_design_diagnosis(request: HttpRequest, form: DesignForm) -> HttpResponse:
    """How even is the book, how much must move at least, and is the request possible? Changes nothing."""
    admit_user(request, Right.EDIT_PLANS)
    return answer_json(diagnose_book(get_scope(request), _read_form(form)))


@router.get("/designs/{run_id}", response=DesignShape)
def get_design(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: its question, how far it is, and the figures of its scenarios."""
    return answer_json(describe_design(_admit_reader(request), run_id))


@router.delete("/designs/{run_id}", response={204: None})
def delete_design(request: HttpRequest, run_id: int) -> HttpResponse:
    """Take a run off the list. Drafts made of it stay."""
    put_design_away(admit_user(request, Right.EDIT_PLANS), run_id)
    return answer_nothing()


@router.get("/designs/{run_id}/scenarios/{number}", response=ScenarioShape)
def get_design_scenario(request: HttpRequest, run_id: int, number: int) -> HttpResponse:
    """Every figure of one scenario."""
    return answer_json(describe_scenario(_admit_reader(request), run_id, number))


@router.get("/designs/{run_id}/scenarios/{number}/points", response=DesignPoints)
def get_design_points(request: HttpRequest, run_id: int, number: int) -> HttpResponse:
    """The accounts on the map, before and after."""
    return answer_json(list_design_points(_admit_reader(request), run_id, number))


@router.get("/designs/{run_id}/scenarios/{number}/moves", response=DesignMovePage)
def get_design_moves(
    request: HttpRequest, run_id: int, number: int, after: After = None, limit: Limit = 100
) -> HttpResponse:
    """The accounts that would get another territory."""
    scope = _admit_reader(request)
    mark = read_mark(after, (int,))
    rows, later = list_design_moves(scope, run_id, number, mark[0] if mark else 0, limit)
    return answer_page(rows, write_mark([later]) if later is not None else None)


@router.get("/designs/{run_id}/scenarios/{number}/moves.csv", openapi_extra=CSV)
def get_design_moves_csv(request: HttpRequest, run_id: int, number: int) -> StreamingHttpResponse:
    """Every account that would get another territory, for spreadsheets."""
    rows = stream_design_moves(_admit_reader(request), run_id, number)
    return answer_csv(f"design-{run_id}-{number}-moves.csv", MOVE_COLUMNS, rows)


@router.post("/designs/{run_id}/scenarios/{number}/accept", response={201: AcceptedShape})
@answer_once
def post_design_acceptance(request: HttpRequest, run_id: int, number: int, form: AcceptForm) -> HttpResponse:
    """Make a draft of a scenario. The draft is then looked at, proposed and approved like any other."""
    user = admit_user(request, Right.EDIT_PLANS)
    made = accept_design(user, run_id, number, form.name)
    return answer_json({"plan_id": made.plan.pk, "named": made.named, "locked": made.locked}, 201)
