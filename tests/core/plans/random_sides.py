"""Random plans that grew out of one: of few names and values, so that two sides often touch the same."""

import datetime as dt
import random
from dataclasses import replace

from hypothesis import assume

from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.core.plans.plan import Lock, Plan, Seat, Territory
from fairpatch.core.rules.fields import Field
from fairpatch.core.rules.text import parse_rule
from tests.conformance.random_plans import draw_plan, draw_rule

DAYS = [dt.date(2027, month, 1) for month in (1, 4, 7)]
EDITS_AROUND_LOCKS = ["move", "layer", "lock", "lock"]
EDITS = ["rule", "priority", "name", "list", "add", "remove", "move", "layer", "lock", "seat", "set", "more"]


def change_once(r: random.Random, plan: Plan, kinds: list[str]) -> Plan:
    """One edit."""
    territories = list(plan.territories)
    place = r.randrange(len(territories))
    chosen = territories[place]
    kind = r.choice(kinds)
    if kind == "rule":
        territories[place] = replace(chosen, rule=parse_rule(draw_rule(r)))
    elif kind == "priority":
        territories[place] = replace(chosen, priority=r.choice([None, 1, 2]))
    elif kind == "name":
        territories[place] = replace(chosen, name=r.choice([None, "North"]), inherit=r.random() < 0.5)
    elif kind == "list":
        attribute = r.choice(["accounts", "exclude"])
        listed = dict.fromkeys([*getattr(chosen, attribute), f"L{r.randint(0, 3)}"])
        left = tuple(id_ for id_ in listed if r.random() < 0.8)
        territories[place] = replace(chosen, **{attribute: left})
    elif kind == "add":
        territories.append(Territory(f"N{r.randint(0, 2)}", parent=r.choice([None, chosen.code])))
    elif kind == "remove":
        del territories[place]
    elif kind == "move":
        territories[place] = replace(chosen, parent=r.choice([None, r.choice(territories).code]))
    elif kind == "layer":
        territories[place] = replace(chosen, layer=r.choice([None, "sales", "cloud"]))
    elif kind == "lock":
        return change_locks(r, plan, chosen.code)
    elif kind == "seat":
        seat = Seat(
            chosen.code, r.choice(["ann", "bob"]), r.choice(["primary", "backup"]), None, r.choice(DAYS)
        )
        return replace(plan, seats=(*(old for old in plan.seats if r.random() < 0.7), seat))
    elif kind == "set":
        values = tuple(value for value in ("94105", "94107", "10") if r.random() < 0.6)
        return replace(plan, value_sets={**plan.value_sets, r.choice(["bay", "new"]): values})
    else:
        return change_surroundings(r, plan)
    return replace(plan, territories=tuple(territories))


def change_locks(r: random.Random, plan: Plan, territory: str) -> Plan:
    """Some locks gone, one of them changed or one more."""
    locks = [lock for lock in plan.locks if r.random() < 0.8]
    if locks and r.random() < 0.5:
        place = r.randrange(len(locks))
        changes = {"territory": territory, "reason": "s", "approver": "dana", "end": r.choice(DAYS)}
        attribute = r.choice(list(changes))
        locks[place] = replace(locks[place], **{attribute: changes[attribute]})
    else:
        reason, account = r.choice([None, "r"]), r.choice(["A0", "A1", "a 1", "A2", "A3"])
        locks.append(Lock(account, territory, reason=reason, end=r.choice(DAYS)))
    return replace(plan, locks=tuple(locks))


def change_surroundings(r: random.Random, plan: Plan) -> Plan:
    kind = r.choice(["field", "region", "area", "layer", "order", "currency"])
    if kind == "field":
        choices = tuple(r.sample(["a", "b", "c"], r.randint(0, 3)))
        return replace(
            plan, fields=(Field("tier", "choice", label=r.choice([None, "Tier"]), choices=choices),)
        )
    if kind == "region":
        return replace(plan, regions={**plan.regions, "EMEA": tuple(r.sample(["DE", "FR", "IT"], 2))})
    if kind == "area":
        return replace(plan, areas={"box": ((0.0, 0.0), (1.0, 0.0), (r.choice([1.0, 2.0]), 1.0))})
    if kind == "layer":
        return replace(plan, layers=(*plan.layers[:1], replace(plan.layers[1], credit=r.choice([5, 10]))))
    if kind == "order":
        return replace(plan, layers=plan.layers[::-1])
    return replace(plan, currency=r.choice(["EUR", "USD"]))


def change(r: random.Random, plan: Plan, kinds: list[str]) -> Plan:
    """The plan after some edits that left it sound."""
    for _ in range(r.randint(0, 5)):
        edited = change_once(r, plan, kinds)
        if edited.territories and not find_plan_faults(edited):
            plan = edited
    return plan


def draw_sides(seed: int) -> tuple[Plan, Plan, Plan]:
    """A plan, and two that grew out of it."""
    r = random.Random(seed)
    base = draw_plan(r)
    assume(not find_plan_faults(base))
    kinds = r.choice([EDITS, EDITS_AROUND_LOCKS])
    base = change(r, base, kinds)
    return base, change(r, base, kinds), change(r, base, kinds)
