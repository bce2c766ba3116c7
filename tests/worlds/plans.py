"""Worlds as small text: plans in YAML without their first line, accounts as a table."""

import datetime as dt
from textwrap import dedent

from fairpatch.core.plans.plan import Plan
from fairpatch.core.plans.text import read_plan
from fairpatch.core.routing.decisions import Decision
from fairpatch.core.routing.route import route_plan

ON = dt.date(2027, 2, 1)


def make_plan(text: str) -> Plan:
    return read_plan("fairpatch: 1\n" + dedent(text))


def make_accounts(table: str) -> list[dict[str, object]]:
    """Columns separated by `|`; the first line holds the names; a dot is a missing value."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in dedent(table).strip().splitlines()]
    return [{k: _read(k, v) for k, v in zip(head, line, strict=True) if v != "."} for line in lines]


def _read(name: str, text: str) -> object:
    is_number = name in ("employees", "annual_revenue", "latitude", "longitude")
    return text.replace("/", "|") if not is_number else float(text)


def route_world(plan: str, accounts: str, on: dt.date = ON) -> dict[str, Decision]:
    """Decisions of the first layer by account."""
    made = make_plan(plan)
    decisions = route_plan(made, make_accounts(accounts), on)
    return {str(row.account): row for row in decisions if row.layer == made.layers[0].code}
