"""Is every error a problem, every repeat harmless, every guess at a password slowed down?"""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from fairpatch.api.auth import READING_AUTH
from fairpatch.api.root import api
from fairpatch.records.models import IdempotencyKey, LastLogin, LoginAttempt, Organisation, Plan, User
from fairpatch.records.queries import home
from tests.api.conftest import Browser
from tests.worlds.staff import Company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]
PROBLEM = {"type", "title", "status", "code", "detail"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/accounts/999999", None, 404),
        ("get", "/accounts/word", None, 422),
        ("get", "/territories/NONE", None, 404),
        ("get", "/plans/999999", None, 404),
        ("get", "/realignments/99999999999999999999999", None, 404),
        ("get", "/audit/log/99999999999999999999999", None, 404),
        ("post", "/rules/parse", {"text": "state ="}, 422),
        ("post", "/rules/parse", {}, 422),
        ("post", "/users", {"email": "x"}, 422),
        ("delete", "/plans/1", None, 409),
        ("get", "/nowhere", None, 404),
    ],
)
def test_an_error_is_a_problem(
    method: str, path: str, body: Any, status: int, company: Company, browse: Browse
) -> None:
    address = path.replace("/plans/1", f"/plans/{company.plan.id}")
    response = browse("ada").ask(method, address, body)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["detail"].endswith((".", ")"))
    if path != "/nowhere":
        assert set(problem) >= PROBLEM


def test_our_own_bug_is_answered_with_a_reference(
    company: Company, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(home.HOMES, "admin", lambda scope: 1 / 0)
    response = browse("ada").ask("get", "/home")
    assert response.status_code == 500
    problem = response.json()
    assert problem["reference"] in problem["detail"]
    assert "division" not in response.content.decode()


def test_a_repeated_post_is_done_once(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    first = ada.ask("post", "/plans", {"name": "Once"}, Idempotency_Key="k1")
    again = ada.ask("post", "/plans", {"name": "Once"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert Plan.objects.filter(name="Once").count() == 1
    other = ada.ask("post", "/plans", {"name": "Other"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    browse("paul").post("/plans", {"name": "Once"}, 201, Idempotency_Key="k1")
    assert Plan.objects.filter(name="Once").count() == 2, "keys belong to one person"


def test_a_refused_post_frees_its_key(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    assert ada.ask("post", "/rules/parse", {"text": "x"}, Idempotency_Key="k2").status_code == 422
    faulty = {"name": "x" * 201}
    assert ada.ask("post", "/plans", faulty, Idempotency_Key="k2").status_code == 422
    assert not IdempotencyKey.objects.exists()
    ada.post("/plans", {"name": "fine"}, 201, Idempotency_Key="k2")


def test_a_first_call_under_way_is_not_repeated(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    ada.post("/plans", {"name": "Slow"}, 201, Idempotency_Key="k3")
    IdempotencyKey.objects.update(status_code=0)
    assert ada.post("/plans", {"name": "Slow"}, 409, Idempotency_Key="k3")["code"] == "key_under_way"


def test_every_post_that_changes_something_takes_a_key() -> None:
    missing = []
    for _, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                # A token that may only read reaches just those that change nothing.
                reads = operation.auth_param is READING_AUTH
                is_open = path in ("/session", "/setup")
                is_kept = getattr(operation.view_func, "is_idempotent", False)
                if "POST" in operation.methods and not (reads or is_open or is_kept):
                    missing.append(path)
    assert missing == []


def test_log_in_and_out(company: Company) -> None:
    ann = company.users["ann"]
    ann.set_password("correct-horse-9")
    ann.save()
    browser = Browser()
    assert browser.read("/session")["user"] is None
    problem = browser.post("/session", {"email": "ann@example.com", "password": "wrong"}, 401)
    assert problem["code"] == "wrong_credentials"
    session = browser.post("/session", {"email": "ANN@example.com", "password": "correct-horse-9"})
    assert session["user"]["name"] == "Ann"
    assert session["may"] == ["log_activities"]
    assert LastLogin.objects.get().user_id == ann.id
    assert not LoginAttempt.objects.exists()
    key = browser.client.session.session_key
    assert browser.ask("delete", "/session").status_code == 204
    assert browser.read("/session")["user"] is None
    browser.post("/session", {"email": "ann@example.com", "password": "correct-horse-9"})
    assert browser.client.session.session_key != key, "a new session, a new key"


def test_guessing_is_slowed_down(company: Company) -> None:
    ann = company.users["ann"]
    ann.set_password("correct-horse-9")
    ann.save()
    browser = Browser()
    for _ in range(5):
        browser.post("/session", {"email": "ann@example.com", "password": "wrong"}, 401)
    right = {"email": "ann@example.com", "password": "correct-horse-9"}
    response = browser.ask("post", "/session", right)
    assert response.status_code == 429
    assert response["Retry-After"]
    LoginAttempt.objects.update(at=timezone.now() - timezone.timedelta(minutes=16))
    browser.post("/session", right)


def test_a_user_who_was_shut_out_is_out_at_once(company: Company, browse: Browse) -> None:
    ann = browse("ann")
    ann.read("/home")
    browse("ada").send("patch", f"/users/{company.users['ann'].id}", {"is_active": False}, 200)
    assert ann.ask("get", "/home").status_code == 401


def test_users_are_made_and_changed_with_every_fault_named(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    new = {"email": "New@Example.com", "name": "New", "role": "manager", "password": "correct-horse-9"}
    made = ada.post("/users", {**new, "grants": ["WEST"]}, 201)
    assert made["email"] == "new@example.com"
    assert made["grants"] == ["WEST"]
    faulty = {"email": "ann@example.com", "name": "", "role": "king", "password": "x", "rep_id": 10**9}
    places = {finding["where"] for finding in ada.post("/users", faulty, 422)["findings"]}
    assert places == {"email", "name", "role", "password", "rep_id"}
    changed = ada.send("patch", f"/users/{made['id']}", {"role": "rep", "grants": []}, 200)
    assert (changed["role"], changed["grants"]) == ("rep", [])
    me = company.users["ada"].id
    assert ada.send("patch", f"/users/{me}", {"is_active": False}, 409)["code"] == "own_account"
    assert ada.send("patch", f"/users/{me}", {"role": "rep"}, 409)["code"] == "last_admin"


def test_the_first_visit_sets_the_company_up() -> None:
    Organisation.objects.all().delete()
    browser = Browser()
    assert browser.read("/session")["needs_setup"]
    form = {
        "organisation": {"name": "Acme", "currency": "EUR", "time_zone": "Europe/Berlin"},
        "admin": {"name": "Ada", "email": "ada@acme.example", "password": "correct-horse-9"},
    }
    session = browser.post("/setup", form)
    assert session["user"]["role"] == "admin"
    assert session["organisation"]["currency"] == "EUR"
    assert not session["needs_setup"]
    assert browser.ask("post", "/setup", form).status_code == 409
    assert User.objects.count() == 1
    for path in (
        "/home",
        "/territories",
        "/accounts",
        "/map/units",
        "/fields",
        "/reps",
        "/search?q=x",
        "/plans",
    ):
        assert browser.ask("get", path).status_code == 200, f"{path} without any plan"
    made = browser.post("/accounts", {"name": "First"}, 201)
    assert made["territory"] is None
