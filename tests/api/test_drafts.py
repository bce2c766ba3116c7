"""Is a draft edited as asked, version by version, never left faulty, and the live plan never touched?"""

from collections.abc import Callable
from typing import Any

import pytest

from fairpatch.records.models import Layout, LayoutTerritory, Plan, Seat
from tests.api.conftest import Browser
from tests.worlds.staff import Company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]


@pytest.fixture
def paul(company: Company, browse: Browse) -> Browser:
    return browse("paul")


@pytest.fixture
def draft(paul: Browser) -> int:
    made = paul.post("/plans", {"name": "Next"}, 201)
    assert made["status"] == "draft"
    assert made["change_count"] == 0
    return int(made["id"])


def codes(browser: Browser, plan: int | str) -> dict[str, Any]:
    return {row["code"]: row for row in browser.read(f"/territories?plan={plan}")["territories"]}


def test_staffing_never_copies_boundaries(company: Company, paul: Browser, draft: int) -> None:
    assert Layout.objects.count() == 1
    seat = {"territory": "EAST", "rep_id": company.reps["cat"].id, "kind": "backup"}
    saved = paul.post(f"/plans/{draft}/seats", seat, 201)
    assert saved["version"] == 1
    assert Layout.objects.count() == 1
    paul.send("patch", f"/plans/{draft}/territories/EAST", {"priority": 7}, 200)
    assert Layout.objects.count() == 2
    paul.send("patch", f"/plans/{draft}/territories/EAST", {"priority": 8}, 200)
    assert Layout.objects.count() == 2, "the draft's own by now"
    assert LayoutTerritory.objects.get(layout=company.plan.layout, territory__code="EAST").priority is None


def test_a_rule_is_read_checked_and_previewed(company: Company, paul: Browser, draft: int) -> None:
    parsed = paul.post(
        "/rules/parse", {"text": "state in ['CA', 'TX']", "territory": "WEST", "plan_id": draft}
    )
    assert parsed["json"]["schema"] == "fairpatch-rule/1"
    assert paul.post("/rules/parse", {"json": parsed["json"]})["text"] == parsed["text"]
    preview = paul.post(
        "/rules/preview", {"plan_id": draft, "territory": "WEST", "rule": {"json": parsed["json"]}}
    )
    assert (preview["matches"], preview["wins"]) == (4, 4)
    assert [(row["territory"], row["accounts"]) for row in preview["takes"]] == [(None, 1)]
    assert preview["loses"] == []
    assert [row["external_id"] for row in preview["sample"]] == ["a6"]
    saved = paul.send("patch", f"/plans/{draft}/territories/WEST", {"rule": parsed["text"]}, 200)
    assert saved["territory"]["totals"]["accounts"] == 4, "the draft's own roll-up"
    assert codes(paul, "active")["WEST"]["totals"]["accounts"] == 3
    changes = paul.read(f"/plans/{draft}/diff")["changes"]
    assert [(row["what"], row["code"]) for row in changes] == [("rule", "WEST")]
    assert paul.read(f"/plans/{draft}")["change_count"] == 1


def test_a_faulty_rule_is_refused_with_its_place(paul: Browser, draft: int) -> None:
    problem = paul.post("/rules/parse", {"text": 'state = "CA" and colour = 1'}, 422)
    assert problem["findings"][0]["line"] == 1
    assert problem["findings"][0]["column"] == 18
    refused = paul.send("patch", f"/plans/{draft}/territories/WEST", {"rule": 'state in set "none"'}, 422)
    assert refused["findings"]
    assert paul.read(f"/plans/{draft}")["version"] == 0
    assert codes(paul, draft)["WEST"]["has_rule"]


def test_the_tree_grows_moves_and_shrinks(paul: Browser, draft: int) -> None:
    base = f"/plans/{draft}/territories"
    for code, parent in (("US", None), ("NORTH", "US"), ("FAR", "NORTH")):
        paul.post(base, {"code": code, "name": code.title(), "parent": parent}, 201)
    assert codes(paul, draft)["FAR"]["depth"] == 2
    paul.send("patch", f"{base}/WEST", {"move_to_parent": "FAR"}, 200)
    paul.send("patch", f"{base}/NORTH", {"move_to_parent": None}, 200)
    tree = codes(paul, draft)
    assert (tree["WEST"]["depth"], tree["WEST"]["parent"]) == (2, "FAR")
    assert tree["NORTH"]["totals"]["accounts"] == 3
    assert paul.send("patch", f"{base}/NORTH", {"move_to_parent": "WEST"}, 409)["code"] == "own_child"
    assert paul.send("patch", f"{base}/WEST", {"move_to_parent": "BIG"}, 409)["code"] == "wrong_layer"
    assert paul.send("delete", f"{base}/FAR", None, 409)["code"] == "has_children"
    paul.send("delete", f"{base}/FAR?reparent=1", None, 200)
    tree = codes(paul, draft)
    assert (tree["WEST"]["depth"], tree["WEST"]["parent"]) == (1, "NORTH")
    assert "FAR" not in tree
    assert paul.post(base, {"code": "WEST", "name": "Twin"}, 409)["code"] == "code_taken"
    paths = LayoutTerritory.objects.filter(layout__plans=draft).order_by("path")
    assert [row.depth for row in paths] == [len(row.path) // 4 - 1 for row in paths]


def test_lists_locks_and_value_sets(company: Company, paul: Browser, draft: int) -> None:
    saved = paul.send(
        "patch", f"/plans/{draft}/territories/EAST", {"accounts": ["A1", "Z 9"], "exclude": ["a5"]}, 200
    )
    assert {(row["id_text"], row["name"]) for row in saved["territory"]["named"]} == {
        ("A1", "Account 1"),
        ("Z 9", None),
    }
    lock = {"account_id": company.accounts["a2"].id, "territory": "EAST", "reason": "contract"}
    made = paul.post(f"/plans/{draft}/locks", lock, 201)
    assert made["lock"]["name"] == "Account 2"
    assert paul.post(f"/plans/{draft}/locks", {**lock, "territory": "WEST"}, 422)["findings"], (
        "two locks on one day"
    )
    assert codes(paul, draft)["EAST"]["totals"]["accounts"] == 3
    sets = f"/plans/{draft}/value_sets"
    paul.send("put", f"{sets}/coast", {"values": ["CA", "OR", "CA"]}, 200)
    assert paul.read(f"{sets}/coast") == {"name": "coast", "values": ["CA", "OR"]}
    paul.send("patch", f"/plans/{draft}/territories/WEST", {"rule": 'state in set "coast"'}, 200)
    assert paul.send("delete", f"{sets}/coast", None, 422)["findings"], "a rule uses it"
    assert [row["name"] for row in paul.read(sets)] == ["coast"]
    paul.send("delete", f"/plans/{draft}/locks/{made['lock']['id']}", None, 200)


def test_two_planners_never_overwrite_each_other(paul: Browser, browse: Browse, draft: int) -> None:
    path = f"/plans/{draft}/territories/WEST"
    saved = paul.send("patch", path, {"priority": 1}, 200, If_Match='"0"')
    assert saved["version"] == 1
    problem = browse("ada").send("patch", path, {"priority": 2}, 409, If_Match="0")
    assert problem["code"] == "stale"
    assert codes(paul, draft)["WEST"]["priority"] == 1


def test_only_drafts_are_edited(company: Company, paul: Browser) -> None:
    live = company.plan.id
    problem = paul.send("patch", f"/plans/{live}/territories/WEST", {"priority": 1}, 409)
    assert problem["code"] == "not_a_draft"
    assert paul.send("delete", f"/plans/{live}", None, 409)["code"] == "not_a_draft"
    assert Plan.objects.get(id=live).version == 0


def test_the_seats_of_a_day_do_not_collide(company: Company, paul: Browser, draft: int) -> None:
    cat = company.reps["cat"].id
    problem = paul.post(f"/plans/{draft}/seats", {"territory": "EAST", "rep_id": cat}, 422)
    assert problem["findings"], "the territory has a primary seat"
    assert paul.read(f"/plans/{draft}")["version"] == 0
    seats = Seat.objects.filter(plan_id=draft, territory__code="EAST")
    paul.send("delete", f"/plans/{draft}/seats/{seats.get().id}", None, 200)
    assert codes(paul, draft)["EAST"]["is_vacant"]
    paul.post(f"/plans/{draft}/seats", {"territory": "EAST", "rep_id": cat}, 201)
    assert codes(paul, draft)["EAST"]["primary"]["name"] == "Cat"


def test_a_plan_goes_out_as_text_and_comes_back(paul: Browser, draft: int) -> None:
    text = paul.ask("get", f"/plans/{draft}/export").content.decode()
    assert "code: WEST" in text
    changed = text.replace("name: WEST", "name: The West")
    response = paul.client.put(f"/api/v1/plans/{draft}/text", changed, content_type="text/yaml")
    assert response.status_code == 200, response.content
    assert codes(paul, draft)["WEST"]["name"] == "The West"
    assert paul.ask("get", f"/plans/{draft}/export").content.decode() == changed
    faulty = changed.replace("code: EAST", "code: WEST").replace('"CA"', "CA CA")
    response = paul.client.put(f"/api/v1/plans/{draft}/text", faulty, content_type="text/yaml")
    assert response.status_code == 422
    findings = response.json()["findings"]
    assert len(findings) >= 2, "every fault at once"
    assert all(finding["line"] for finding in findings)
    assert codes(paul, draft)["WEST"]["name"] == "The West"
    assert Plan.objects.count() == 2


def test_a_draft_is_put_away(paul: Browser, draft: int) -> None:
    paul.send("delete", f"/plans/{draft}", None, 204)
    assert draft not in {row["id"] for row in paul.read("/plans")}
    assert Plan.objects.get(id=draft).status == "archived"
