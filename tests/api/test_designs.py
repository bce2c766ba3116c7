"""Is a design run diagnosed, kept, shown and accepted as asked, within the scope, touching nothing live?"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from fairpatch.records.models import Account, DesignRun, Job, ListedAccount, Lock, Organisation, Plan
from fairpatch.records.queries.plan_cache import forget_contents
from tests.api.conftest import Browser
from tests.worlds.market import POSITIONED, found_market, solve_next_design
from tests.worlds.staff import Company, copy_to_draft

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]

EVEN: dict[str, Any] = {
    "name": "Even books",
    "mode": "rebalance",
    "measures": [{"name": "count", "tolerance": 0.1}],
    "seconds": 30,
}


@pytest.fixture
def market(db: None) -> Company:
    return found_market()


@pytest.fixture
def browse(market: Company) -> Browse:
    forget_contents()
    return lambda name: Browser(market.users[name])


def design(browser: Browser, **changes: Any) -> int:
    """Starts a design and waits for it, which takes a process of its own; its id."""
    started = browser.post("/designs", {**EVEN, **changes}, 202)
    solve_next_design()
    return int(started["id"])


def test_the_diagnosis_says_how_uneven_the_book_is_and_what_must_move(browse: Browse) -> None:
    found = browse("paul").post("/designs/diagnosis", EVEN)
    assert (found["accounts"], found["owned"], found["is_possible"]) == (POSITIONED, POSITIONED, True)
    (measure,) = found["measures"]
    assert measure["max_deviation"] == pytest.approx(16 / 12 - 1)
    # EAST has 16 accounts and may keep 13.2: 2.8 of 24 must leave it.
    least = {row["tolerance"]: row["share"] for row in found["least_moves"]}
    assert least[0.1] == pytest.approx(2.8 / 24)
    assert [place["code"] for place in found["places"]] == ["WEST", "EAST"]
    assert any("without a position" in sentence for sentence in found["left_out"])
    assert Account.objects.filter(territory__code="EAST").count() == 17


def test_the_diagnosis_says_which_constraint_makes_it_impossible(browse: Browse) -> None:
    found = browse("paul").post("/designs/diagnosis", {**EVEN, "max_accounts": 5})
    assert not found["is_possible"]
    assert any("24 accounts must go to the territories" in sentence for sentence in found["sentences"])


def test_live_locks_hold(market: Company, browse: Browse) -> None:
    draft = copy_to_draft(market)
    for key, territory in (("a9", "EAST"), ("a10", "BIG")):
        layer = market.layers["sales"]
        Lock.objects.create(
            plan=draft,
            account_id_text=key,
            account_key=key,
            layer=layer,
            territory=market.territories[territory],
        )
    Plan.objects.filter(id=market.plan.id).update(status=Plan.Status.SUPERSEDED)
    Plan.objects.filter(id=draft.pk).update(status=Plan.Status.ACTIVE)
    Organisation.objects.update(active_plan=draft)
    paul = browse("paul")
    number = design(paul)
    assert any(
        "1 account is locked to territories" in told for told in paul.read(f"/designs/{number}")["left_out"]
    )
    points = paul.read(f"/designs/{number}/scenarios/1/points")
    assert market.accounts["a10"].pk not in points["id"]
    assert points["after"][points["id"].index(market.accounts["a9"].pk)] == 1


def test_a_design_evens_the_books_and_becomes_a_draft(market: Company, browse: Browse) -> None:
    paul = browse("paul")
    owners = dict(Account.objects.values_list("key", "owner_id"))
    number = design(paul, measures=[{"name": "count", "tolerance": 0.01}])
    run = paul.read(f"/designs/{number}")
    assert run["state"] == "done"
    (row,) = run["scenarios"]
    assert (row["status"], row["moved_accounts"]) == ("ok", 4)
    assert row["max_deviation"] <= 0.01
    shown = paul.read(f"/designs/{number}/scenarios/1")
    assert any("from the best possible for these centres" in sentence for sentence in shown["sentences"])
    loads = {t["code"]: t["measures"]["count"] for t in shown["territories"]}
    assert (loads["EAST"]["before"], loads["EAST"]["load"]) == (16, 12)
    assert [(flow["from"], flow["to"], flow["accounts"]) for flow in shown["flows"]] == [(1, 0, 4)]
    points = paul.read(f"/designs/{number}/scenarios/1/points")
    assert len(points["id"]) == POSITIONED
    moved = {points["id"][at] for at in range(POSITIONED) if points["before"][at] != points["after"][at]}
    # The four accounts of EAST that lie in the west.
    assert moved == {market.accounts[f"a{at}"].pk for at in range(9, 13)}
    page = paul.read(f"/designs/{number}/scenarios/1/moves?limit=3")
    rest = paul.read(f"/designs/{number}/scenarios/1/moves?limit=3&after={page['next']}")
    assert {item["id"] for item in page["items"] + rest["items"]} == moved
    assert rest["next"] is None
    told = b"".join(paul.ask("get", f"/designs/{number}/scenarios/1/moves.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert told.count("EAST,WEST") == 4

    made = paul.post(f"/designs/{number}/scenarios/1/accept", {"name": "Evened"}, 201)
    assert made["named"] == 4
    draft = Plan.objects.get(id=made["plan_id"])
    assert (draft.name, draft.status) == ("Evened", "draft")
    assert ListedAccount.objects.filter(layout=draft.layout, territory__code="WEST").count() == 4
    assert paul.read(f"/designs/{number}")["scenarios"][0]["draft"]["id"] == draft.pk
    assert dict(Account.objects.values_list("key", "owner_id")) == owners, "nothing live was touched"


@pytest.mark.slow
def test_an_accepted_design_is_realigned_like_any_draft(market: Company, browse: Browse) -> None:
    paul = browse("paul")
    number = design(paul, measures=[{"name": "count", "tolerance": 0.01}])
    made = paul.post(f"/designs/{number}/scenarios/1/accept", {}, 201)
    asked = {"kind": "plan", "plan_id": made["plan_id"], "reason": "Even books"}
    proposal = paul.post("/realignments", asked, 201)
    assert proposal["move_count"] == 4


@pytest.mark.slow
def test_a_headcount_puts_new_territories_into_the_draft(market: Company, browse: Browse) -> None:
    paul = browse("paul")
    number = design(paul, mode="scratch", headcount=3, measures=[{"name": "count", "tolerance": 0.01}])
    run = paul.read(f"/designs/{number}")
    assert [place["is_new"] for place in run["places"]] == [True, True, True]
    assert run["scenarios"][0]["moved_share"] is None
    made = paul.post(f"/designs/{number}/scenarios/1/accept", {}, 201)
    assert made["named"] == POSITIONED
    codes = {row["code"]: row for row in paul.read(f"/territories?plan={made['plan_id']}")["territories"]}
    assert codes["sales-N1"]["name"] == "New territory 1"
    assert sorted(codes[f"sales-N{at}"]["totals"]["accounts"] for at in (1, 2, 3)) == [8, 8, 8]


@pytest.mark.slow
def test_a_leavers_accounts_move_and_nobody_elses(market: Company, browse: Browse) -> None:
    paul = browse("paul")
    body = {"mode": "leaver", "leave_out": ["WEST"], "is_holding": True,
            "measures": [{"name": "count", "tolerance": 1.0}]}  # fmt: skip
    number = design(paul, **body)
    points = paul.read(f"/designs/{number}/scenarios/1/points")
    assert points["before"].count(-1) == 8
    assert set(points["after"]) == {0}
    assert paul.read(f"/designs/{number}")["scenarios"][0]["moved_share"] == 0


@pytest.mark.slow
def test_a_sweep_marks_what_is_worth_a_look(browse: Browse) -> None:
    paul = browse("paul")
    number = design(paul, tolerances=[0.01, 0.5], disruptions=[0.0, 100.0])
    rows = paul.read(f"/designs/{number}")["scenarios"]
    assert [(row["tolerance"], row["disruption"]) for row in rows] == [
        (0.01, 0.0), (0.01, 100.0), (0.5, 0.0), (0.5, 100.0),
    ]  # fmt: skip
    assert any(row["is_pareto"] for row in rows)
    (card,) = paul.read("/designs")["items"]
    assert card["scenario_count"] == 4
    assert card["best"]["is_pareto"]


def test_faulty_questions_are_refused_with_every_fault(browse: Browse) -> None:
    body = {**EVEN, "measures": [], "mode": "merge", "seconds": 0}
    refused = browse("paul").post("/designs", body, 422)
    assert {finding["where"] for finding in refused["findings"]} == {"measures", "leave_out", "seconds"}
    named = {**EVEN, "measures": [{"name": "shoe_size", "tolerance": 0.1}]}
    assert "shoe_size" in browse("paul").post("/designs/diagnosis", named, 422)["detail"]
    assert DesignRun.objects.count() == 0


def test_a_manager_designs_only_inside_the_own_scope(browse: Browse) -> None:
    mona = browse("mona")  # above ann (WEST) and bob (EAST)
    assert browse("mike").post("/designs", {**EVEN, "within": "WEST"}, 403)["code"] == "forbidden"
    assert mona.post("/designs", {**EVEN, "mode": "split", "new": 1}, 403)["code"] == "forbidden"
    number = design(mona)
    assert mona.read(f"/designs/{number}")["state"] == "done"
    # The run is mona's own: another manager finds nothing, the planner and the auditor see it.
    browse("mike").read(f"/designs/{number}", 404)
    browse("mike").read(f"/designs/{number}/scenarios/1/points", 404)
    assert browse("mike").read("/designs")["items"] == []
    assert browse("paul").read("/designs")["items"][0]["id"] == number


def test_accounts_out_of_sight_are_neither_designed_nor_shown(market: Company, browse: Browse) -> None:
    mona = browse("mona")
    number = design(mona)
    # Bob leaves mona's team: EAST and its accounts are no longer hers.
    bob = market.reps["bob"]
    bob.manager = market.reps["mike"]
    bob.save()
    forget_contents()
    shown = mona.read(f"/designs/{number}/scenarios/1/points")
    assert set(shown["id"]) == {market.accounts[f"a{at}"].pk for at in range(1, 9)}
    assert mona.post(f"/designs/{number}/scenarios/1/accept", {}, 409)["code"] == "out_of_date"


def test_a_run_is_put_away_but_not_while_it_works(browse: Browse) -> None:
    paul = browse("paul")
    started = paul.post("/designs", EVEN, 202)
    assert paul.ask("delete", f"/designs/{started['id']}").status_code == 409
    paul.post(f"/jobs/{started['job_id']}/cancel")
    assert paul.read(f"/designs/{started['id']}")["state"] == "cancelled"
    assert paul.ask("delete", f"/designs/{started['id']}").status_code == 204
    assert paul.read("/designs")["items"] == []


def test_a_spoilt_file_is_refused(browse: Browse, settings: Any) -> None:
    from fairpatch.records.queries.design_files import find_design_path

    paul = browse("paul")
    number = design(paul)
    path = find_design_path(DesignRun.objects.get(id=number).accounts_digest)
    path.write_bytes(b"other")
    assert paul.read(f"/designs/{number}/scenarios/1/points", 409)["code"] == "design_spoilt"
    path.unlink()


def test_the_list_costs_as_many_queries_for_many_runs_as_for_one(browse: Browse) -> None:
    paul = browse("paul")

    def count() -> tuple[int, int]:
        forget_contents()
        with (
            CaptureQueriesContext(connections["default"]) as main,
            CaptureQueriesContext(connections["jobs"]) as jobs,
        ):
            paul.read("/designs")
        return len(main), len(jobs)

    paul.post("/designs", EVEN, 202)
    few = count()
    for _ in range(5):
        paul.post("/designs", EVEN, 202)
    assert count() == few
    assert Job.objects.count() == 6
