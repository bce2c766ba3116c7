"""Do locks say what follows when they end, is their share measured, and is a lapsed one settled?"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from fairpatch.actions.realignment import (
    AccountsIntent,
    approve_realignment,
    execute_realignment,
    propose_realignment,
)
from fairpatch.core.territories.exceptions import judge_exceptions
from fairpatch.records.models import Account, Lock, Organisation, Plan
from fairpatch.records.queries.plan_cache import forget_contents
from tests.api.conftest import Browser
from tests.worlds.staff import Company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]
TODAY = timezone.now().date()


def lock_account(company: Company, account: str, territory: str, days: int | None) -> None:
    """Locks an account in the live plan, until so many days from today."""
    until = None if days is None else TODAY + dt.timedelta(days=days)
    intent = AccountsIntent((company.accounts[account].pk,), territory, until_on=until)
    made = propose_realignment(company.users["paul"], intent, reason="contract")
    approve_realignment(company.users["ada"], made.pk)
    execute_realignment(company.users["ada"], made.pk)


def test_the_list_says_when_each_lock_ends_and_what_follows(company: Company, browse: Browse) -> None:
    lock_account(company, "a1", "EAST", 20)
    lock_account(company, "a6", "WEST", 50)
    lock_account(company, "a4", "WEST", None)
    ada = browse("ada")
    page = ada.read("/locks")
    assert [row["id_text"] for row in page["items"]] == ["a1", "a6", "a4"]
    first, second, third = page["items"]
    assert (first["state"], first["days_left"], first["owner"]["name"]) == ("live", 20, "Bob")
    assert first["afterwards"]["sentence"] == "It belongs to WEST then, with Ann."
    assert second["afterwards"]["sentence"] == "No territory claims it then; it goes to the queue."
    assert third["afterwards"] is None
    assert page["total"] == 3
    assert [row["id_text"] for row in ada.read("/locks?within_days=30")["items"]] == ["a1"]
    assert [row["id_text"] for row in ada.read("/locks?q=account 6".replace(" ", "%20"))["items"]] == ["a6"]
    assert [row["id_text"] for row in ada.read("/locks?territory=EAST")["items"]] == ["a1"]
    paged, after = [], ""
    while after is not None:
        part = ada.read(f"/locks?limit=1&after={after}")
        paged += [row["id_text"] for row in part["items"]]
        after = part["next"]
    assert paged == ["a1", "a6", "a4"]
    assert [row["id_text"] for row in browse("bob").read("/locks")["items"]] == ["a1"], "one's own only"


def test_the_export_holds_what_the_list_shows(company: Company, browse: Browse) -> None:
    lock_account(company, "a1", "EAST", 20)
    text = b"".join(browse("ada").ask("get", "/locks/export.csv").streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("account,name,territory")
    assert "a1,Account 1,EAST,sales" in text
    assert "It belongs to WEST then" in text


def test_the_effect_of_a_lock_is_shown_before_it_is_set(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    draft = ada.post("/plans", {"name": "Locks"}, 201)
    ask: dict[str, Any] = {
        "plan_id": draft["id"],
        "account_id": company.accounts["a1"].id,
        "territory": "EAST",
    }
    shown = ada.post("/locks/preview", ask)
    [effect] = shown["effects"]
    assert (effect["from_territory"]["code"], effect["to_territory"]["code"]) == ("WEST", "EAST")
    assert (effect["from_rep"]["name"], effect["to_rep"]["name"], effect["cause"]) == ("Ann", "Bob", "lock")
    later = {**ask, "from_on": str(TODAY + dt.timedelta(days=9))}
    assert ada.post("/locks/preview", later)["effects"] == [], "not yet"
    saved = ada.post(f"/plans/{draft['id']}/locks", {**ask, "reason": "r", "until_on": None}, 201)
    ended = ada.post("/locks/preview", {**ask, "territory": None, "lock_id": saved["lock"]["id"]})
    assert ended["effects"][0]["to_territory"]["code"] == "WEST"


def test_the_days_of_a_lock_can_be_changed(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    draft = ada.post("/plans", {"name": "Locks"}, 201)["id"]
    form = {"account_id": company.accounts["a1"].id, "territory": "EAST", "reason": "r"}
    lock = ada.post(f"/plans/{draft}/locks", form, 201)["lock"]
    until = str(TODAY + dt.timedelta(days=60))
    changed = ada.send(
        "patch", f"/plans/{draft}/locks/{lock['id']}", {"reason": "extended", "until_on": until}, 200
    )["lock"]
    assert (changed["until_on"], changed["reason"]) == (until, "extended")
    backwards = {"reason": "x", "from_on": until, "until_on": str(TODAY)}
    assert ada.send("patch", f"/plans/{draft}/locks/{lock['id']}", backwards, 422)["code"] == "wrong_value"


@pytest.mark.parametrize(
    ("locked", "accounts", "level"),
    [(0, 0, "ok"), (9, 100, "ok"), (10, 100, "alarm"), (14, 100, "alarm"), (15, 100, "red")],
)
def test_from_ten_percent_on_exceptions_alarm(locked: int, accounts: int, level: str) -> None:
    assert judge_exceptions(locked, accounts)[1] == level


def test_exceptions_are_measured_by_territory(company: Company, browse: Browse) -> None:
    lock_account(company, "a1", "EAST", None)
    rates = browse("ada").read("/locks/exceptions")
    assert (rates["locked"], rates["accounts"], rates["level"]) == (1, 6, "red")
    assert [(row["code"], row["locked"], row["accounts"]) for row in rates["territories"]] == [
        ("EAST", 1, 3),
        ("WEST", 0, 2),
    ]


def test_a_lapsed_lock_is_settled_by_the_layers_policy(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    lock_account(company, "a1", "EAST", None)
    assert ada.read("/locks/exceptions")["unsettled"] == 0
    assert ada.post("/locks/settle", {}, 409)["code"] == "nothing_to_change"
    draft = ada.post("/plans", {"name": "Ends"}, 201)
    lock = Lock.objects.get(plan=draft["id"])
    yesterday = str(TODAY - dt.timedelta(days=1))
    ada.send(
        "patch",
        f"/plans/{draft['id']}/locks/{lock.id}",
        {"reason": "r", "from_on": "2026-01-01", "until_on": yesterday},
        200,
    )
    Plan.objects.filter(status="active").update(status="superseded")
    Plan.objects.filter(pk=draft["id"]).update(status="active")
    Organisation.objects.update(active_plan=draft["id"])
    forget_contents()
    assert ada.read("/locks/exceptions")["unsettled"] == 1
    assert "unsettled_locks" in {task["key"] for task in ada.read("/home")["tasks"]}
    assert ada.read("/locks?state=lapsed")["total"] == 1
    settled = ada.post("/locks/settle")
    assert (settled["moved"], settled["realignments"][0]["status"]) == (1, "proposed")
    made = settled["realignments"][0]["id"]
    approve_realignment(company.users["paul"], made)
    execute_realignment(company.users["paul"], made)
    assert Account.objects.get(key="a1").territory.code == "WEST"
    assert ada.read("/locks/exceptions")["unsettled"] == 0
