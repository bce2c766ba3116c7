"""Which company do the benchmarks of ownership run on?

One territory of each wanted size, a rule on the segment each, an open and a closed deal for every account.
"""

import datetime as dt
from collections.abc import Iterator

from django.core.management import call_command
from django.utils import timezone

from fairpatch.actions.bulk import insert_rows
from fairpatch.actions.deed import deed
from fairpatch.actions.ownership import activate_first_plan, record_initial_ownership
from fairpatch.records import models

ACCOUNT = (
    "system",
    "external_id",
    "key",
    "name",
    "country",
    "state",
    "metro",
    "city",
    "postal_code",
    "address",
    "position_origin",
    "industry",
    "sic",
    "segment",
    "source",
    "status",
    "product_lines",
    "custom",
    "owner_id",
    "version",
    "created_at",
    "updated_at",
    "employees",
)
DEAL = (
    "system",
    "external_id",
    "key",
    "account_id",
    "owner_id",
    "name",
    "stage",
    "outcome",
    "amount_minor",
    "currency",
    "version",
)


def found_company(sizes: list[int]) -> tuple[models.User, models.User]:
    """A migrated database with a live company; the planner and the administrator."""
    call_command("migrate", verbosity=0)
    if models.Organisation.objects.exists():
        raise SystemExit("The benchmark wants an empty database.")
    now = timezone.now()
    keeper = models.Rep.objects.create(external_id="QUEUE", key="queue", name="Queue", kind="pool")
    models.Organisation.objects.create(
        name="Bench", currency="USD", time_zone="UTC", queue_keeper=keeper, created_at=now
    )
    reps = [
        models.Rep.objects.create(external_id=f"R{i}", key=f"r{i}", name=f"Rep {i}")
        for i in range(len(sizes) + 2)
    ]
    planner, admin = (
        models.User.objects.create(email=f"{role}@example.com", name=role, role=role, created_at=now)
        for role in ("planner", "admin")
    )
    plan = _draw_plan(sizes, reps, now)
    insert_rows(models.Account, ACCOUNT, _make_accounts(sizes, keeper.pk, now))
    with deed("found_company", actor=None, now=now) as act:
        activate_first_plan(act, plan)
        record_initial_ownership(act)
    owners = models.Account.objects.order_by("id").values_list("id", "owner_id").iterator()
    insert_rows(models.Deal, DEAL, _make_deals(owners))
    return planner, admin


def _draw_plan(sizes: list[int], reps: list[models.Rep], now: dt.datetime) -> models.Plan:
    layout = models.Layout.objects.create(created_at=now)
    plan = models.Plan.objects.create(name="Bench", layout=layout, created_at=now)
    layer = models.Layer.objects.create(code="sales")
    models.LayoutLayer.objects.create(layout=layout, layer=layer, position=0, role="primary")
    for place, size in enumerate(sizes):
        territory = models.Territory.objects.create(code=f"T{size}")
        models.LayoutTerritory.objects.create(
            layout=layout,
            territory=territory,
            layer=layer,
            path=f"{place:04}",
            depth=0,
            rule=f'segment = "s{size}"',
        )
        models.Seat.objects.create(plan=plan, territory=territory, rep=reps[place], kind="primary")
    return plan


def _make_accounts(sizes: list[int], owner_id: int, now: dt.datetime) -> Iterator[tuple[object, ...]]:
    for size in sizes:
        for i in range(size):
            key = f"{size}-{i}"
            place = ("US", "CA", "", "Town", "94105", "", "none", "52", "")
            yield (
                *("bench", key, key, f"Account {key}", *place),
                *(f"s{size}", "", "", [], {}, owner_id, 0, now, now, i),
            )


def _make_deals(owners: Iterator[tuple[int, int]]) -> Iterator[tuple[object, ...]]:
    for account_id, owner_id in owners:
        for outcome in ("open", "won"):
            key = f"{account_id}-{outcome}"
            yield ("bench", key, key, account_id, owner_id, key, "offer", outcome, 100, "USD", 0)
