"""Do lists page without gaps, do edits refuse what is stale, and does an edit keep the owner?"""

from collections.abc import Callable

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from fairpatch.records.models import Account, AccountAlias, Ownership
from fairpatch.records.queries.plan_cache import forget_contents
from tests.api.conftest import Browser
from tests.worlds.staff import Company, add_accounts, add_deal

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]


@pytest.mark.parametrize("sort", ["name", "-name", "revenue", "-revenue", "state", "-employees"])
def test_pages_neither_repeat_nor_skip(sort: str, company: Company, browse: Browse) -> None:
    Account.objects.filter(key__in=["a2", "a5"]).update(annual_revenue_minor=None, employees=None)
    ada = browse("ada")
    whole = [row["id"] for row in ada.read(f"/accounts?sort={sort}")["items"]]
    paged, after = [], ""
    while after is not None:
        page = ada.read(f"/accounts?sort={sort}&limit=2&after={after}")
        paged += [row["id"] for row in page["items"]]
        after = page["next"]
    assert paged == whole
    assert len(set(whole)) == 6


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=account 3", {"a3"}),
        ("territory=WEST", {"a1", "a2", "a3"}),
        ("territory=BIG", {"a3", "a4", "a5", "a6"}),
        ("state=NY", {"a4", "a5"}),
        ("min_employees=1600&max_employees=2000", {"a4", "a5"}),
        ("max_revenue=100000", {"a1"}),
        ("list=unassigned", {"a6"}),
        ("list=unassigned&layer=cloud", {"a1", "a2"}),
        ("cause=rule", {"a1", "a2", "a3", "a4", "a5"}),
        ("tie=1", set()),
        ("list=misplaced", set()),
    ],
)
def test_filters(query: str, found: set[str], company: Company, browse: Browse) -> None:
    page = browse("ada").read(f"/accounts?{query.replace(' ', '%20')}")
    assert {row["external_id"] for row in page["items"]} == found
    assert page["total"] == len(found)


def test_faulty_questions_are_refused_with_a_sentence(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    for query, status in (
        ("sort=colour", 422),
        ("after=!!", 422),
        ("limit=501", 422),
        ("territory=NONE", 404),
    ):
        problem = ada.read(f"/accounts?{query}", status)
        assert problem["status"] == status
        assert problem["detail"]
        assert problem["code"]


@pytest.mark.parametrize(
    "path",
    [
        "/accounts",
        "/reps",
        "/territories",
        "/realignments",
        "/realignments/waiting",
        "/accounts/points",
        "/plans",
        "/audit/log",
        "/users",
    ],
)
def test_a_list_asks_as_often_for_three_rows_as_for_one(path: str, company: Company, browse: Browse) -> None:
    """Literal numbers: somebody who adds a query must say so here."""
    counts = []
    browse("ada").read(path)  # what a connection learns once is known from here on
    for more in (0, 20):
        add_accounts(company, more, first=100)
        forget_contents()
        counts.append(count_queries(browse("ada"), path))
    assert counts[0] == counts[1], "the number of queries grows with the rows"
    assert counts[0] <= QUERIES[path], f"{path} asks {counts[0]} times"


QUERIES = {
    # With nothing kept yet. A test's transaction cannot use the snapshot of those before it: every look at
    # the snapshot is four questions here, and one outside of a transaction.
    "/accounts": 31,
    "/reps": 15,
    "/territories": 24,
    "/realignments": 8,
    "/realignments/waiting": 7,
    "/accounts/points": 9,
    "/plans": 6,
    "/audit/log": 7,
    "/users": 6,
}


def count_queries(browser: Browser, path: str) -> int:
    with (
        CaptureQueriesContext(connections["default"]) as default,
        CaptureQueriesContext(connections["jobs"]) as jobs,
    ):
        browser.read(path)
    return len(default) + len(jobs)


def test_a_new_account_is_owned_at_once(company: Company, browse: Browse) -> None:
    made = browse("mona").post("/accounts", {"name": "Fresh", "country": "us", "state": "ca"}, 201)
    assert made["territory"] == {"code": "WEST", "name": "WEST"}
    assert made["owner"]["name"] == "Ann"
    assert made["country"] == "US"
    assert made["assignments"][0]["cause"] == "rule"
    shown = browse("mona").read(f"/accounts/{made['id']}")
    assert {name: made[name] for name in shown} == shown, "what is answered is what is there"
    assert Ownership.objects.filter(account_id=made["id"]).exists()
    timeline = browse("mona").read(f"/accounts/{made['id']}/timeline")
    proof = browse("mona").read(
        f"/accounts/{made['id']}/proof?batch={timeline[0]['batch']}&seq={timeline[0]['leaf_seq']}"
    )
    verdict = browse("ann").post("/audit/verify_proof", proof)
    assert verdict["ok"], verdict
    assert browse("mona").ask("post", "/accounts", {"name": "Twin", "external_id": "A1"}).status_code == 409


@pytest.mark.parametrize("parent", [None, "a1"])
def test_a_new_account_asks_as_often_in_a_large_company(
    parent: str | None, company: Company, browse: Browse
) -> None:
    """Literal numbers, once the plan is known: somebody who adds a query must say so here."""
    ada = browse("ada")
    ada.post("/accounts", {"name": "First", "country": "US", "state": "CA"}, 201)
    counts = []
    for more in (0, 20):
        add_accounts(company, more, first=100)
        form = {"name": f"After {more}", "country": "US", "state": "CA"}
        if parent is not None:
            form["parent_id"] = company.accounts[parent].id
        with (
            CaptureQueriesContext(connections["default"]) as default,
            CaptureQueriesContext(connections["jobs"]) as jobs,
        ):
            ada.post("/accounts", form, 201)
        counts.append(len(default) + len(jobs))
    assert counts[0] == counts[1], "the number of queries grows with the accounts"
    # PostgreSQL waits for the ledger's lock, and reads the newest head once it has it.
    most = (25 if parent is None else 26) + (2 if connections["default"].vendor == "postgresql" else 0)
    assert counts[0] <= most, f"a new account asks {counts[0]} times"


def test_an_edit_that_moves_an_account_is_proposed(company: Company, browse: Browse) -> None:
    mona = browse("mona")
    account = mona.read(f"/accounts/{company.accounts['a1'].id}")
    saved = mona.edit_account(account, {"state": "NY"})
    assert saved["owner"]["name"] == "Ann"
    assert saved["proposal_hint"]["from_territory"]["code"] == "WEST"
    assert saved["proposal_hint"]["to_territory"]["code"] == "EAST"
    assert saved["territory"]["code"] == "WEST", "nothing moves before somebody approves it"
    [made] = saved["realignments"]
    assert (made["status"], made["title"]) == ("proposed", "Account 1 follows its changed data")
    assert [(wait["layer"], wait["policy"], wait["realignment_id"]) for wait in saved["waits"]] == [
        ("sales", "propose", made["id"])
    ]
    assert saved["misplaced"]["belongs_to"] == [{"code": "EAST", "name": "EAST"}]
    assert {row["external_id"] for row in mona.read("/accounts?list=misplaced")["items"]} == {"a1"}


def test_a_stale_edit_changes_nothing(company: Company, browse: Browse) -> None:
    mona = browse("mona")
    account = mona.read(f"/accounts/{company.accounts['a1'].id}")
    mona.edit_account(account, {"state": "NY"})
    problem = mona.send(
        "patch", f"/accounts/{account['id']}", {"version": account["version"], "state": "TX"}, 409
    )
    assert problem["code"] == "stale"
    assert Account.objects.get(key="a1").state == "NY"


def test_every_fault_of_an_account_is_reported_at_once(company: Company, browse: Browse) -> None:
    problem = browse("ada").post(
        "/accounts",
        {"name": " ", "country": "USA", "latitude": 95.0, "longitude": 1.0, "custom": {"x": 1}},
        422,
    )
    places = {finding["where"] for finding in problem["findings"]}
    assert {"name", "country", "custom.x"} <= places
    assert not AccountAlias.objects.exists()
    assert Account.objects.count() == 6


def test_why_says_each_condition_and_why_not(company: Company, browse: Browse) -> None:
    account = company.accounts["a1"].id
    why = browse("ann").read(f"/accounts/{account}/why")
    assert why["winner"]["territory"] == "WEST"
    assert [condition["holds"] for condition in why["winner"]["conditions"]] == [True]
    asked = browse("ann").read(f"/accounts/{account}/why?territory=EAST")
    assert asked["why_not"]["conditions"][0]["holds"] is False
    assert "EAST" in asked["why_not"]["sentence"]
    unassigned = browse("ada").read(f"/accounts/{company.accounts['a6'].id}/why")
    assert unassigned["winner"] is None


def test_the_export_cannot_run_in_a_spreadsheet(company: Company, browse: Browse) -> None:
    Account.objects.filter(key="a1").update(name="=1+1", annual_revenue_minor=-500)
    text = b"".join(browse("ada").ask("get", "/accounts/export.csv").streaming_content).decode("utf-8-sig")
    assert "'=1+1" in text
    assert ",-5.00," in text, "numbers are never touched"
    assert len(text.splitlines()) == 7


def test_deals_and_activities_of_an_account(company: Company, browse: Browse) -> None:
    add_deal(company, "a1", "one", "ann")
    add_deal(company, "a1", "two", "ann", "won")
    ann, account = browse("ann"), company.accounts["a1"].id
    first = ann.read(f"/accounts/{account}/deals?limit=1")
    assert [row["name"] for row in first["items"]] == ["two"]
    assert [row["name"] for row in ann.read(f"/accounts/{account}/deals?after={first['next']}")["items"]] == [
        "one"
    ]
    logged = ann.post(f"/accounts/{account}/activities", {"kind": "call", "subject": "Hello"}, 201)
    assert ann.read(f"/accounts/{account}/activities")["items"] == [logged]
    assert ann.read("/accounts")["items"][0]["open_deals"] == 1
