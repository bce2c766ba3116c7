"""What does the server answer outside the API: the application's page, its health, and errors?"""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import fairpatch
from fairpatch.api.problems import answer_problem

NONCE_PLACEHOLDER = "__CSP_NONCE__"
NOT_BUILT = "The front end has not been built yet. Run `make run`, or `npm ci && npm run build` in ui/."


@lru_cache(maxsize=1)
def read_index(path: Path, _modified_ns: int) -> str:
    """The built page; read again only when a build replaced it."""
    return path.read_text(encoding="utf-8")


@never_cache
@require_safe
def show_app(request: HttpRequest, path: str = "") -> HttpResponse:
    """The single page, for every address the browser's own router knows."""
    index: Path = settings.APP_INDEX
    try:
        page = read_index(index, index.stat().st_mtime_ns)
    except FileNotFoundError:
        return HttpResponse(NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")
    get_token(request)  # sets the CSRF cookie, so that the very first request can already be a log-in
    return HttpResponse(page.replace(NONCE_PLACEHOLDER, request.csp_nonce))  # type: ignore[attr-defined]


@never_cache
@require_safe
def check_health(_request: HttpRequest) -> JsonResponse:
    """Is the process alive, and do both databases answer? 503 when one does not."""
    states = {}
    for alias in ("default", "jobs"):
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
            states[alias] = "ok"
        except DatabaseError:
            states[alias] = "no answer"
    is_well = set(states.values()) == {"ok"}
    body = {"status": "ok" if is_well else "degraded", "version": fairpatch.__version__, "databases": states}
    return JsonResponse(body, status=200 if is_well else 503)


def answer_not_found(_request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_problem(404, "not_found", "Nothing lives at this address.")


def answer_server_error(_request: HttpRequest) -> HttpResponse:
    detail = (
        "Something went wrong on our side. Nothing was changed. The log has the details under X-Request-Id."
    )
    return answer_problem(500, "internal", detail)


def answer_csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = f"This form was not sent from our own page, or the page is too old. Reload it. ({reason})"
    return answer_problem(403, "form_refused", detail)
