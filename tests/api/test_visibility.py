"""Does anything of an account reach somebody who may not see it?"""

from collections.abc import Callable
from typing import Any

import pytest

from fairpatch.records.models import Account, Grant
from tests.api.conftest import Browser
from tests.worlds.staff import START, Company, add_deal

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]


@pytest.fixture
def placed(company: Company) -> Company:
    Account.objects.update(latitude=37.5, longitude=-122.0, position_origin="given", city="Oakland")
    add_deal(company, "a1", "offer-1", "ann")
    add_deal(company, "a4", "offer-4", "bob")
    return company


def see(browser: Browser) -> set[str]:
    return {row["external_id"] for row in browser.read("/accounts")["items"]}


def test_each_sees_the_own_patch(placed: Company, browse: Browse) -> None:
    assert see(browse("ann")) == {"a1", "a2", "a3"}
    assert see(browse("bob")) == {"a4", "a5"}
    assert see(browse("cat")) == {"a3", "a4", "a5", "a6"}, "an overlay sees what its layer covers"
    assert see(browse("mona")) == {"a1", "a2", "a3", "a4", "a5"}, "a manager sees the reports' patches"
    assert see(browse("dana")) == {"a1", "a2", "a3", "a4", "a5", "a6"}
    assert see(browse("otto")) == set()
    for name in ("paul", "ada", "aude"):
        assert len(see(browse(name))) == 6


def test_a_grant_widens_the_sight_and_its_end_narrows_it(placed: Company, browse: Browse) -> None:
    grant = Grant.objects.create(
        user=placed.users["otto"], territory=placed.territories["WEST"], granted_at=START
    )
    assert see(browse("otto")) == {"a1", "a2", "a3"}
    grant.ended_at = START
    grant.save()
    assert see(browse("otto")) == set()


def test_an_outsider_finds_no_trace_of_an_account(placed: Company, browse: Browse) -> None:
    otto = browse("otto")
    assert otto.read("/accounts") == {"items": [], "next": None, "total": 0}
    assert otto.read("/accounts/points")["id"] == []
    assert otto.read("/search?q=Account")["accounts"] == []
    export = b"".join(otto.ask("get", "/accounts/export.csv").streaming_content)
    assert export.count(b"\r\n") == 1, "the header only"
    tree = otto.read("/territories")["territories"]
    assert {row["code"] for row in tree} == {"WEST", "EAST", "BIG"}, "the tree is published"
    assert all(not any(row["totals"].values()) and not row["is_in_scope"] for row in tree)
    assert all(not any(row["totals"].values()) for row in otto.read("/reps"))
    units = otto.read("/map/units?level=state")["units"]
    assert not any(unit["accounts"] or unit["revenue_minor"] or unit["shares"] for unit in units)
    preview = otto.post("/rules/preview", {"territory": "WEST", "rule": {"text": "all"}})
    assert preview == {"matches": 0, "wins": 0, "takes": [], "loses": [], "owners": [], "sample": []}


@pytest.mark.parametrize("part", ["", "/why", "/timeline", "/deals", "/activities", "/proof?batch=1&seq=0"])
def test_an_account_out_of_sight_does_not_exist(part: str, placed: Company, browse: Browse) -> None:
    hidden = placed.accounts["a4"].id
    response = browse("ann").ask("get", f"/accounts/{hidden}{part}")
    assert response.status_code == 404
    assert b"Account 4" not in response.content


def test_what_is_out_of_sight_cannot_be_changed_or_moved(placed: Company, browse: Browse) -> None:
    otto = browse("otto")
    hidden = placed.accounts["a4"]
    assert (
        otto.ask("patch", f"/accounts/{hidden.id}", {"version": hidden.version, "city": "X"}).status_code
        == 404
    )
    proposal = {"kind": "accounts", "account_ids": [hidden.id], "territory": "WEST", "reason": "mine"}
    assert otto.ask("post", "/realignments", proposal).status_code == 404
    handover = {"kind": "handover", "territory": "WEST", "rep_id": placed.reps["otto"].id, "reason": "mine"}
    assert otto.ask("post", "/realignments", handover).status_code == 404
    made = otto.ask("post", "/accounts", {"name": "Mine", "state": "CA"})
    assert made.status_code == 409
    assert not Account.objects.filter(name="Mine").exists()


def test_counts_and_sums_are_of_what_is_seen(placed: Company, browse: Browse) -> None:
    totals: dict[str, Any] = {
        row["code"]: row["totals"] for row in browse("ann").read("/territories")["territories"]
    }
    assert totals["WEST"]["accounts"] == 3
    assert totals["WEST"]["open_deals"] == 1
    assert totals["WEST"]["pipeline_minor"] == 50_00
    assert totals["EAST"]["accounts"] == 0
    assert totals["BIG"]["accounts"] == 1, "of the overlay's accounts, the one that is Ann's"
    assert browse("ann").read("/accounts")["total"] == 3
