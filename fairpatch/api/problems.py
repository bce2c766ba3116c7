"""How does every error become problem details (RFC 9457)?"""

import secrets
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from fairpatch.api.answers import answer_json
from fairpatch.core.errors import FairpatchError, FaultyInputError, Finding
from fairpatch.core.plans.merge import CONFLICT
from fairpatch.records.visibility import NOT_FOUND

log = structlog.get_logger("fairpatch.api")

TITLES = {
    400: "Request not understood",
    401: "Log in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    422: "Faulty input",
    429: "Too many attempts",
    500: "Server error",
    503: "Busy",
    507: "Storage full",
}
# A refusal without a line here is a conflict with the present state.
STATUS_OF_CODE = {
    "forbidden": 403,
    "own_proposal": 403,
    "wrong_credentials": 401,
    "not_found": 404,
    "too_many_attempts": 429,
    "busy": 503,
    "storage_full": 507,
    "wrong_value": 422,
    "wrong_page": 422,
}
NOT_LOGGED_IN = "You are not logged in, or the session has ended. Log in and try again."
IS_BUSY = "The database is busy with another change. Nothing was changed. Try again in a moment."
IS_BROKEN = "Something went wrong on our side. Nothing was changed. Tell your administrator the reference {}."


def answer_problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """The one form of every error."""
    title = TITLES.get(status, "Refused")
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **more}
    response = answer_json(body, status)
    response["Content-Type"] = "application/problem+json"
    if status in (429, 503):
        response["Retry-After"] = "60" if status == 429 else "2"
    return response


def shape_finding(finding: Finding) -> dict[str, Any]:
    """A finding as the API writes it."""
    return {
        "severity": "notice" if finding.severity == "info" else finding.severity,
        "where": finding.where,
        "sentence": finding.sentence,
        "line": finding.line,
        "column": finding.column,
        "suggestion": finding.suggestion,
    }


def answer_refusal(_request: HttpRequest, error: FairpatchError) -> HttpResponse:
    """A forbidden deed or faulty data."""
    if isinstance(error, FaultyInputError):
        findings = [shape_finding(finding) for finding in error.findings]
        count = len(findings)
        noun = "conflicts" if error.code == CONFLICT else "faults"
        detail = findings[0]["sentence"] if count == 1 else f"{count} {noun} were found. Nothing was changed."
        return answer_problem(409 if error.code == CONFLICT else 422, error.code, detail, findings=findings)
    more = {"drift": error.drift} if hasattr(error, "drift") else {}
    return answer_problem(STATUS_OF_CODE.get(error.code, 409), error.code, error.sentence, **more)


def answer_invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request whose form is wrong."""
    findings = [
        {
            "severity": "error",
            "where": ".".join(str(step) for step in item["loc"][1:]),
            "sentence": item["msg"],
            "line": None,
            "column": None,
            "suggestion": None,
        }
        for item in error.errors
    ]
    detail = "; ".join(f"{finding['where']}: {finding['sentence']}" for finding in findings[:3]) + "."
    return answer_problem(422, "request_faulty", f"Nothing was changed. {detail}", findings=findings)


def answer_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error, AuthenticationError):
        return answer_problem(401, "not_logged_in", NOT_LOGGED_IN)
    if error.status_code == 403:
        detail = (
            "This request did not come from our own page, or the page is too old. Reload it and try again."
        )
        return answer_problem(403, "csrf_failed", detail)
    return answer_problem(error.status_code, "request_refused", str(error))


def answer_absent(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return answer_problem(404, "not_found", NOT_FOUND)


def answer_denied(_request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    return answer_problem(403, "forbidden", "Your role may not do this. Nothing was changed.")


def answer_failure(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our bug, or a database in trouble: a reference that the log knows too."""
    text = str(error).lower()
    if isinstance(error, OperationalError) and ("locked" in text or "deadlock" in text):
        return answer_problem(503, "busy", IS_BUSY)
    reference = secrets.token_hex(6)
    log.error("failure", reference=reference, path=request.path, exc_info=error)
    code = "database_failed" if isinstance(error, DatabaseError) else "internal"
    return answer_problem(500, code, IS_BROKEN.format(reference), reference=reference)
