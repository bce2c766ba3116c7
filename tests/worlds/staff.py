"""Who is in the small company that tests realign, and what does it sell where?

One director above two managers, two reps and a third one under the other manager, an outsider without people,
a planner and an administrator. Two layers: sales (CA to WEST, NY to EAST, the rest to nobody) and an overlay
for everything with at least 1,000 people.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fairpatch.actions.deed import deed
from fairpatch.actions.ownership import activate_first_plan, record_initial_ownership
from fairpatch.records import models
from fairpatch.records.queries.plan_cache import forget_contents

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def later(hours: float) -> dt.datetime:
    """A moment after the company began."""
    return START + dt.timedelta(hours=hours)


@dataclass
class Company:
    """What tests ask for by name."""

    organisation: models.Organisation
    plan: models.Plan
    reps: dict[str, models.Rep] = field(default_factory=dict)
    users: dict[str, models.User] = field(default_factory=dict)
    territories: dict[str, models.Territory] = field(default_factory=dict)
    layers: dict[str, models.Layer] = field(default_factory=dict)
    accounts: dict[str, models.Account] = field(default_factory=dict)

    def owner_of(self, account: str) -> str:
        return models.Account.objects.get(key=account).owner.key


PEOPLE = """
    dana   -      director
    mona   dana   manager
    mike   dana   manager
    ann    mona   rep
    bob    mona   rep
    cat    mike   rep
    otto   -      manager
    paul   -      planner
    ada    -      admin
"""
PLACES = ["CA", "CA", "CA", "NY", "NY", "TX"]


def found_company(accounts: int = 6) -> Company:
    """A live company: accounts routed and owned, two open deals and a closed one on the first account."""
    forget_contents()  # an earlier test's plan had the same id, and was rolled back
    keeper = models.Rep.objects.create(external_id="QUEUE", key="queue", name="Queue", kind="pool")
    organisation = models.Organisation.objects.create(
        name="Small", currency="USD", time_zone="UTC", queue_keeper=keeper, created_at=START
    )
    company = Company(organisation, draw_plan(), reps={"queue": keeper})
    for line in PEOPLE.strip().splitlines():
        name, manager, role = line.split()
        rep = models.Rep.objects.create(
            external_id=name, key=name, name=name.title(), manager=company.reps.get(manager)
        )
        company.reps[name] = rep
        company.users[name] = models.User.objects.create(
            email=f"{name}@example.com", name=name.title(), role=role, rep=rep, created_at=START
        )
    company.territories = {t.code: t for t in models.Territory.objects.all()}
    company.layers = {layer.code: layer for layer in models.Layer.objects.all()}
    for territory, rep in (("WEST", "ann"), ("EAST", "bob"), ("BIG", "cat")):
        seat_rep(company, company.plan, territory, rep)
    add_accounts(company, accounts)
    with deed("found_company", actor=None, now=START) as act:
        activate_first_plan(act, company.plan)
        record_initial_ownership(act)
    organisation.refresh_from_db()
    company.plan.refresh_from_db()
    return company


_sales: dict[str, str] = {}


@contextmanager
def draw_layers(**said: str) -> Iterator[None]:
    """Companies founded meanwhile have a sales layer that says this of families, placement or changes."""
    _sales.update(said)
    yield
    _sales.clear()


def draw_plan() -> models.Plan:
    """A draft with the two layers and their territories."""
    layout = models.Layout.objects.create(created_at=START)
    plan = models.Plan.objects.create(name="First", layout=layout, created_at=START)
    sales, cloud = (models.Layer.objects.create(code=code) for code in ("sales", "cloud"))
    for position, (layer, role) in enumerate(((sales, "primary"), (cloud, "overlay"))):
        said = _sales if layer is sales else {}
        models.LayoutLayer.objects.create(layout=layout, layer=layer, position=position, role=role, **said)
    rows = (
        ("WEST", sales, 'state = "CA"'),
        ("EAST", sales, 'state = "NY"'),
        ("BIG", cloud, "employees >= 1000"),
    )
    for place, (code, layer, rule) in enumerate(rows):
        territory = models.Territory.objects.create(code=code)
        models.LayoutTerritory.objects.create(
            layout=layout, territory=territory, layer=layer, path=f"{place:04}", depth=0, rule=rule, name=code
        )
    return plan


def seat_rep(company: Company, plan: models.Plan, territory: str, rep: str, kind: str = "primary") -> None:
    models.Seat.objects.create(
        plan=plan, territory=company.territories[territory], rep=company.reps[rep], kind=kind
    )


def add_accounts(company: Company, count: int, first: int = 1) -> None:
    for number in range(first, first + count):
        key = f"a{number}"
        company.accounts[key] = models.Account.objects.create(
            external_id=key,
            key=key,
            name=f"Account {number}",
            country="US",
            state=PLACES[(number - 1) % len(PLACES)],
            employees=number * 400,
            annual_revenue_minor=number * 1_000_00,
            owner=company.reps["queue"],
            created_at=START,
            updated_at=START,
        )


def add_deal(company: Company, account: str, name: str, owner: str, outcome: str = "open") -> models.Deal:
    return models.Deal.objects.create(
        external_id=name,
        key=name,
        account=company.accounts[account],
        owner=company.reps[owner],
        name=name,
        stage="offer",
        outcome=outcome,
        amount_minor=50_00,
        currency="USD",
    )


def copy_to_draft(company: Company, rules: dict[str, str] | None = None) -> models.Plan:
    """A draft with a layout of its own, rules replaced as given, and the live seats."""
    live = models.Organisation.objects.get().active_plan
    assert live is not None
    layout = models.Layout.objects.create(created_at=START)
    draft = models.Plan.objects.create(name="Second", layout=layout, base=live, created_at=START)
    for layer in models.LayoutLayer.objects.filter(layout=live.layout):
        layer.pk, layer.layout = None, layout
        layer.save(force_insert=True)
    for place in models.LayoutTerritory.objects.filter(layout=live.layout).select_related("territory"):
        place.pk, place.layout = None, layout
        place.rule = (rules or {}).get(place.territory.code, place.rule)
        place.save(force_insert=True)
    for model in (models.Seat, models.Lock):
        for row in model.objects.filter(plan=live):
            row.pk, row.plan = None, draft
            row.save(force_insert=True)
    return draft
