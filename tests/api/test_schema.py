"""Does every answer have the form that the schema promises, whatever is asked?

Requests are made up from the schema itself, a few per endpoint, always the same ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import response_schema_conformance

from fairpatch.actions.realignment import propose_realignment
from fairpatch.actions.realignment_intent import AccountsIntent
from fairpatch.api.root import api
from fairpatch.site.wsgi import application
from tests.api.conftest import Browser
from tests.api.test_permissions import ROWS, list_path_values
from tests.worlds.market import found_market, solve_next_design
from tests.worlds.staff import Company, add_deal

pytestmark = [pytest.mark.slow, pytest.mark.django_db(databases=["default", "jobs"])]

schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = application


@contextmanager
def kept_connection() -> Iterator[None]:
    """The real application must not close the connection of the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def cookie(company: Company) -> str:
    """A session at the real application."""
    return open_session(company)


def open_session(company: Company) -> str:
    return str(Browser(company.users["ada"]).client.cookies["sessionid"].value)


@schema.include(method="GET").parametrize()
@settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_reading_anything(case: schemathesis.Case, cookie: str) -> None:
    check_answer(case, cookie)


def check_answer(case: schemathesis.Case, cookie: str) -> int:
    """Asks, and holds the answer against the schema."""
    with kept_connection():
        response = case.call(cookies={"sessionid": cookie}, headers={"Accept-Encoding": "identity"})
    assert response.status_code < 500, response.content
    if "json" in response.headers["content-type"][0]:
        case.validate_response(response, checks=[response_schema_conformance])
    return response.status_code


ASKED = sorted(path for method, path in ROWS if method == "get" and not path.startswith("/import"))
OF_A_DESIGN = [path for path in ASKED if path.startswith("/designs/")]
ABSENT = {"/jobs/{job_id}", "/plans/{plan_id}/lists/{name}", "/plans/{plan_id}/value_sets/{name}"}


def find_operation(path: str) -> schemathesis.APIOperation:
    return schema[f"/api/v1{path}"]["GET"]


@pytest.mark.parametrize("path", [path for path in ASKED if path not in OF_A_DESIGN])
def test_reading_what_is_there(path: str, company: Company, cookie: str) -> None:
    add_deal(company, "a1", "offer", "ann")
    intent = AccountsIntent((company.accounts["a1"].id,), "EAST")
    passage = propose_realignment(company.users["mona"], intent, reason="leave")
    values = {**list_path_values(company), "realignment_id": passage.pk}
    query = {"batch": 1, "seq": 0} if path.endswith("/proof") else {}
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters = {name: values[name] for name in names}
    case = find_operation(path).Case(path_parameters=parameters, query=query)
    assert check_answer(case, cookie) == (404 if path in ABSENT else 200)


def test_reading_a_design() -> None:
    market = found_market()
    design = {"mode": "rebalance", "measures": [{"name": "count", "tolerance": 0.1}]}
    run = Browser(market.users["ada"]).post("/designs", design, 202)
    solve_next_design()
    known = {"run_id": run["id"], "number": 1}
    cookie = open_session(market)
    for path in OF_A_DESIGN:
        parameters = {name: value for name, value in known.items() if f"{{{name}}}" in path}
        assert check_answer(find_operation(path).Case(path_parameters=parameters), cookie) == 200, path
