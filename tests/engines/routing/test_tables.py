"""Do tables stay small, borders exact and faults the same where random plans seldom reach?"""

import datetime as dt
import random

import pyarrow as pa
import pytest

from benchmarks.routing_world import make_accounts, make_plan
from fairpatch.connectors.routing_tables import tabulate_decisions
from fairpatch.core.errors import FaultyInputError
from fairpatch.core.plans.plan import Plan, Territory
from fairpatch.core.plans.text import read_plan
from fairpatch.core.routing.route import route_plan
from fairpatch.core.rules.match import measure_distance_km
from fairpatch.core.rules.text import parse_rule
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.compile import MAX_COMBINATIONS
from fairpatch.engines.routing.result import route_columns
from fairpatch.engines.routing.single import SingleRouter
from fairpatch.engines.routing.tables import TableRouter

ON = dt.date(2027, 1, 1)


def route_both(plan: Plan, table: pa.Table) -> tuple[pa.Table, pa.Table]:
    columns = AccountColumns({name: table.column(name) for name in table.column_names}, plan.catalogue)
    expected = tabulate_decisions(route_plan(plan, table.to_pylist(), ON), table.schema.field("id").type)
    return route_columns(plan, columns, ON), expected


def test_a_larger_plan_and_table() -> None:
    plan, table = read_plan(make_plan(300, 1500)), make_accounts(1500)
    found, expected = route_both(plan, table)
    assert found.equals(expected)
    assert len(set(found.column("territory").to_pylist())) > 50
    router = SingleRouter(plan, ON)
    for account, row in zip(table.slice(0, 300).to_pylist(), expected.to_pylist(), strict=False):
        (decision,) = router.decide_account(account)
        assert (decision.territory, decision.is_tie, decision.other_claims) == (
            *(row["territory"], row["tie"]),
            row["other_claims"],
        )


def test_columns_in_pieces_are_the_same_columns() -> None:
    plan, table = read_plan(make_plan(60, 700)), make_accounts(700)
    spelled = table.set_column(4, "postal_code", table.column("postal_code").dictionary_encode())
    pieces = [spelled.slice(0, 1), table.slice(1, 0).cast(spelled.schema), spelled.slice(1, 299)]
    # Dictionaries of their own: what has one code in one piece has another in the next.
    rest = table.slice(300)
    codes = rest.column("postal_code").combine_chunks().dictionary_encode()
    pieces.append(rest.set_column(4, "postal_code", codes))
    found, expected = route_both(plan, pa.concat_tables(pieces))
    assert found.equals(expected)


@pytest.mark.parametrize("limits", [3, 60])
def test_numbers_at_and_between_limits(limits: int) -> None:
    rules = [f"tier >= {n} and tier < {n + 1}" for n in range(limits)]
    text = "fairpatch: 1\nname: limits\nfields: [{name: tier, type: number}]\nterritories:\n"
    plan = read_plan(
        text + "".join(f"  - {{code: T{n:02}, rule: '{rule}'}}\n" for n, rule in enumerate(rules))
    )
    values = [-1.0, *(n + step for n in range(limits + 1) for step in (-0.5, 0.0, 0.5)), None]
    table = pa.table({"id": [f"a{n}" for n in range(len(values))], "tier": values})
    found, expected = route_both(plan, table)
    assert found.equals(expected)
    assert len(set(found.column("territory").to_pylist())) == limits + 1


def test_combinations_do_not_multiply_without_end() -> None:
    codes = ", ".join(f'"{n}"' for n in range(10_000, 10_500))
    sectors = ", ".join(f'"{n}"' for n in range(11, 91))
    limits = " or ".join(f"employees = {n}" for n in range(40))
    rule = f"postal_code in [{codes}] and industry under [{sectors}] and ({limits})"
    plan = Plan(territories=(Territory("A", rule=parse_rule(rule)), Territory("B", rule=parse_rule("all"))))
    (layer,) = TableRouter(plan, ON).layers
    assert all(len(table.all.entries) <= 40 * MAX_COMBINATIONS for table in layer.index.tables)
    r = random.Random(1)
    table = pa.table(
        {
            "id": [f"a{n}" for n in range(300)],
            "postal_code": [str(r.randint(10_300, 10_600)) for _ in range(300)],
            "industry": [str(r.randint(1000, 9999)) for _ in range(300)],
            "employees": [r.randint(0, 60) for _ in range(300)],
        }
    )
    found, expected = route_both(plan, table)
    assert found.equals(expected)
    assert set(found.column("territory").to_pylist()) == {"A", "B"}


def test_the_border_of_a_circle_is_where_the_reference_draws_it() -> None:
    r = random.Random(2)
    points = [(r.uniform(-90, 90), r.uniform(-180, 180)) for _ in range(60)] + [(-51.5, -175.5)]
    territories = []
    for place, (latitude, longitude) in enumerate(points):
        radius = measure_distance_km(latitude, longitude, 51.5, 4.5)
        rule = f"position within {radius:.12f} km of (51.5, 4.5)"
        territories.append(Territory(f"T{place:02d}", rule=parse_rule(rule)))
    plan = Plan(territories=tuple(territories))
    table = pa.table(
        {
            "id": [f"a{n}" for n in range(len(points))],
            "latitude": [latitude for latitude, _ in points],
            "longitude": [longitude for _, longitude in points],
        }
    )
    found, expected = route_both(plan, table)
    assert found.equals(expected)


@pytest.mark.parametrize("ids", [["a", "A "], ["a", None, " ", "b", "B"], [1.0, 1.0], [1, None]])
def test_missing_and_duplicate_ids_are_the_same_faults(ids: list[object]) -> None:
    plan, told = Plan(), []
    rows = [{"id": account} for account in ids]
    for route in (
        lambda: route_plan(plan, rows, ON),
        lambda: route_columns(plan, AccountColumns({"id": pa.array(ids)}, plan.catalogue), ON),
    ):
        with pytest.raises(FaultyInputError) as fault:
            route()
        told.append([str(finding) for finding in fault.value.findings])
    assert told[0] == told[1]
