"""Does the API say that a draft is outdated, bring it up to date, and name what it cannot decide?"""

from collections.abc import Callable
from typing import Any

import pytest

from fairpatch.actions.realignment import (
    PlanIntent,
    approve_realignment,
    execute_realignment,
    propose_realignment,
)
from tests.api.conftest import Browser
from tests.worlds.staff import Company, copy_to_draft, later

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]


def draw_west(company: Company) -> None:
    """Another plan goes live, in which WEST has Texas too."""
    drawn = copy_to_draft(company, {"WEST": 'state in ["CA", "TX"]'})
    proposal = propose_realignment(company.users["paul"], PlanIntent(drawn.pk), reason="growth", now=later(1))
    approve_realignment(company.users["ada"], proposal.pk, now=later(2))
    execute_realignment(company.users["ada"], proposal.pk, now=later(3))


def start_draft(paul: Browser, code: str, **fields: Any) -> dict[str, Any]:
    made = paul.post("/plans", {"name": "Next"}, 201)
    assert made["is_outdated"] is False
    paul.send("patch", f"/plans/{made['id']}/territories/{code}", fields, 200)
    return made  # type: ignore[no-any-return]


def test_an_outdated_draft_is_refused_updated_and_proposed(company: Company, browse: Browse) -> None:
    paul = browse("paul")
    draft = start_draft(paul, "EAST", priority=4)
    path = f"/plans/{draft['id']}"
    draw_west(company)
    assert paul.read(path)["is_outdated"] is True
    assert {plan["id"]: plan["is_outdated"] for plan in paul.read("/plans")}[draft["id"]] is True
    assert not any(plan["is_outdated"] for plan in paul.read("/plans") if plan["status"] != "draft")
    form = {"kind": "plan", "plan_id": draft["id"], "reason": "next", "deal_policy": "follow_territory"}
    for address in ("/realignments/preview", "/realignments"):
        assert paul.post(address, form, 409)["code"] == "draft_outdated"
    assert paul.post(f"{path}/update", status=409, If_Match="0")["code"] == "stale"
    fresh = paul.post(f"{path}/update", If_Match="1")
    assert (fresh["is_outdated"], fresh["version"], fresh["change_count"]) == (False, 2, 1)
    assert paul.read(f"/territories/WEST?plan={draft['id']}")["rule"]["text"] == 'state in ["CA", "TX"]'
    assert paul.post(f"{path}/update", status=409)["code"] == "nothing_to_change"
    paul.post("/realignments", form, 201)


def test_conflicts_are_listed_with_what_to_do(company: Company, browse: Browse) -> None:
    paul = browse("paul")
    draft = start_draft(paul, "WEST", rule='state = "NV"', name="Far West")
    draw_west(company)
    refused = paul.post(f"/plans/{draft['id']}/update", status=409)
    assert refused["code"] == "conflict"
    (finding,) = refused["findings"]
    assert finding["where"] == "WEST"
    assert finding["sentence"].startswith("Both the draft and the live plan changed the rule of WEST: ")
    assert finding["suggestion"]
    kept = paul.read(f"/plans/{draft['id']}")
    assert (kept["version"], kept["is_outdated"]) == (1, True)
    rule = paul.read("/territories/WEST")["rule"]["text"]
    paul.send("patch", f"/plans/{draft['id']}/territories/WEST", {"rule": rule}, 200)
    assert paul.post(f"/plans/{draft['id']}/update")["change_count"] == 1, (
        "as the advice says; the name stays"
    )


def test_one_side_may_be_preferred(company: Company, browse: Browse) -> None:
    paul = browse("paul")
    mine, theirs = (start_draft(paul, "WEST", rule='state = "NV"', name="Far West") for _ in range(2))
    draw_west(company)
    for draft, prefer, rule in ((mine, "draft", 'state = "NV"'), (theirs, "live", 'state in ["CA", "TX"]')):
        path = f"/plans/{draft['id']}"
        assert paul.post(f"{path}/update?prefer={prefer}")["is_outdated"] is False
        west = paul.read(f"/territories/WEST?plan={draft['id']}")
        assert (west["rule"]["text"], west["name"]) == (rule, "Far West")
