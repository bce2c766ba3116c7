"""Random plans and accounts, dense enough that claims collide in every way."""

import random

from fairpatch.core.plans.plan import Layer, Lock, Plan, Territory
from fairpatch.core.rules.text import parse_rule

COUNTRIES, STATES, ZIPS = (
    ["US", "CA", "DE", "fr"],
    ["CA", "OR", "ON", "ca "],
    ["94105", "94107", "SW1A 1AA", "10"],
)
INDUSTRIES = ["31-33", "31", "311", "62", "621111", "5415", "44-45", "45"]
MAY_BE_EMPTY = ["state", "segment", "employees", "product_lines", "region"]


def draw_condition(r: random.Random) -> str:
    def many(values: list[str]) -> str:
        return "[" + ", ".join(f'"{v}"' for v in r.sample(values, r.randint(1, 2))) + "]"

    draw = r.choice(
        [
            lambda: f"country in {many(COUNTRIES)}",
            lambda: f'country != "{r.choice(COUNTRIES)}"',
            lambda: f'region = "{r.choice(["EMEA", "NA", "EU"])}"',
            lambda: f"state in {many(STATES)}",
            lambda: f"state not in {many(STATES)}",
            lambda: f'state is "{r.choice(STATES)}"',
            lambda: f"postal_code begins with {many(['9', '941', 'sw1', '10'])}",
            lambda: 'postal_code between "10" and "94106"',
            lambda: f'postal_code = "{r.choice(ZIPS)}"',
            lambda: 'postal_code contains "1"',
            lambda: 'postal_code in set "bay"',
            lambda: f"industry under {many(INDUSTRIES)}",
            lambda: f"industry in {many(INDUSTRIES)}",
            lambda: 'industry begins with "3"',
            lambda: f"employees {r.choice(['<', '<=', '>', '>=', '='])} {r.choice([0, 10, 50])}",
            lambda: "annual_revenue between 0 and 1k",
            lambda: f'product_lines includes {r.choice(["any", "all"])} ["a", "B"]',
            lambda: f"{r.choice(MAY_BE_EMPTY)} is {r.choice(['', 'not '])}empty",
            lambda: 'segment contains "x"',
            lambda: 'city begins with "s"',
        ]
    )
    return draw()


def draw_rule(r: random.Random, depth: int = 2) -> str:
    if depth == 0 or r.random() < 0.4:
        return draw_condition(r)
    if r.random() < 0.25:
        return f"not ({draw_rule(r, depth - 1)})"
    joined = f" {r.choice(['and', 'or'])} ".join(draw_rule(r, depth - 1) for _ in range(r.randint(2, 3)))
    return f"({joined})"


def draw_plan(r: random.Random) -> Plan:
    layers = (
        Layer("sales", "primary", families=r.choice(["apart", "together"]), placement=draw_placement(r)),
        Layer("cloud", "overlay", families=r.choice(["apart", "together"]), placement=draw_placement(r)),
    )
    territories: list[Territory] = []
    for place in range(r.randint(2, 9)):
        parent = r.choice([None, *territories])
        rule = r.choice([None, "all", *["drawn"] * 5])
        if rule == "drawn":
            rule = draw_rule(r)
        territories.append(
            Territory(
                f"T{place}",
                parent=parent.code if parent else None,
                layer=None if parent else r.choice([None, "sales", "cloud"]),
                priority=r.choice([None, None, 0, 5, -5]),
                rule=parse_rule(rule) if rule else None,
                inherit=r.random() > 0.2,
                assignable=r.choice([None, None, None, True, False]),
                accounts=tuple(f"a {n}" for n in range(12) if r.random() < 0.05),
                exclude=tuple(f"A{n}" for n in range(12) if r.random() < 0.08),
            )
        )
    locks = tuple(Lock(f"A{n}", r.choice(territories).code) for n in range(12) if r.random() < 0.08)
    sets = {"bay": ("94105", "sw1a1aa")}
    regions = {"EMEA": ("DE", "FR"), "EU": ("DE",), "NA": ("US",)}
    return Plan("random", layers, tuple(territories), locks, value_sets=sets, regions=regions)


def draw_placement(r: random.Random) -> str:
    return r.choice(["own", "own", "headquarters", "majority_revenue"])


def draw_accounts(r: random.Random) -> list[dict]:
    def maybe(values: list) -> object:
        return (
            r.choice([None, " ", *values, *values])
            if values and isinstance(values[0], str)
            else r.choice([None, *values])
        )

    return [
        {
            "id": f"A{n}",
            "country": maybe(COUNTRIES),
            "state": maybe(STATES),
            "city": maybe(["Sacramento", "Bonn"]),
            "postal_code": maybe(ZIPS),
            "industry": maybe(INDUSTRIES),
            "employees": maybe([0, 5, 10, 50, 99]),
            "annual_revenue": maybe([0, 500, 1000, 1e6]),
            "product_lines": maybe(["a", "a|b", "B | c"]),
            "segment": maybe(["x", "Yx", "z"]),
            "parent": r.choice([None, None, None, f"A{r.randint(0, 11)}", f"a {r.randint(0, 13)}"]),
        }
        for n in range(12)
    ]
