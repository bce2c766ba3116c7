"""Which role may call which endpoint? Every endpoint has a line here; one without fails."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fairpatch.api.root import api
from fairpatch.records.models import ApiToken, Lock, Seat
from tests.api.conftest import Browser
from tests.worlds.staff import START, Company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])

CAST = {
    "rep": "ann",
    "manager": "mona",
    "director": "dana",
    "planner": "paul",
    "admin": "ada",
    "auditor": "aude",
}
EVERYBODY = frozenset(CAST)
EDITORS = frozenset({"manager", "director", "planner", "admin"})
DIRECTORS = frozenset({"director", "planner", "admin"})
PLANNERS = frozenset({"planner", "admin"})
READERS = PLANNERS | {"auditor"}
ADMINS = frozenset({"admin"})
OPEN = frozenset({"nobody"})

# Who gets past the door. What happens behind it (404, 409, 422) is other tests' business.
TABLE = """
    get    /session                                   open
    post   /session                                   open
    delete /session                                   open
    post   /setup                                     open
    get    /tokens                                    editors
    post   /tokens                                    editors
    delete /tokens/{token_id}                         editors
    get    /users                                     admins
    post   /users                                     admins
    patch  /users/{user_id}                           admins
    get    /home                                      everybody
    get    /search                                    everybody
    get    /plans                                     everybody
    post   /plans                                     editors
    get    /plans/{plan_id}                           everybody
    delete /plans/{plan_id}                           editors
    get    /plans/{plan_id}/export                    whole
    put    /plans/{plan_id}/text                      planners
    post   /plans/{plan_id}/update                    editors
    get    /plans/{plan_id}/diff                      whole
    get    /plans/{plan_id}/check                     whole
    get    /plans/{plan_id}/findings                  whole
    get    /plans/{plan_id}/lists                     everybody
    get    /plans/{plan_id}/lists/{name}              everybody
    get    /plans/{plan_id}/layers                    everybody
    put    /plans/{plan_id}/layers/{code}             directors
    delete /plans/{plan_id}/layers/{code}             directors
    post   /plans/{plan_id}/territories               directors
    patch  /plans/{plan_id}/territories/{code}        editors
    delete /plans/{plan_id}/territories/{code}        directors
    post   /plans/{plan_id}/seats                     editors
    delete /plans/{plan_id}/seats/{seat_id}           editors
    post   /plans/{plan_id}/locks                     editors
    patch  /plans/{plan_id}/locks/{lock_id}           editors
    delete /plans/{plan_id}/locks/{lock_id}           editors
    get    /plans/{plan_id}/value_sets                everybody
    get    /plans/{plan_id}/value_sets/{name}         everybody
    put    /plans/{plan_id}/value_sets/{name}         directors
    delete /plans/{plan_id}/value_sets/{name}         directors
    get    /territories                               everybody
    get    /territories/{code}                        everybody
    get    /territories/{code}/accounts               everybody
    get    /territories/{code}/carve_outs             everybody
    get    /carve_outs                                everybody
    get    /fields                                    everybody
    post   /rules/parse                               everybody
    post   /rules/preview                             everybody
    post   /rules/findings                            whole
    get    /accounts                                  everybody
    get    /accounts/points                           everybody
    get    /accounts/export.csv                       everybody
    get    /locks                                     everybody
    get    /locks/export.csv                          everybody
    get    /locks/exceptions                          everybody
    post   /locks/preview                             editors
    post   /locks/settle                              directors
    post   /accounts                                  editors
    post   /accounts/preview                          editors
    get    /accounts/{account_id}                     everybody
    patch  /accounts/{account_id}                     editors
    get    /accounts/{account_id}/why                 everybody
    get    /accounts/{account_id}/timeline            everybody
    get    /routing/unassigned                        everybody
    get    /routing/unassigned.csv                    everybody
    get    /routing/conflicts                         everybody
    post   /routing/try                               everybody
    post   /plans/{plan_id}/territories/{code}/accounts  editors
    get    /accounts/{account_id}/proof               everybody
    get    /accounts/{account_id}/deals               everybody
    get    /accounts/{account_id}/activities          everybody
    post   /accounts/{account_id}/activities          loggers
    get    /reps                                      everybody
    get    /reps/{rep_id}                             everybody
    get    /realignments                              everybody
    get    /realignments/waiting                      everybody
    post   /realignments                              editors
    post   /realignments/preview                      editors
    get    /realignments/{realignment_id}             everybody
    get    /realignments/{realignment_id}/moves       everybody
    get    /realignments/{realignment_id}/moves.csv   everybody
    get    /realignments/{realignment_id}/deals       everybody
    post   /realignments/{realignment_id}/approve     editors
    post   /realignments/{realignment_id}/reject      editors
    post   /realignments/{realignment_id}/cancel      editors
    post   /realignments/{realignment_id}/rebase      editors
    post   /realignments/{realignment_id}/undo        editors
    post   /realignments/{realignment_id}/execute     editors
    get    /jobs                                      everybody
    get    /jobs/{job_id}                             everybody
    post   /jobs/{job_id}/cancel                      everybody
    post   /imports                                   planners
    get    /imports                                   planners
    get    /imports/{import_id}                       planners
    put    /imports/{import_id}/mapping               planners
    post   /imports/{import_id}/check                 planners
    get    /imports/{import_id}/findings              planners
    get    /imports/{import_id}/findings.csv          planners
    get    /imports/{import_id}/effect                planners
    post   /imports/{import_id}/effect                planners
    get    /imports/{import_id}/effect/moves          planners
    get    /imports/{import_id}/effect/moves.csv      planners
    post   /imports/{import_id}/apply                 planners
    delete /imports/{import_id}                       planners
    get    /import_kinds                              planners
    get    /import_mappings                           planners
    delete /import_mappings/{name}                    planners
    get    /audit/log                                 readers
    get    /audit/log/{batch}                         readers
    get    /audit/head                                readers
    get    /audit/keys                                everybody
    post   /audit/verify                              readers
    post   /audit/verify_proof                        everybody
    get    /audit/export                              readers
    get    /map/units                                 everybody
    get    /designs                                   planning
    post   /designs                                   editors
    post   /designs/diagnosis                         editors
    get    /designs/{run_id}                          planning
    delete /designs/{run_id}                          editors
    get    /designs/{run_id}/scenarios/{number}       planning
    get    /designs/{run_id}/scenarios/{number}/points  planning
    get    /designs/{run_id}/scenarios/{number}/moves   planning
    get    /designs/{run_id}/scenarios/{number}/moves.csv  planning
    post   /designs/{run_id}/scenarios/{number}/accept  editors
"""
GROUPS = {
    "open": OPEN,
    "everybody": EVERYBODY,
    "editors": EDITORS,
    "directors": DIRECTORS,
    "planners": PLANNERS,
    "readers": READERS,
    "admins": ADMINS,
    "loggers": EDITORS | {"rep"},
    "planning": EDITORS | {"auditor"},
    "whole": DIRECTORS | {"auditor"},
}
ROWS = {(row.split()[0], row.split()[1]): row.split()[2] for row in TABLE.strip().splitlines()}
# Bodies that are well formed, so that the door and not the form decides.
BODIES: dict[str, Any] = {
    "/tokens": {"name": "t"},
    "/users": {"email": "x@example.com", "name": "X", "role": "rep", "password": "correct-horse-9"},
    "/plans/{plan_id}/territories": {"code": "N", "name": "New"},
    "/plans/{plan_id}/layers/{code}": {"engagement": "e"},
    "/plans/{plan_id}/seats": {"territory": "WEST", "rep_id": 1},
    "/plans/{plan_id}/locks": {"account_id": 1, "territory": "WEST", "reason": "r"},
    "/plans/{plan_id}/locks/{lock_id}": {"reason": "r"},
    "/locks/preview": {"account_id": 1, "territory": "WEST"},
    "/plans/{plan_id}/value_sets/{name}": {"values": ["a"]},
    "/rules/parse": {"text": 'state = "CA"'},
    "/rules/preview": {"territory": "WEST", "rule": {"text": 'state = "CA"'}},
    "/rules/findings": {"territory": "WEST", "rule": {"text": 'state = "CA"'}},
    "/accounts": {"name": "New", "state": "CA"},
    "/plans/{plan_id}/territories/{code}/accounts": {"account_ids": [1]},
    "/accounts/preview": {"name": "New", "state": "CA"},
    "/accounts/{account_id}": {"version": 0},
    "/accounts/{account_id}/activities": {"kind": "call", "subject": "Hello"},
    "/realignments": {"kind": "handover", "territory": "WEST", "rep_id": 1, "reason": "r"},
    "/realignments/preview": {"kind": "handover", "territory": "WEST", "rep_id": 1, "reason": "r"},
    "/realignments/{realignment_id}/undo": {"reason": "r"},
    "/imports/{import_id}/mapping": {"mapping": {}},
    "/designs": {"measures": [{"name": "count", "tolerance": 0.1}]},
    "/designs/diagnosis": {"measures": [{"name": "count", "tolerance": 0.1}]},
}
QUERIES = {"/accounts/{account_id}/proof": "?batch=1&seq=0"}


def list_endpoints() -> set[tuple[str, str]]:
    paths = api.get_openapi_schema()["paths"]
    return {(method, path.removeprefix("/api/v1")) for path, item in paths.items() for method in item}


def test_every_endpoint_has_a_line() -> None:
    assert list_endpoints() == set(ROWS)


def list_path_values(company: Company) -> dict[str, Any]:
    """Real ids where the cast has them, so that nothing is refused for being absent."""
    account = company.accounts["a1"]
    return {
        "plan_id": company.plan.id,
        "code": "WEST",
        "name": "none",
        "account_id": account.id,
        "rep_id": company.reps["ann"].id,
        "user_id": company.users["ann"].id,
        "token_id": 1,
        "seat_id": Seat.objects.filter(plan=company.plan).values_list("id", flat=True)[0],
        "lock_id": 1,
        "realignment_id": 1,
        "job_id": 1,
        "import_id": 1,
        "run_id": 1,
        "number": 1,
        "batch": 1,
    }


def fill_path(path: str, company: Company) -> str:
    return path.format(**list_path_values(company))


def knock(browser: Browser, method: str, address: str, body: Any) -> Any:
    """The one upload sends a file, everything else JSON."""
    if (method, address) != ("post", "/imports"):
        return browser.ask(method, address, body)
    file = SimpleUploadedFile("accounts.csv", b"id,name\r\nZ-1,Zed\r\n", "text/csv")
    return browser.client.post("/api/v1/imports", {"files": file})


@pytest.mark.parametrize(("method", "path"), sorted(ROWS))
def test_only_the_listed_roles_get_in(
    method: str, path: str, company: Company, browse: Callable[[str], Browser]
) -> None:
    allowed = GROUPS[ROWS[method, path]]
    address = fill_path(path, company) + QUERIES.get(path, "")
    body = BODIES.get(path, {}) if method in ("post", "put", "patch") else None
    anonymous = Browser().ask(method, address, body).status_code
    if allowed == OPEN:
        assert anonymous != 404
        return
    assert anonymous == 401, f"a stranger got {anonymous}"
    for role, name in CAST.items():
        response = knock(browse(name), method, address, body)
        answer = response.status_code
        assert answer != 500, response.content
        assert answer != 401, f"{role} is logged in"
        if role in allowed:
            assert answer != 403, f"{role} may, but: {response.content!r}"
        elif ROWS[method, path] == "whole":
            assert answer == 404, f"{role} may not see a whole plan, but got {answer}"
        else:
            assert answer == 403, f"{role} may not, but got {answer}: {response.content!r}"


def test_a_token_that_may_only_read_cannot_write(company: Company, browse: Callable[[str], Browser]) -> None:
    made = browse("ada").post("/tokens", {"name": "reader"}, 201)
    machine = Browser()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert machine.ask("get", "/accounts", **bearer).status_code == 200
    assert machine.ask("post", "/plans", {}, **bearer).status_code == 403
    asked = machine.ask("post", "/rules/parse", {"text": "all"}, **bearer)
    assert asked.status_code == 200, "a question changes nothing"
    assert ApiToken.objects.get().digest != made["secret"].encode()


def test_a_token_ends_and_lapses(company: Company, browse: Callable[[str], Browser]) -> None:
    ada = browse("ada")
    made = ada.post("/tokens", {"name": "writer", "may_write": True}, 201)
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert Browser().ask("post", "/plans", {}, **bearer).status_code == 201
    ApiToken.objects.update(expires_at=START)
    assert Browser().ask("get", "/accounts", **bearer).status_code == 401
    ApiToken.objects.update(expires_at=None)
    assert ada.ask("delete", f"/tokens/{made['id']}").status_code == 204
    assert Browser().ask("get", "/accounts", **bearer).status_code == 401


def test_the_csrf_token_is_asked_of_browsers_only(company: Company) -> None:
    browser = Browser(company.users["ada"])
    browser.client.handler.enforce_csrf_checks = True
    refused = browser.ask("post", "/plans", {})
    assert refused.status_code == 403
    browser.read("/session")
    token = browser.client.cookies["csrftoken"].value
    assert browser.ask("post", "/plans", {}, **{"X-CSRFToken": token}).status_code == 201


def test_a_manager_edits_only_inside_the_own_scope(
    company: Company, browse: Callable[[str], Browser]
) -> None:
    mike = browse("mike")
    draft = mike.post("/plans", {"name": "Mine"}, 201)
    path = f"/plans/{draft['id']}/territories"
    assert mike.ask("patch", f"{path}/BIG", {"description": "ours"}).status_code == 200
    refused = mike.ask("patch", f"{path}/WEST", {"description": "theirs"})
    assert refused.status_code == 403
    assert Lock.objects.count() == 0
