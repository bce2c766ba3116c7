"""Who is on the roster, and how much does each carry?"""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fairpatch.api.answers import answer_json
from fairpatch.api.auth import get_scope
from fairpatch.api.shapes.reps import RepRow, RepShape
from fairpatch.records.queries.reps import describe_rep, list_reps

router = Router(tags=["reps"])


@router.get("/reps", response=list[RepRow])
def get_reps(
    request: HttpRequest, q: str | None = None, status: Literal["active", "left"] | None = None
) -> HttpResponse:
    """The roster, by name, with seats and totals of what one may see."""
    return answer_json(list_reps(get_scope(request), q, status))


@router.get("/reps/{rep_id}", response=RepShape)
def get_rep(request: HttpRequest, rep_id: int) -> HttpResponse:
    return answer_json(describe_rep(get_scope(request), rep_id))
