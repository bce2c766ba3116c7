"""Who is asking? Log-in, log-out and the first set-up."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Router
from ninja.errors import HttpError
from ninja.utils import check_csrf

from fairpatch.actions.organisation import NewAdministrator, OrganisationFacts, set_up_organisation
from fairpatch.actions.sessions import log_in, log_out
from fairpatch.api.answers import answer_json, answer_nothing
from fairpatch.api.shapes.session import Credentials, SessionShape, SetupForm
from fairpatch.records.queries.organisation import describe_session

router = Router(tags=["session"])


def _check_origin(request: HttpRequest) -> None:
    """A log-in must come from our own page as well, or a stranger could log a visitor in as somebody else."""
    if check_csrf(request):
        raise HttpError(403, "CSRF check failed")


def _answer_session(request: HttpRequest) -> HttpResponse:
    get_token(request)  # sets the CSRF cookie
    user = request.user
    return answer_json(describe_session(user.id if user.is_authenticated else None))


@router.get("/session", response=SessionShape, auth=None)
def get_session(request: HttpRequest) -> HttpResponse:
    """Who is logged in, what may they do, and does the server need setting up?"""
    return _answer_session(request)


@router.post("/session", response=SessionShape, auth=None)
def post_session(request: HttpRequest, form: Credentials) -> HttpResponse:
    """Log in. After several failures the address and the account wait a while (429)."""
    _check_origin(request)
    log_in(request, form.email, form.password)
    return _answer_session(request)


@router.delete("/session", response={204: None}, auth=None)
def delete_session(request: HttpRequest) -> HttpResponse:
    """Log out."""
    _check_origin(request)
    log_out(request)
    return answer_nothing()


@router.post("/setup", response=SessionShape, auth=None)
def post_setup(request: HttpRequest, form: SetupForm) -> HttpResponse:
    """Create the organisation and its first administrator; only while there is none."""
    _check_origin(request)
    facts = OrganisationFacts(**form.organisation.dict())
    set_up_organisation(facts, NewAdministrator(**form.admin.dict()))
    log_in(request, form.admin.email, form.admin.password)
    return _answer_session(request)
