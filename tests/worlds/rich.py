"""A company in the database whose accounts and plans are drawn at random, with every type and operator."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fairpatch.actions.deed import deed
from fairpatch.actions.ownership import activate_first_plan, record_initial_ownership
from fairpatch.actions.plan_rows import write_plan
from fairpatch.core.plans.plan import OnChange, Seat, fold_account_id
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.rules.text import parse_rule
from fairpatch.records.models import Account, Deal, Organisation, Plan, Rep, User
from fairpatch.records.queries.plan_cache import forget_contents
from tests.conformance.rich_plans import (
    CATALOGUE,
    FIELDS,
    draw_rich_accounts,
    draw_rich_plan,
    draw_rich_rule,
)

START = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)
TODAY = START.date()
TEXTS = ("country", "state", "city", "postal_code", "industry", "sic", "segment")
REPS = ("ann", "bob", "cat")


def found_rich_company(r: random.Random, policies: Sequence[OnChange] = ()) -> tuple[Organisation, CorePlan]:
    """Twelve accounts that stand as a live plan decides them, and that plan; each layer has some policy."""
    forget_contents()
    keeper = Rep.objects.create(external_id="QUEUE", key="queue", name="Queue", kind="pool")
    organisation = Organisation.objects.create(
        name="Rich", currency="USD", time_zone="UTC", queue_keeper=keeper, created_at=START
    )
    boss = Rep.objects.create(external_id="boss", key="boss", name="Boss")
    for name in REPS:
        Rep.objects.create(external_id=name, key=name, name=name.title(), manager=boss)
    User.objects.create(email="paul@example.com", name="Paul", role="planner", created_at=START)
    User.objects.create(email="mo@example.com", name="Mo", role="manager", rep=boss, created_at=START)
    write_accounts(draw_rich_accounts(r), keeper, r)
    core = draw_staffed_plan(r)
    if policies:
        core = replace(core, layers=tuple(replace(x, on_change=r.choice(policies)) for x in core.layers))
    with deed("found_company", actor=None, now=START) as act:
        activate_first_plan(act, write_plan(act, core))
        record_initial_ownership(act)
    organisation.refresh_from_db()
    return organisation, core


def draw_staffed_plan(r: random.Random) -> CorePlan:
    plan = draw_rich_plan(r)
    seats = tuple(Seat(territory.code, r.choice(REPS)) for territory in plan.territories if r.random() < 0.7)
    return replace(plan, seats=seats)


def edit_plan(r: random.Random, plan: CorePlan) -> CorePlan:
    """Another rule, priority, list or parent here and there; now and then an altogether different plan."""
    if r.random() < 0.2:
        return draw_staffed_plan(r)
    territories = list(plan.territories)
    for _ in range(r.randint(1, 3)):
        place = r.randrange(len(territories))
        rule = parse_rule(draw_rich_rule(r), CATALOGUE)
        lists = [{"priority": 3}, {"accounts": ("A1",)}, {"exclude": ("a2",)}]
        edit: dict[str, Any] = r.choice([{"rule": rule}, {"rule": rule}, {"rule": None}, *lists])
        territories[place] = replace(territories[place], **edit)
    return replace(plan, territories=tuple(territories))


def write_draft(core: CorePlan, organisation: Organisation) -> Plan:
    with deed("write_draft", actor=None, now=START + dt.timedelta(hours=1)) as act:
        return write_plan(act, core, base=organisation.active_plan)


def write_accounts(drawn: list[dict[str, Any]], keeper: Rep, r: random.Random) -> None:
    made: dict[str, Account] = {}
    for raw in drawn:
        where = {name: raw.get(name) for name in ("latitude", "longitude")}
        if None in where.values():
            where = dict.fromkeys(where)
        revenue = raw.get("annual_revenue")
        tags = raw.get("product_lines")
        made[fold_account_id(raw["id"])] = account = Account.objects.create(
            external_id=raw["id"],
            key=fold_account_id(raw["id"]),
            name=raw.get("name") or "",
            employees=raw.get("employees"),
            annual_revenue_minor=None if revenue is None else int(Decimal(str(revenue)) * 100),
            product_lines=tags.split("|") if isinstance(tags, str) else [],
            custom={
                field.name: value.isoformat() if isinstance(value, dt.date) else value
                for field in FIELDS
                if (value := raw.get(field.name)) is not None
            },
            owner=keeper,
            created_at=START,
            updated_at=START,
            **{name: raw.get(name) or "" for name in TEXTS},
            **where,
        )
        for number in range(r.choice([0, 0, 1, 2])):
            key = f"{account.key}-{number}"
            Deal.objects.create(
                external_id=key, key=key, account=account, owner=keeper, name=key, stage="offer",
                outcome=r.choice(["open", "open", "won"]), amount_minor=r.randrange(10**6), currency="USD",
            )  # fmt: skip
    for raw in drawn:
        account, parent = made[fold_account_id(raw["id"])], made.get(fold_account_id(raw.get("parent") or ""))
        if parent is not None and parent != account:
            Account.objects.filter(pk=account.pk).update(parent=parent)
