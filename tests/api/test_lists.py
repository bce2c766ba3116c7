"""Do lists say who uses them, what a draft changes of them, and who changed them when?"""

from collections.abc import Callable

import pytest

from tests.api.conftest import Browser
from tests.worlds.staff import Company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]


def test_a_value_set_knows_its_users_its_changes_and_its_history(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    draft = ada.post("/plans", {"name": "Lists"}, 201)["id"]
    ada.send("put", f"/plans/{draft}/value_sets/coast", {"values": ["CA", "OR", "CA"]}, 200)
    rule = {"rule": 'state in set "coast"', "accounts": ["a4", "a9"]}
    ada.send("patch", f"/plans/{draft}/territories/WEST", rule, 200)
    lists = ada.read(f"/plans/{draft}/lists")
    assert lists["value_sets"] == [
        {
            "name": "coast",
            "size": 2,
            "territories": [{"code": "WEST", "name": "WEST"}],
            "added": 2,
            "removed": 0,
            "is_removed": False,
        }
    ]
    assert lists["accounts"] == [{"code": "WEST", "name": "WEST", "named": 2, "excluded": 0}]
    ada.send("put", f"/plans/{draft}/value_sets/coast", {"values": ["CA"]}, 200)
    one = ada.read(f"/plans/{draft}/lists/coast")
    assert (one["added"], one["removed"]) == (["CA"], [])
    assert [(row["actor"], row["size"]) for row in one["history"]] == [("Ada", 1), ("Ada", 2)]
    assert ada.read(f"/plans/{draft}/lists/nothing", 404)["code"] == "not_found"
    assert ada.read(f"/plans/{company.plan.id}/lists")["value_sets"] == []
