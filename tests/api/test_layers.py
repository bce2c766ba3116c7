"""Can layers be added, changed and removed in a draft, and does an account say what each means for it?"""

from collections.abc import Callable

import pytest

from fairpatch.records.models import Organisation, Plan
from fairpatch.records.queries.plan_cache import forget_contents
from tests.api.conftest import Browser
from tests.worlds.staff import Company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]


def test_a_layer_is_added_changed_and_removed(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    draft = ada.post("/plans", {"name": "Layers"}, 201)["id"]
    path = f"/plans/{draft}/layers"
    fields = {
        "role": "partner",
        "credit": 12.5,
        "engagement": " Partners register first. ",
        "families": "together",
        "placement": "headquarters",
        "on_change": "at_once",
    }
    layers = ada.send("put", f"{path}/channel", fields, 200)["layers"]
    assert layers[-1] == {
        **fields,
        "code": "channel",
        "engagement": "Partners register first.",
        "position": 2,
    }
    changed = ada.send("put", f"{path}/channel", {"on_change": "propose", "credit": None}, 200)["layers"][-1]
    assert (changed["on_change"], changed["credit"], changed["families"]) == ("propose", None, "together")
    changes = [row["sentence"] for row in ada.read(f"/plans/{draft}/diff")["changes"]]
    assert changes == ["Layer channel added."]
    assert "families: together" in ada.ask("get", f"/plans/{draft}/export").content.decode()
    assert len(ada.send("delete", f"{path}/channel", None, 200)["layers"]) == 2
    assert ada.send("delete", f"{path}/cloud", None, 409)["code"] == "in_use"
    assert ada.send("put", f"{path}/sales", {"credit": 101}, 422)["status"] == 422


def test_there_is_always_one_primary_layer(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    draft = ada.post("/plans", {"name": "Layers"}, 201)["id"]
    refused = ada.send("put", f"/plans/{draft}/layers/sales", {"role": "overlay"}, 422)
    assert "primary layer" in refused["detail"]
    layers = ada.send("put", f"/plans/{draft}/layers/cloud", {"role": "primary"}, 200)["layers"]
    assert [(layer["code"], layer["role"]) for layer in layers] == [
        ("sales", "overlay"),
        ("cloud", "primary"),
    ]


def test_the_live_plan_is_left_alone(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    draft = ada.post("/plans", {"name": "Layers"}, 201)["id"]
    ada.send("put", f"/plans/{draft}/layers/sales", {"on_change": "next_cycle"}, 200)
    live = Organisation.objects.get().active_plan_id
    assert ada.read(f"/plans/{live}/layers")[0]["on_change"] == "propose"
    assert ada.send("put", f"/plans/{live}/layers/sales", {"engagement": "x"}, 409)["code"] == "not_a_draft"


def test_the_account_shows_every_layer_with_its_rules_of_engagement(company: Company, browse: Browse) -> None:
    ada = browse("ada")
    draft = ada.post("/plans", {"name": "Layers"}, 201)["id"]
    rules = {"engagement": "Joins on request.", "credit": 20}
    ada.send("put", f"/plans/{draft}/layers/cloud", rules, 200)
    Plan.objects.filter(status="active").update(status="superseded")
    Plan.objects.filter(pk=draft).update(status="active")
    Organisation.objects.update(active_plan=draft)
    forget_contents()
    account = browse("ann").read(f"/accounts/{company.accounts['a3'].id}")
    shown = [(row["layer"], row["role"], row["credit"], row["engagement"]) for row in account["assignments"]]
    assert shown == [("sales", "primary", None, ""), ("cloud", "overlay", 20.0, "Joins on request.")]
