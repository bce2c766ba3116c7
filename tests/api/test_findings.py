"""Does the check of a plan reach the page, and say while a rule is typed what it would do?"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairpatch.records.models import LayoutTerritory, Lock
from tests.api.conftest import Browser
from tests.worlds.staff import Company, copy_to_draft

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]


def kinds(answer: dict[str, Any], territory: str) -> set[str]:
    return {
        found["kind"] for found in answer["findings"] if territory in (found["territory"], *found["others"])
    }


def test_a_plan_is_checked_with_accounts_that_show_it(company: Company, browse: Browse) -> None:
    paul = browse("paul")
    draft = paul.post("/plans", {"name": "Next"}, 201)
    base = f"/plans/{draft['id']}"
    paul.post(f"{base}/territories", {"code": "TWIN", "name": "Twin", "rule": 'state = "CA"'}, 201)
    answer = paul.read(f"{base}/findings")
    (tie,) = [found for found in answer["findings"] if found["kind"] == "tie"]
    assert {tie["territory"], *tie["others"]} == {"TWIN", "WEST"}
    assert tie["account"]["state"] == "CA"
    assert tie["severity"] == "warning"
    (count,) = [count for count in answer["counts"] if count["kind"] == "tie"]
    assert (count["total"], count["listed"]) == (1, 1)
    assert kinds(paul.read(f"/plans/{company.plan.id}/findings"), "TWIN") == set()


def test_a_rule_is_checked_while_it_is_typed(company: Company, browse: Browse) -> None:
    paul = browse("paul")
    dead = paul.post(
        "/rules/findings", {"territory": "WEST", "rule": {"text": 'state = "CA" and state = "OR"'}}
    )
    assert kinds(dead, "WEST") == {"contradiction"}
    fine = paul.post("/rules/findings", {"territory": "WEST", "rule": {"text": 'state = "CA"'}})
    assert "contradiction" not in kinds(fine, "WEST")
    new = {"territory": "NEW", "parent": "WEST", "rule": {"text": 'city = "Napa"'}}
    assert paul.post("/rules/findings", new)["counts"] is not None
    faulty = paul.post("/rules/findings", {"territory": "NEW", "parent": "NOWHERE"})
    assert faulty["findings"][0]["kind"] == "fault"


def test_accounts_that_are_not_there_are_told(company: Company, browse: Browse) -> None:
    draft = copy_to_draft(company)
    seat = draft.seats.select_related("territory").first()
    place = LayoutTerritory.objects.get(layout=draft.layout, territory=seat.territory)
    for account in ("A1", "GONE"):
        Lock.objects.create(
            plan=draft,
            account_id_text=account,
            account_key=account.lower(),
            layer=place.layer,
            territory=place.territory,
        )
    answer = browse("paul").read(f"/plans/{draft.id}/findings")
    (unknown,) = [found for found in answer["findings"] if found["kind"] == "unknown"]
    assert 'the account "GONE", which is not there' in unknown["sentence"]


def test_the_second_check_costs_no_more_than_a_look(company: Company, browse: Browse) -> None:
    paul = browse("paul")
    path = f"/plans/{company.plan.id}/findings"
    paul.read(path)
    with CaptureQueriesContext(connection) as asked:
        paul.read(path)
    assert len(asked) <= 9
