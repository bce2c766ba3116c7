"""What is wrong with the demo company, on purpose?

docs/use/demo.md lists every planted problem; this is where each is planted. Accounts are chosen by what they
are, never by number, so a company of any size has them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fairpatch.core.plans.plan import Lock, Plan, Seat
from fairpatch.engines.demo.company import Columns

# (country, state, rep who kept them, how many): owned by somebody without a seat where they belong.
KEPT = (("US", "OH", "P-20", 40), ("US", "NV", "P-11", 14), ("DE", "BW", "P-38", 12))
STRATEGIC_COUNT = 8
STRAY_COUNT = 3
VACANT, FORMER_REP = "US-GULF", "P-19"


@dataclass(slots=True)
class Cast:
    """The accounts that problems are made with, found while the accounts are written."""

    kept: dict[tuple[str, str], int] = field(default_factory=dict)
    large: list[tuple[int, str]] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    florida: list[str] = field(default_factory=list)
    iowa: list[str] = field(default_factory=list)

    def meet(self, accounts: Columns) -> None:
        """Looks at a chunk of accounts, and gives some of them owners who should not have them."""
        for place, account in enumerate(accounts["id"]):
            country, state = accounts["country"][place], accounts["state"][place]
            self._keep(accounts, place, country, state)
            employees = accounts["employees"][place]
            if country == "US" and 4_000 <= employees < 25_000 and not accounts["parent"][place]:
                self.large.append((-employees, account))
            if (
                country == "US"
                and state == "MA"
                and 300 <= employees < 3_000
                and len(self.strays) < STRAY_COUNT
            ):
                self.strays.append(account)
            if country == "US" and state == "FL" and len(self.florida) < 2:
                self.florida.append(account)
            if country == "US" and state == "IA" and len(self.iowa) < 1:
                self.iowa.append(account)
        self.large = sorted(self.large)[:STRATEGIC_COUNT]

    def _keep(self, accounts: Columns, place: int, country: str, state: str) -> None:
        for of_country, of_state, rep, most in KEPT:
            if (country, state) == (of_country, of_state) and self.kept.get((country, state), 0) < most:
                accounts["owner"][place] = rep
                self.kept[country, state] = self.kept.get((country, state), 0) + 1


def finish_plan(plan: Plan, people: Sequence[Mapping[str, str]], cast: Cast, today: dt.date) -> Plan:
    """The plan with its seats, named accounts and locks, as of today."""
    named: dict[str, tuple[str, ...]] = {
        "STRAT-AMER": tuple(account for _, account in cast.large),
        # Bought by a European group, and named there before anyone changed the rule.
        "STRAT-EMEA": tuple(cast.strays),
    }
    return replace(
        plan,
        effective=today.replace(month=1, day=1),
        territories=tuple(
            replace(t, accounts=named[t.code]) if t.code in named else t for t in plan.territories
        ),
        seats=(*_make_seats(people), Seat(VACANT, FORMER_REP, end=today - dt.timedelta(days=21))),
        locks=tuple(_make_locks(cast, today)),
    )


def _make_seats(people: Sequence[Mapping[str, str]]) -> list[Seat]:
    return [
        Seat(code, person["id"], "overlay" if code.startswith("CLOUD") and code != "CLOUD" else "primary")
        for person in people
        for code in person["seats"].split("|")
        if code
    ]


def _make_locks(cast: Cast, today: dt.date) -> list[Lock]:
    start = today - dt.timedelta(days=170)
    wanted: list[tuple[str, str, str, int]] = [
        *(
            (account, "US-NYC", "Board relationship", days)
            for account, days in zip(cast.florida, (9, 75), strict=False)
        ),
        *((account, "US-CHICAGO", "Contract runs until then", 45) for account in cast.iowa),
    ]
    return [
        Lock(account, territory, "sales", reason, "P-02", start, today + dt.timedelta(days=days))
        for account, territory, reason, days in wanted
    ]


def read_people(text: str) -> list[dict[str, str]]:
    """The roster of people.csv."""
    header, *lines = [line.split(",") for line in text.strip().splitlines()]
    return [dict(zip(header, line, strict=True)) for line in lines]


def write_people(people: Sequence[Mapping[str, str]], today: dt.date) -> list[tuple[Any, ...]]:
    """The roster as an importable file's rows."""
    rows = []
    for person in people:
        local = "".join(letter for letter in person["name"].lower().replace(" ", ".") if letter.isascii())
        hired = today - dt.timedelta(days=365 * int(person["years"]) + 11 * int(person["id"][2:]))
        kept = [person[name] for name in ("title", "level", "manager", "country", "postal_code", "city")]
        rows.append((person["id"], person["name"], f"{local}@meridian.example", *kept, hired))
    return rows


PEOPLE_COLUMNS = (
    "id", "name", "email", "title", "level", "manager", "country", "postal_code", "city", "hired_on",
)  # fmt: skip
