"""Does the queue say what came nearest, do tries store nothing, and does "why" answer for past days too?"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from fairpatch.actions.realignment import (
    PlanIntent,
    approve_realignment,
    execute_realignment,
    propose_realignment,
)
from fairpatch.records.models import Account, Assignment, ListedAccount
from tests.api.conftest import Browser
from tests.worlds.staff import START, Company, add_accounts, copy_to_draft, later

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]


def go_live(company: Company, rules: dict[str, str], hours: float, named: str = "") -> None:
    """Makes a plan with other rules live; `named`: an account that EAST names."""
    draft = copy_to_draft(company, rules)
    if named:
        ListedAccount.objects.create(
            layout=draft.layout,
            territory=company.territories["EAST"],
            kind="named",
            account_id_text=named,
            account_key=named,
        )
    realignment = propose_realignment(
        company.users["paul"], PlanIntent(draft.id), reason="r", now=later(hours)
    )
    approve_realignment(company.users["ada"], realignment.id, now=later(hours + 1))
    execute_realignment(company.users["paul"], realignment.id, now=later(hours + 2))


def test_the_queue_names_the_nearest_and_what_would_place_the_account(
    company: Company, browse: Browse
) -> None:
    page = browse("ada").read("/routing/unassigned")
    assert (page["total"], page["next"]) == (1, None)
    (row,) = page["items"]
    assert row["external_id"] == "a6"
    assert [(near["territory"], near["failing"]["sentence"]) for near in row["nearest"]] == [
        ("EAST", "state is NY"),
        ("WEST", "state is CA"),
    ]
    assert row["placing"]["is_smallest"] is True
    assert [(change["field"], change["after"]) for change in row["placing"]["changes"]] == [("state", "NY")]
    cloud = browse("ada").read("/routing/unassigned?layer=cloud&sort=id")
    assert [row["external_id"] for row in cloud["items"]] == ["a1", "a2"]
    assert cloud["items"][0]["placing"]["changes"][0]["after"] == "1000"


def test_the_suggested_change_really_places_the_account(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    (row,) = ada.read("/routing/unassigned")["items"]
    (change,) = row["placing"]["changes"]
    asked = {"account_id": row["id"], "fields": {change["field"]: change["after"]}}
    assert ada.post("/routing/try", asked)["layers"][0]["winner"]["territory"] == "EAST"


def test_an_account_that_only_waits_for_a_realignment_says_so(company: Company, browse: Browse) -> None:
    Account.objects.filter(key="a6").update(state="NY")
    (row,) = browse("ada").read("/routing/unassigned")["items"]
    assert row["waits_for"] == {"code": "EAST", "name": "EAST"}
    assert (row["nearest"], row["placing"]) == ([], None)
    text = b"".join(browse("ada").ask("get", "/routing/unassigned.csv").streaming_content).decode()
    assert "belongs to EAST by its data now" in text


@pytest.mark.parametrize("sort", ["-revenue", "revenue", "name", "-name", "id"])
def test_queue_pages_neither_repeat_nor_skip(sort: str, company: Company, browse: Browse) -> None:
    Assignment.objects.filter(layer__code="sales").update(
        territory=None, cause="unassigned", claim_class="", priority=None, specificity=None
    )
    Account.objects.filter(key__in=["a2", "a5"]).update(annual_revenue_minor=None)
    ada = browse("ada")
    whole = [row["id"] for row in ada.read(f"/routing/unassigned?sort={sort}")["items"]]
    paged, after = [], ""
    while after is not None:
        page = ada.read(f"/routing/unassigned?sort={sort}&limit=2&after={after}")
        paged += [row["id"] for row in page["items"]]
        after = page["next"]
    assert paged == whole
    assert len(set(whole)) == 6
    text = b"".join(ada.ask("get", f"/routing/unassigned.csv?sort={sort}").streaming_content).decode()
    assert text.count("\r\n") == 7
    assert "state is NY" in text


def count_queries(browser: Browser, path: str) -> int:
    with CaptureQueriesContext(connections["default"]) as asked:
        browser.read(path)
    return len(asked)


@pytest.mark.parametrize(
    ("path", "most"), [("/routing/unassigned", 20), ("/routing/conflicts?kind=several", 20)]
)
def test_queries_do_not_grow_with_the_rows(path: str, most: int, company: Company, browse: Browse) -> None:
    Assignment.objects.filter(layer__code="sales").update(
        territory=None, cause="unassigned", claim_class="", other_claims=1
    )
    ada = browse("ada")
    ada.read(path)
    few = count_queries(ada, f"{path}{'&' if '?' in path else '?'}limit=2")
    many = count_queries(ada, path)
    assert few == many <= most


def test_the_queue_shows_only_what_one_may_see(company: Company, browse: Browse) -> None:
    assert browse("ann").read("/routing/unassigned")["items"] == []
    assert browse("ann").read("/routing/unassigned?layer=nope", 404)["code"] == "not_found"
    assert browse("ada").read("/routing/unassigned?sort=colour", 422)["code"] == "wrong_value"


def test_conflicts_list_ties_with_their_rivals(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    assert ada.read("/routing/conflicts")["items"] == []
    go_live(company, {"EAST": 'state in ["NY", "TX"]', "WEST": 'state in ["CA", "TX"]'}, hours=1)
    (row,) = ada.read("/routing/conflicts")["items"]
    assert (row["external_id"], row["tie"]) == ("a6", True)
    assert [(rival["code"], rival["lost_because"]) for rival in row["rivals"]] == [
        ("WEST", "a tie; the code EAST comes before WEST")
    ]


def test_a_record_is_tried_in_every_layer_and_nothing_is_stored(company: Company, browse: Browse) -> None:
    before = Account.objects.count()
    answer = browse("ann").post("/routing/try", {"fields": {"state": "ny", "employees": "2000"}})
    assert [(layer["layer"], layer["winner"]["territory"]) for layer in answer["layers"]] == [
        ("sales", "EAST"),
        ("cloud", "BIG"),
    ]
    assert Account.objects.count() == before


def test_an_account_is_tried_with_changes_under_a_draft(company: Company, browse: Browse) -> None:
    draft = copy_to_draft(company, {"WEST": 'state in ["CA", "TX"]'})
    ada, account = browse("ada"), company.accounts["a6"].id
    asked = {"account_id": account, "fields": {}}
    assert ada.post("/routing/try", asked)["layers"][0]["winner"] is None
    under_draft = ada.post("/routing/try", {**asked, "plan_id": draft.id})["layers"][0]
    assert under_draft["winner"]["territory"] == "WEST"
    moved = ada.post("/routing/try", {**asked, "fields": {"state": "NY"}})["layers"][0]
    assert moved["winner"]["territory"] == "EAST"


def test_faulty_records_are_refused_with_every_fault(company: Company, browse: Browse) -> None:
    fields = {"employees": "many", "colour": "red", "region": "EMEA", "state": "CA"}
    problem = browse("ada").post("/routing/try", {"fields": fields}, 422)
    assert {finding["where"] for finding in problem["findings"]} == {"employees", "colour", "region"}


def test_locks_of_accounts_out_of_sight_cannot_be_found_out(company: Company, browse: Browse) -> None:
    go_live(company, {}, hours=1, named="a6")
    fields = {"id": "a6", "state": "CA"}
    assert browse("ann").post("/routing/try", {"fields": fields})["layers"][0]["winner"]["cause"] == "rule"
    assert browse("ada").post("/routing/try", {"fields": fields})["layers"][0]["winner"]["cause"] == "named"
    hidden = browse("ann").post("/routing/try", {"account_id": company.accounts["a6"].id}, 404)
    assert hidden["code"] == "not_found"


def test_why_not_a_rep_asks_about_the_rep_s_territories(company: Company, browse: Browse) -> None:
    account = company.accounts["a1"].id
    bob = company.reps["bob"].id
    why = browse("ada").read(f"/accounts/{account}/why?rep={bob}")
    assert [one["territory"] for one in why["why_nots"]] == ["EAST"]
    changes = why["why_nots"][0]["account_change"]["changes"]
    assert [(change["field"], change["before"], change["after"]) for change in changes] == [
        ("state", "ca", "NY")
    ]
    kinds = {remedy["kind"] for remedy in why["why_nots"][0]["plan_changes"]}
    assert {"name", "lock", "rule"} <= kinds
    nobody = browse("ada").read(f"/accounts/{account}/why?rep={company.reps['otto'].id}", 422)
    assert "no primary seat" in nobody["detail"]


def test_a_past_day_is_answered_by_the_plan_of_that_day(company: Company, browse: Browse) -> None:
    go_live(company, {"WEST": 'state in ["CA", "TX"]'}, hours=10 * 24)
    ada, account = browse("ada"), company.accounts["a6"].id
    now = ada.read(f"/accounts/{account}/why")
    assert (now["winner"]["territory"], now["basis"]["is_past"]) == ("WEST", False)
    day = (START + dt.timedelta(days=3)).date().isoformat()
    then = ada.read(f"/accounts/{account}/why?date={day}")
    assert then["winner"] is None
    assert then["basis"]["plan"]["id"] == company.plan.id
    assert then["basis"]["recorded"]["territory"] is None
    assert then["basis"]["recorded"]["rep"]["name"] == "Queue"
    day = (START - dt.timedelta(days=3)).date().isoformat()
    assert "was live" in ada.read(f"/accounts/{account}/why?date={day}", 404)["detail"]


def test_a_past_answer_says_when_it_differs_from_the_record(company: Company, browse: Browse) -> None:
    go_live(company, {}, hours=10 * 24)
    Account.objects.filter(key="a6").update(state="NY")
    day = (START + dt.timedelta(days=3)).date().isoformat()
    then: Any = browse("ada").read(f"/accounts/{company.accounts['a6'].id}/why?date={day}")
    assert then["winner"]["territory"] == "EAST"
    assert then["basis"]["recorded"]["territory"] is None
    assert any("recorded" in note for note in then["basis"]["notes"])


def test_accounts_are_named_in_a_draft_once(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    plan = ada.post("/plans", {"name": "Place"}, 201)
    ids = [company.accounts["a6"].id, company.accounts["a5"].id]
    path = f"/plans/{plan['id']}/territories/WEST/accounts"
    ada.post(path, {"account_ids": ids})
    ada.post(path, {"account_ids": ids})
    layout = ListedAccount.objects.filter(territory__code="WEST", kind="named")
    assert sorted(layout.values_list("account_key", flat=True)) == ["a5", "a6"]
    tried = ada.post("/routing/try", {"plan_id": plan["id"], "account_id": ids[0]})["layers"][0]
    assert (tried["winner"]["territory"], tried["winner"]["cause"]) == ("WEST", "named")
    assert ada.post(path, {"account_ids": [999_999]}, 404)["code"] == "not_found"
    live = f"/plans/{company.plan.id}/territories/WEST/accounts"
    assert ada.post(live, {"account_ids": ids}, 409)["code"] == "not_a_draft"


def test_a_manager_names_accounts_only_within_reach(company: Company, browse: Browse) -> None:
    add_accounts(company, 1, first=7)
    mona = browse("mona")
    plan = mona.post("/plans", {"name": "Mine"}, 201)
    seen = company.accounts["a1"].id
    assert mona.post(f"/plans/{plan['id']}/territories/BIG/accounts", {"account_ids": [seen]}, 403)
    mona.post(f"/plans/{plan['id']}/territories/EAST/accounts", {"account_ids": [seen]})
