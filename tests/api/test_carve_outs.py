"""Does the API say what a territory takes and loses, to those who may see it, at a fixed cost?"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from fairpatch.records.models import Quota
from fairpatch.records.queries.plan_cache import forget_contents
from tests.api.conftest import Browser
from tests.api.test_locks import TODAY, lock_account
from tests.worlds.staff import Company, add_accounts, add_deal, copy_to_draft

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
Browse = Callable[[str], Browser]
QUERIES = 25
"""With everything that is known of a plan read afresh; two are PostgreSQL's."""


@pytest.fixture
def locked(company: Company) -> Company:
    """EAST holds two Californians by locks; WEST has a quota this year."""
    year = {"starts_on": dt.date(TODAY.year, 1, 1), "ends_on": dt.date(TODAY.year, 12, 31)}
    Quota.objects.create(territory=company.territories["WEST"], amount_minor=7_000_00, **year)
    lock_account(company, "a1", "EAST", None)
    lock_account(company, "a2", "EAST", None)
    add_deal(company, "a1", "first", "bob")
    add_deal(company, "a1", "second", "bob")
    add_deal(company, "a1", "third", "bob", outcome="won")
    return company


def list_shares(shares: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(share["territory"], share["accounts"], share["named"], share["locked"]) for share in shares]


def list_accounts(browser: Browser, query: str) -> set[str]:
    return {row["external_id"] for row in browser.read(f"/accounts?{query}")["items"]}


def test_both_sides_of_a_carve_out_are_told(locked: Company, browse: Browse) -> None:
    ada = browse("ada")
    east = ada.read("/territories/EAST/carve_outs")
    assert (east["territory"], east["layer"], east["is_live"]) == ("EAST", "sales", True)
    assert east["held"] == {
        "accounts": 4,
        "revenue_minor": (1 + 2 + 4 + 5) * 1_000_00,
        "open_deals": 2,
        "pipeline_minor": 100_00,
    }
    assert list_shares(east["taken"]) == [("WEST", 2, 0, 2), (None, 2, 0, 0)]
    base, nobody = (share["base"] for share in east["taken"])
    assert (base["accounts"], base["revenue_minor"], base["quota_minor"]) == (1, 3 * 1_000_00, 7_000_00)
    assert nobody is None
    assert (east["lost"], east["waiting"]["accounts"]) == ([], 0)
    west = ada.read("/territories/WEST/carve_outs")
    assert list_shares(west["lost"]) == [("EAST", 2, 0, 2)]
    assert west["lost"][0]["pipeline_minor"] == 100_00
    assert list_shares(west["taken"]) == [(None, 1, 0, 0)]
    ada.read("/territories/NOWHERE/carve_outs", status=404)


def test_the_accounts_behind_each_figure_are_listed_and_exported(locked: Company, browse: Browse) -> None:
    ada = browse("ada")
    assert list_accounts(ada, "territory=EAST&base=WEST") == {"a1", "a2"}
    assert list_accounts(ada, "base=WEST") == {"a1", "a2"}
    assert list_accounts(ada, "territory=EAST&list=carved_out") == {"a1", "a2"}
    assert list_accounts(ada, "territory=EAST&list=sole") == {"a4", "a5"}
    assert list_accounts(ada, "list=sole") == {"a3", "a4", "a5"}
    assert list_accounts(ada, "territory=EAST&base=BIG") == set(), "another layer"
    export = b"".join(ada.ask("get", "/accounts/export.csv?base=WEST").streaming_content)
    assert export.count(b"\r\n") == 3
    assert len(ada.read("/accounts/points?base=WEST")["id"]) == 0, "they have no position"
    ada.read("/accounts?base=NOWHERE", status=404)


def test_programmes_are_listed_over_the_whole_plan(locked: Company, browse: Browse) -> None:
    found = browse("ada").read("/carve_outs")
    assert (found["layer"], found["is_live"], found["count"]) == ("sales", True, 1)
    (pair,) = found["pairs"]
    assert (pair["name"], pair["base_name"], pair["accounts"], pair["locked"]) == ("EAST", "WEST", 2, 2)
    assert browse("ada").read("/carve_outs?layer=cloud")["pairs"] == []
    assert browse("otto").read("/carve_outs")["pairs"] == []
    assert browse("bob").read("/carve_outs")["count"] == 1
    browse("ada").read("/carve_outs?layer=nope", status=404)


def test_a_draft_is_told_of_as_it_would_decide(locked: Company, browse: Browse) -> None:
    draft = copy_to_draft(locked, {"WEST": 'country = "US"'})
    forget_contents()
    east = browse("ada").read(f"/territories/EAST/carve_outs?plan={draft.pk}")
    assert (east["is_live"], list_shares(east["taken"])) == (False, [("WEST", 4, 0, 2)])


def test_each_counts_what_is_in_sight(locked: Company, browse: Browse) -> None:
    # Ann no longer sees what went to Bob, Bob sees what came; an outsider sees nothing.
    assert browse("ann").read("/territories/WEST/carve_outs")["lost"] == []
    assert list_shares(browse("mona").read("/territories/WEST/carve_outs")["lost"]) == [("EAST", 2, 0, 2)]
    assert list_shares(browse("bob").read("/territories/EAST/carve_outs")["taken"])[0] == ("WEST", 2, 0, 2)
    assert list_accounts(browse("ann"), "base=WEST") == set()
    otto = browse("otto").read("/territories/EAST/carve_outs")
    assert (otto["held"]["accounts"], otto["taken"], otto["lost"]) == (0, [], [])


@pytest.mark.parametrize("path", ["/territories/EAST/carve_outs", "/carve_outs?with_rules=true"])
def test_the_number_of_queries_is_fixed(path: str, locked: Company, browse: Browse) -> None:
    ada = browse("ada")

    def count_queries() -> int:
        forget_contents()
        with CaptureQueriesContext(connections["default"]) as asked:
            ada.read(path)
        return len(asked)

    count_queries()  # the snapshot is read
    few = count_queries()
    add_accounts(locked, 30, first=100)
    count_queries()
    assert few == count_queries() <= QUERIES
