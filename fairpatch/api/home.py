"""What should the asking person look at first, and what matches a search?"""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from fairpatch.api.answers import answer_json
from fairpatch.api.auth import get_scope
from fairpatch.api.shapes.home import HomeShape, SearchShape
from fairpatch.records.queries.home import describe_home
from fairpatch.records.queries.search import search_everything

router = Router(tags=["home"])


@router.get("/home", response=HomeShape)
def get_home(request: HttpRequest) -> HttpResponse:
    """Figures, tasks and recent changes for one's own role."""
    return answer_json(describe_home(get_scope(request)))


@router.get("/search", response=SearchShape)
def get_search(request: HttpRequest, q: Annotated[str, Query(max_length=100)] = "") -> HttpResponse:
    """At most eight accounts, territories and reps whose name or id matches."""
    return answer_json(search_everything(get_scope(request), q))
