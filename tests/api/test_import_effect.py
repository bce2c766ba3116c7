"""Does the API say, before an import is applied, whom it moves and where new accounts land?"""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.utils import CaptureQueriesContext

from fairpatch.actions.imports import check_import, foretell_import, upload_import
from fairpatch.records.models import Job, Organisation, Quota
from tests.api.conftest import Browser
from tests.worlds.staff import Company, add_deal

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]

HEADER = "id,name,country,state,employees\n"
MOVING = "a1,Account 1,US,NY,400\na2,Account 2,US,CA,800\na6,Account 6,US,CA,5000\n"
NEW = "b1,Birch,US,NY,10\nb2,Beech,US,NV,2000\n"


def check(company: Company, text: str) -> int:
    """An import of these accounts, checked."""
    file = SimpleUploadedFile("accounts.csv", (HEADER + text).encode())
    row = upload_import(company.users["paul"], [file])
    check_import(row.pk)
    return row.pk


def test_who_gives_and_who_gets_is_said_before_anything_is_imported(company: Company, browse: Browse) -> None:
    add_deal(company, "a1", "one", "ann")
    add_deal(company, "a1", "won", "ann", "won")
    today = Organisation.objects.get().created_at.date()
    Quota.objects.create(
        rep=company.reps["bob"], starts_on=today, ends_on=today.replace(year=today.year + 9),
        amount_minor=700, currency="USD",
    )  # fmt: skip
    paul = browse("paul")
    number = check(company, MOVING + NEW)
    said = paul.read(f"/imports/{number}/effect")
    assert (said["state"], said["changed"], said["new"], said["moved"]) == ("foretold", 2, 2, 2)
    assert said["is_current"]
    west, east = ({"code": code, "name": code} for code in ("WEST", "EAST"))
    ways = [
        (flow["layer"], flow["from_territory"], flow["to_territory"], flow["accounts"], flow["open_deals"])
        for flow in said["flows"]
    ]
    assert ways == [("sales", None, west, 1, 0), ("sales", west, east, 1, 1)]
    assert said["flows"][1]["pipeline_minor"] == 50_00
    assert [(row["name"], row["accounts_in"], row["accounts_out"]) for row in said["owners"]] == [
        ("Ann", 1, 1), ("Queue", 0, 1), ("Bob", 1, 0),
    ]  # fmt: skip
    assert said["owners"][2]["quota_minor"] == 700
    assert [(row["layer"], row["accounts"], row["landed"], row["unassigned"]) for row in said["layers"]] == [
        ("sales", 2, 1, 1),
        ("cloud", 0, 1, 1),
    ]
    assert said["layers"][0]["sentence"].startswith("This becomes a proposal.")
    lands = {
        (row["layer"], (row["territory"] or {}).get("code")): row["accounts"] for row in said["landings"]
    }
    assert lands == {("sales", "EAST"): 1, ("sales", None): 1, ("cloud", "BIG"): 1, ("cloud", None): 1}


def test_every_account_is_listed_page_by_page_and_as_a_table(company: Company, browse: Browse) -> None:
    number = check(company, MOVING)
    paul = browse("paul")
    first = paul.read(f"/imports/{number}/effect/moves?limit=1")
    rest = paul.read(f"/imports/{number}/effect/moves?limit=1&after={first['next']}")
    rows = first["items"] + rest["items"]
    assert rest["next"] is None
    assert [(row["account"]["external_id"], row["to_rep"]["name"], row["cause"]) for row in rows] == [
        ("a1", "Bob", "rule"),
        ("a6", "Ann", "rule"),
    ]
    assert paul.read(f"/imports/{number}/effect/moves?layer=cloud")["items"] == []
    text = b"".join(paul.ask("get", f"/imports/{number}/effect/moves.csv").streaming_content).decode()
    assert text.splitlines()[1] == "a1,Account 1,sales,propose,WEST,EAST,Ann,Bob,rule,1000.00,0,0.00"
    assert len(text.splitlines()) == 3
    paul.read("/imports/999/effect", 404)


def test_what_happens_meanwhile_makes_it_out_of_date_until_asked_again(
    company: Company, browse: Browse
) -> None:
    number = check(company, MOVING)
    paul = browse("paul")
    account = paul.read(f"/accounts/{company.accounts['a2'].pk}")
    paul.edit_account(account, {"state": "NY"})
    assert not paul.read(f"/imports/{number}/effect")["is_current"]
    started = paul.post(f"/imports/{number}/effect", status=202)
    assert Job.objects.get(pk=started["job_id"]).kind == "imports.foretell"
    foretell_import(number)
    said = paul.read(f"/imports/{number}/effect")
    assert (said["is_current"], said["changed"]) == (True, 3), "the file takes the edit back"


def test_an_import_that_moves_nothing_says_so(company: Company, browse: Browse) -> None:
    number = check(company, "a2,Another name,US,CA,800\n")
    said = browse("paul").read(f"/imports/{number}/effect")
    assert (said["changed"], said["moved"], said["flows"], said["landings"]) == (1, 0, [], [])


def test_nothing_is_foretold_before_the_check_or_without_a_live_plan(
    company: Company, browse: Browse
) -> None:
    paul = browse("paul")
    file = SimpleUploadedFile("accounts.csv", (HEADER + MOVING).encode())
    row = upload_import(company.users["paul"], [file])
    assert paul.read(f"/imports/{row.pk}/effect")["state"] == "not_checked"
    paul.post(f"/imports/{row.pk}/effect", status=409)
    Organisation.objects.update(active_plan=None)
    check_import(row.pk)
    said = paul.read(f"/imports/{row.pk}/effect")
    assert (said["state"], said["moved"]) == ("no_live_plan", 0)
    assert "first plan" in said["sentence"]
    assert paul.read(f"/imports/{row.pk}/effect/moves")["items"] == []


def test_reading_an_effect_asks_as_much_for_many_moves_as_for_one(company: Company, browse: Browse) -> None:
    one, many = check(company, "a1,Account 1,US,NY,400\n"), check(company, MOVING + NEW)
    paul = browse("paul")
    for path, most in (("effect", 12), ("effect/moves", 8)):
        paul.read(f"/imports/{one}/{path}")
        asked = [count_queries(paul, f"/imports/{number}/{path}") for number in (one, many)]
        assert asked[0] == asked[1] <= most, (path, asked)


def count_queries(browser: Browser, path: str) -> int:
    with CaptureQueriesContext(connections["default"]) as asked:
        browser.read(path)
    return len(asked)
