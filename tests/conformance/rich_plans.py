"""Random plans with every type of field and every operator, for engines that must equal the reference."""

import datetime as dt
import random
from dataclasses import replace

from fairpatch.core.plans.plan import Lock, Plan
from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.core.rules.text import parse_rule
from tests.conformance.random_plans import draw_accounts as draw_plain_accounts
from tests.conformance.random_plans import draw_condition, draw_plan

FIELDS = (
    Field("band", "choice", choices=("S", "M", "Large"), dimension="size"),
    Field("since", "date"),
    Field("is_public", "boolean"),
    Field("score", "number"),
    Field("grade", "code"),
    Field("labels", "tags"),
    Field("memo", "text", label="Our memo"),
)
CATALOGUE = Catalogue(FIELDS)
DAYS = [dt.date(2026, 5, 1), dt.date(2027, 1, 31), dt.date(2027, 2, 1)]
AREAS = {
    "box": ((4.0, 51.0), (5.0, 51.0), (5.0, 52.0), (4.0, 52.0)),
    "wide": ((170, -10), (-170, -10), (-170, 10)),
}
BIG = 2**53 + 1
MAY_BE_EMPTY = ["labels", "band", "since", "is_public", "score", "position", "industry"]


def draw_rich_condition(r: random.Random) -> str:
    day, other = sorted(r.choice(DAYS).isoformat() for _ in range(2))
    number = r.choice(["0", "1.5", "-3", str(BIG), "10M"])
    order = r.choice(["<", "<=", ">", ">=", "=", "!="])
    draw = r.choice(
        [
            lambda: draw_condition(r),
            lambda: f'band in ["{r.choice(["s", "M"])}", "large "]',
            lambda: f'band begins with "{r.choice("slm")}"',
            lambda: f"since {order} {day}",
            lambda: f"since between {day} and {other}",
            lambda: f"since not in [{day}, {other}]",
            lambda: f"is_public = {r.choice(['true', 'false'])}",
            lambda: "is_public != true",
            lambda: f"score {order} {number}",
            lambda: f"score in [{number}, 2]",
            lambda: "score not in [1.5, 7]",
            lambda: f"score between {r.choice(['-3', '0'])} and {number}",
            lambda: f'grade {r.choice(["<", "<=", ">", ">="])} "{r.choice(["b", "A1", "c 2"])}"',
            lambda: 'grade begins with ["a", "b2", "c"]',
            lambda: 'grade not in ["a1", "B 2"]',
            lambda: 'grade contains ["1", "2"]',
            lambda: f'labels includes {r.choice(["any", "all"])} ["x", "{r.choice("yz")}"]',
            lambda: f"{r.choice(MAY_BE_EMPTY)} is {r.choice(['', 'not '])}empty",
            lambda: 'memo contains "é"',
            lambda: 'Our memo = "STRASSE"',
            lambda: f"within {r.choice([1, 60, 20000])} km of (51.5, 4.5)".replace(
                "within", "position within"
            ),
            lambda: f'position inside area "{r.choice(sorted(AREAS))}"',
            lambda: f"latitude {order} {r.choice(['51.5', '0'])}",
            lambda: 'sic under ["7", "73", "1311"]',
            lambda: 'sic begins with ["73", "1"]',
            lambda: 'industry under ["31-33", "6", "5415"]',
            lambda: 'industry under "3"',
            lambda: f'region {r.choice(["in", "not in"])} ["EMEA", "EU"]',
            lambda: 'region begins with "e"',
            lambda: "region is empty",
            lambda: f'id in ["a1", "A {r.randint(0, 11)}"]',
            lambda: f'parent = "a{r.randint(0, 11)}"',
            lambda: 'name begins with ["x", "a co"]',
        ]
    )
    return draw()


def draw_rich_rule(r: random.Random, depth: int = 3) -> str:
    if depth == 0 or r.random() < 0.3:
        return draw_rich_condition(r)
    if r.random() < 0.2:
        return f"not ({draw_rich_rule(r, depth - 1)})"
    parts = (draw_rich_rule(r, depth - 1) for _ in range(2))
    joined = f" {r.choice(['and', 'or'])} ".join(parts)
    return f"({joined})"


def draw_rich_plan(r: random.Random) -> Plan:
    plan = draw_plan(r)
    territories = tuple(
        replace(territory, rule=parse_rule(draw_rich_rule(r), CATALOGUE))
        if territory.rule is not None and r.random() < 0.8
        else territory
        for territory in plan.territories
    )
    locks = tuple(
        Lock(f"a{n}", r.choice(territories).code, start=r.choice([None, *DAYS]), end=r.choice([None, *DAYS]))
        for n in range(0, 12, 3)
    )
    return replace(plan, territories=territories, locks=locks, fields=FIELDS, areas=AREAS)


def draw_rich_accounts(r: random.Random) -> list[dict]:
    rich = {
        "name": ["A Co", "xyz", "other"],
        "sic": ["7372", "73", "1311", "7"],
        "latitude": [51.5, 51.99, 52.0, 0, -5.5],
        "longitude": [4.5, 5.0, 4.0, 175, -179.5],
        "band": ["s", "M ", "Large"],
        "since": DAYS,
        "is_public": [True, False],
        "score": [0, 1.5, -3, 2, 10_000_000, 7.25],
        "grade": ["a1", "A 1", "b2", "C2", "b"],
        "labels": ["x", "x|Y", "z|z"],
        "memo": ["Café", "CAFE\u0301", "Straße", "strasse"],
    }
    accounts = draw_plain_accounts(r)
    has_big = r.random() < 0.2
    for account in accounts:
        account.update({name: r.choice([None, *values]) for name, values in rich.items()})
        if has_big and r.random() < 0.3:
            account["score"] = r.choice([BIG - 1, BIG, BIG + 1])
        if has_big and isinstance(account["score"], float):
            account["score"] = 4
    return accounts
