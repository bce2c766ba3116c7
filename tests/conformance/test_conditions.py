"""What does each operator mean, and how many points does it give? Every line worked out by hand."""

import pytest

from fairpatch.core.routing.claims import prepare_rule
from fairpatch.core.rules.account import AccountReader
from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.core.rules.match import match_rule
from fairpatch.core.rules.text import parse_rule
from tests.worlds.plans import make_plan

PLAN = make_plan(
    """
    fields:
      - {name: ownership, type: choice, choices: [public, private]}
      - {name: seats, type: number, dimension: size, label: Desk count}
      - {name: renewal, type: date}
      - {name: partner, type: boolean}
    value_sets: {bay: ["94105", 94107], big: [1000, 2000]}
    regions: {EMEA: [DE, FR], DACH: [DE]}
    areas:
      square: [[-123, 37], [-122, 37], [-122, 38], [-123, 38]]
      pacific: [[170, -10], [-170, -10], [-170, 10], [170, 10]]
    """
)
ACME = {
    "id": "A 1",
    "name": " Acme Corp ",
    "country": "us",
    "state": "CA",
    "metro": "41860",
    "city": "San Francisco",
    "postal_code": "94105",
    "latitude": 37.7749,
    "longitude": -122.4194,
    "industry": "541511",
    "employees": 250,
    "annual_revenue": 1e7,
    "product_lines": "Cloud|Data ",
    "segment": "  ",
    "ownership": "Private",
    "seats": 0,
    "renewal": "2027-01-31",
    "partner": "true",
}
BERLIN = {"id": "B", "country": "DE", "postal_code": "sw1a 1aa", "industry": "31-33", "longitude": 13.4}
ISLAND = {"id": "I", "latitude": 0, "longitude": -179}

CASES = [
    # rule, account, matches, specificity when it matches
    ("all", ACME, True, 0),
    ('state = "ca"', ACME, True, 20),
    ('state is " C A "', ACME, True, 20),
    ('state != "CA"', ACME, False, None),
    ('state != "OR"', ACME, True, 0),
    ('state != "OR"', BERLIN, True, 0),
    ('not state = "OR"', BERLIN, True, 0),
    ('not (state != "CA")', ACME, True, 20),
    ('state = "CA"', BERLIN, False, None),
    ('segment = ""', ACME, False, None),
    ("segment is empty", ACME, True, 1),
    ("not (segment is not empty)", ACME, True, 1),
    ("not (state is empty)", ACME, True, 20),
    ("postal_code is not empty", ACME, True, 0),
    ("state is not empty", BERLIN, False, None),
    ('name = "ACME CORP"', ACME, True, 1),
    ('name = "acmecorp"', ACME, False, None),
    ('name contains ["zz", "me c"]', ACME, True, 1),
    ('name contains ""', ACME, False, None),
    ('name begins with "acme"', ACME, True, 1),
    ('postal_code = "SW1A1AA"', BERLIN, True, 50),
    ('postal_code begins with ["SW1A 1", "sw"]', BERLIN, True, 42),
    ('postal_code begins with ["941", "94105"]', ACME, True, 43),
    ('postal_code begins with ""', ACME, False, None),
    ('postal_code between "94000" and "94105"', ACME, True, 45),
    ('postal_code >= "94105"', ACME, True, 45),
    ('postal_code > "94105"', ACME, False, None),
    ('postal_code < "9411"', ACME, True, 45),
    ('postal_code contains "410"', ACME, True, 0),
    ('postal_code in set "bay"', ACME, True, 50),
    ('postal_code not in set "bay"', ACME, False, None),
    ("postal_code in [94105]", ACME, True, 50),
    ("postal_code in []", ACME, False, None),
    ("postal_code not in []", ACME, True, 0),
    ('region = "emea"', BERLIN, True, 5),
    ('region in ["DACH", "X"]', BERLIN, True, 5),
    ('region = "EMEA"', ACME, False, None),
    ("region is empty", ACME, True, 5),
    ('country = "US"', ACME, True, 10),
    ('metro = "41860"', ACME, True, 30),
    ('city = "san francisco"', ACME, True, 35),
    ('country = "US" and city = "san francisco" and state = "CA"', ACME, True, 35),
    ('industry under "54"', ACME, True, 2),
    ('industry under ["5415", "62"]', ACME, True, 2),
    ('industry under "541511"', ACME, True, 6),
    ('industry = "541511" and industry under "54"', ACME, True, 6),
    ('industry under "5415112"', ACME, False, None),
    ('industry under "31-33"', BERLIN, True, 2),
    ('industry under "31"', BERLIN, False, None),
    ('industry under "31-33"', {"id": "x", "industry": "332"}, True, 2),
    ('industry in ["31-33"]', BERLIN, True, 2),
    ('industry contains "15"', ACME, True, 0),
    ("industry is not empty", ACME, True, 0),
    ("employees > 249", ACME, True, 1),
    ("employees <= 250 and annual_revenue at least $10M", ACME, True, 1),
    ("annual revenue < 10M", ACME, False, None),
    ("employees between 250 and 300", ACME, True, 1),
    ("not employees > 1k", BERLIN, True, 0),
    ("employees < 5", BERLIN, False, None),
    ("Desk Count = 0", ACME, True, 1),
    ('annual_revenue in set "big"', ACME, False, None),
    ("employees in [250, 5]", ACME, True, 1),
    ('product_lines includes any ["data", "x"]', ACME, True, 1),
    ('product_lines includes all ["cloud", "DATA"]', ACME, True, 1),
    ('product_lines includes all ["cloud", "x"]', ACME, False, None),
    ('product_lines includes all ["cloud"]', BERLIN, False, None),
    ('ownership is "PRIVATE" and partner = true and renewal <= 2027-01-31', ACME, True, 3),
    ("partner is false", BERLIN, False, None),
    ('renewal between 2027-02-01 and "2027-12-31"', ACME, False, None),
    ("position within 1 km of (37.7749, -122.4194)", ACME, True, 38),
    ("position within 600 km of (34.0522, -118.2437)", ACME, True, 38),
    ("position within 550 km of (34.0522, -118.2437)", ACME, False, None),
    ("position is empty", BERLIN, True, 38),
    ('position inside area "square"', ACME, True, 38),
    ('position inside area "pacific"', ISLAND, True, 38),
    ('position inside area "pacific"', ACME, False, None),
    ('state = "OR" or employees > 1', ACME, True, 1),
    ('state = "CA" or postal_code = "94105"', ACME, True, 50),
    ('state = "CA" and (industry under "54" or employees > 1) and segment is empty', ACME, True, 23),
    ('state = "CA" and not industry under "62"', ACME, True, 20),
    ('not (state = "OR" or industry under "62")', ACME, True, 0),
]


@pytest.mark.parametrize(
    ("text", "account", "matches", "specificity"), CASES, ids=lambda v: v if isinstance(v, str) else ""
)
def test_condition(text: str, account: dict, matches: bool, specificity: int | None) -> None:
    rule = parse_rule(text, PLAN.catalogue)
    seen = AccountReader(PLAN.catalogue, PLAN.regions).read(account)
    assert match_rule(rule, seen, PLAN.scope) is matches
    if matches:
        assert prepare_rule(rule, PLAN.scope).measure_specificity(seen) == specificity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", "single"),
        ('state = "CA" and postal_code = "1"', "single"),
        ('state = "CA" and not industry under "62"', "hybrid"),
        ("employees > 1 and annual_revenue > 1 and Desk count > 1", "single"),
        ('segment = "x" and source = "y"', "hybrid"),
        ('product_lines includes any ["x"] or status = "y"', "hybrid"),
    ],
)
def test_class(text: str, expected: str) -> None:
    assert prepare_rule(parse_rule(text, PLAN.catalogue), PLAN.scope).claim_class == expected


def test_a_label_that_holds_an_operator_is_still_one_field() -> None:
    catalogue = Catalogue(
        [Field("area_sqm", "number", label="Size in m2"), Field("nfp", "boolean", label="Not for profit")]
    )
    assert parse_rule("size in m2 > 5 and not for profit = true", catalogue) == parse_rule(
        "area_sqm > 5 and nfp = true", catalogue
    )
