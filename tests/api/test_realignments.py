"""Does the main job go through over HTTP: propose, weigh, approve, execute, prove, undo?"""

from collections.abc import Callable
from typing import Any

import pytest

from fairpatch.actions.realignment import execute_realignment
from fairpatch.records.models import Job
from tests.api.conftest import Browser
from tests.worlds.staff import Company, add_deal

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]


def propose(browser: Browser, company: Company, **more: Any) -> dict[str, Any]:
    form = {
        "kind": "accounts",
        "account_ids": [company.accounts["a1"].id, company.accounts["a2"].id],
        "territory": "EAST",
        "reason": "Ann is on leave",
        **more,
    }
    made: dict[str, Any] = browser.post("/realignments", form, 201)
    return made


def test_the_main_job(company: Company, browse: Browse) -> None:
    add_deal(company, "a1", "offer", "ann")
    mona, dana = browse("mona"), browse("dana")
    form = {
        "kind": "accounts",
        "account_ids": [company.accounts["a1"].id],
        "territory": "EAST",
        "reason": "r",
    }
    preview = mona.post("/realignments/preview", form)
    assert preview["move_count"] == 1
    assert preview["moves_sample"][0]["to_rep"]["name"] == "Bob"
    assert mona.read("/realignments")["items"] == []
    made = propose(mona, company)
    assert made["status"] == "proposed"
    assert "approve" not in made["may"], "never one's own"
    assert made["impact"]["accounts"] == 2
    assert {row["rep"]["name"]: row["out"]["accounts"] for row in made["impact"]["reps"]} == {
        "Ann": 2,
        "Bob": 0,
    }
    path = f"/realignments/{made['id']}"
    assert mona.send("post", f"{path}/approve", {}, 403)["code"] == "own_proposal"
    assert "approve" in dana.read(path)["may"]
    approved = dana.post(f"{path}/approve", {"comment": "fine"})
    assert approved["approvals"][0]["verdict"] == "approved"
    started = dana.post(f"{path}/execute", {}, 202)
    assert Job.objects.get(id=started["job_id"]).kind == "realignment.execute"
    assert browse("mona").read(f"/jobs/{started['job_id']}")["status"] == "queued"
    execute_realignment(company.users["dana"], made["id"])
    done = mona.read(path)
    assert (done["status"], done["batch"] is not None) == ("executed", True)
    assert browse("bob").read(f"/accounts/{company.accounts['a1'].id}")["owner"]["name"] == "Bob"
    assert mona.read(f"{path}/deals")["items"][0]["deal"]["name"] == "offer"
    timeline = mona.read(f"/accounts/{company.accounts['a1'].id}/timeline")
    assert [row["rep"]["name"] for row in timeline if row["layer"] == "sales"] == ["Bob", "Ann"]
    assert mona.read("/territories/EAST")["history"][0]["realignment_id"] == made["id"]
    assert browse("bob").read("/home")["changes"][0]["href"] == path
    undo = mona.post(f"{path}/undo", {"reason": "back"}, 201)
    assert (undo["kind"], undo["undoes_id"]) == ("undo", made["id"])


def test_a_side_sees_its_moves_and_an_outsider_none(company: Company, browse: Browse) -> None:
    made = propose(browse("mona"), company)
    path = f"/realignments/{made['id']}"
    assert [row["account"]["external_id"] for row in browse("ann").read(f"{path}/moves")["items"]] == [
        "a1",
        "a2",
    ]
    page = browse("ann").read(f"{path}/moves?limit=1")
    rest = browse("ann").read(f"{path}/moves?limit=1&after={page['next']}")
    assert [row["account"]["external_id"] for row in rest["items"]] == ["a2"]
    assert {row["rep"]["name"] for row in browse("ann").read(path)["impact"]["reps"]} == {"Ann"}
    for part in ("", "/moves", "/deals", "/moves.csv"):
        assert browse("otto").ask("get", f"{path}{part}").status_code == 404
    assert browse("otto").read("/realignments")["items"] == []
    lines = b"".join(browse("ada").ask("get", f"{path}/moves.csv").streaming_content).decode().splitlines()
    assert len(lines) == 3


def test_an_unapproved_one_is_not_even_queued(company: Company, browse: Browse) -> None:
    made = propose(browse("mona"), company)
    problem = browse("ada").send("post", f"/realignments/{made['id']}/execute", {}, 409)
    assert problem["code"] == "wrong_status"
    assert not Job.objects.exists()


def test_incomplete_intents_are_refused(company: Company, browse: Browse) -> None:
    for form in (
        {"kind": "plan"},
        {"kind": "accounts", "territory": "EAST"},
        {"kind": "handover", "rep_id": 1},
    ):
        assert browse("ada").post("/realignments", {**form, "reason": "r"}, 422)["code"] == "wrong_value"


def test_a_draft_is_activated_by_a_realignment(company: Company, browse: Browse) -> None:
    paul = browse("paul")
    draft = paul.post("/plans", {"name": "Next"}, 201)["id"]
    paul.send("patch", f"/plans/{draft}/territories/WEST", {"rule": 'state in ["CA", "TX"]'}, 200)
    made = paul.post("/realignments", {"kind": "plan", "plan_id": draft, "reason": "cover Texas"}, 201)
    assert paul.read(f"/plans/{draft}")["status"] == "staged"
    browse("ada").post(f"/realignments/{made['id']}/approve", {})
    execute_realignment(company.users["ada"], made["id"])
    assert paul.read("/plans")[0]["status"] == "active"
    assert {row["external_id"] for row in paul.read("/accounts?territory=WEST")["items"]} == {
        "a1",
        "a2",
        "a3",
        "a6",
    }
    rejected = propose(browse("mona"), company)
    assert (
        browse("dana").post(f"/realignments/{rejected['id']}/reject", {"comment": "no"})["status"]
        == "rejected"
    )
    cancelled = propose(browse("mona"), company)
    assert browse("mona").post(f"/realignments/{cancelled['id']}/cancel")["status"] == "cancelled"


def test_what_waits_can_be_proposed_together(company: Company, browse: Browse) -> None:
    """The policy of the layer is to wait; a planner takes everything that waits into one proposal."""
    mona, ada = browse("mona"), browse("ada")
    for key in ("a1", "a2"):
        account = mona.read(f"/accounts/{company.accounts[key].id}")
        made = mona.edit_account(account, {"state": "NY"})["realignments"][0]["id"]
    assert mona.read("/realignments/waiting")["items"] == [], "an open proposal moves them"
    assert ada.post("/realignments", {"kind": "changes", "reason": "r"}, 409)["code"] == "nothing_to_change"
    ada.post(f"/realignments/{made}/reject", {"comment": "not yet"})
    page = mona.read("/realignments/waiting?limit=1")
    assert (page["total"], len(page["items"])) == (2, 1)
    row = page["items"][0]
    assert (row["account"]["external_id"], row["owner"]["name"], row["policy"]) == ("a1", "Ann", "propose")
    assert (row["from_territory"]["code"], row["to_territory"]["code"]) == ("WEST", "EAST")
    rest = mona.read(f"/realignments/waiting?after={page['next']}")
    assert [row["account"]["external_id"] for row in rest["items"]] == ["a2"]
    assert browse("otto").read("/realignments/waiting")["items"] == [], "nobody sees accounts of others"
    proposed = mona.post("/realignments", {"kind": "changes", "reason": "spring"}, 201)
    assert (proposed["kind"], proposed["move_count"]) == ("changes", 2)
    account = mona.read(f"/accounts/{company.accounts['a1'].id}")
    assert account["waits"][0]["realignment_id"] == proposed["id"]
