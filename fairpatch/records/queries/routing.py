"""How do accounts in the database meet a plan: what routes them, how they stand, what the plan rules?"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, TypeAlias, cast
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from fairpatch.core.accounts.families import group_families
from fairpatch.core.people.seats import resolve_owner
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.plans.plan import Seat as CoreSeat
from fairpatch.core.plans.plan import SeatKind
from fairpatch.core.realignment.moves import Grounds, Ruling, Standing
from fairpatch.core.routing.decisions import Decision
from fairpatch.core.routing.route import LayerRouter, read_book
from fairpatch.core.units import count_minor_digits
from fairpatch.records.models import (
    Account,
    AccountChange,
    Assignment,
    LayoutLayer,
    LayoutTerritory,
    Organisation,
    Ownership,
    Plan,
    Rep,
    Seat,
)
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan

CHUNK = 2_000
FEW = 200
# Columns that carry the name of their field.
AS_NAMED = (
    "name",
    "country",
    "state",
    "metro",
    "city",
    "postal_code",
    "latitude",
    "longitude",
    "industry",
    "sic",
    "employees",
    "product_lines",
    "segment",
    "source",
    "status",
)
GROUNDS = ("cause", "tie", "claim_class", "priority", "specificity", "other_claims")


def find_day(organisation: Organisation, now: dt.datetime) -> dt.date:
    """The organisation's own date at a moment: its days begin at 00:00 in its time zone."""
    return now.astimezone(ZoneInfo(organisation.time_zone)).date()


def find_change_position() -> int:
    """How far the sequence of account changes has come."""
    return AccountChange.objects.order_by("-id").values_list("id", flat=True).first() or 0


def iterate_changed_accounts(after: int) -> Iterator[list[int]]:
    """The accounts added or changed after a position, each once, in chunks by id."""
    changed = AccountChange.objects.filter(id__gt=after).values("account_id")
    yield from iterate_ids(Account.objects.filter(id__in=changed, ended_at=None))


def iterate_ids(accounts: QuerySet[Account]) -> Iterator[list[int]]:
    """The ids of accounts in chunks, in order, however many there are."""
    last = 0
    while chunk := list(accounts.filter(id__gt=last).order_by("id").values_list("id", flat=True)[:CHUNK]):
        yield chunk
        last = chunk[-1]


People: TypeAlias = tuple[dict[str, str | None], frozenset[str]]
"""Each rep's manager, and who has left; reps by their numbers as text."""


class OwnerBook:
    """Who owns what each territory of a plan holds, on one day."""

    def __init__(
        self, plan: Plan | None, on: dt.date, organisation: Organisation, people: People | None = None
    ) -> None:
        """`people`: as they would be after a change that is not made yet."""
        self.on = on
        if people is not None:
            self._managers, self._gone = people
        self.queue_keeper_id = organisation.queue_keeper_id
        self._known: dict[int, tuple[int, bool]] = {}
        self._seats: dict[str, list[CoreSeat]] = {}
        self._parent_of: dict[str, str | None] = {}
        if plan is not None:
            self._seats, self._parent_of = keep_content(
                "seats", make_plan_key(plan), lambda: _read_seats_and_parents(plan)
            )

    @cached_property
    def _gone(self) -> frozenset[str]:
        """Reps who have left."""
        return frozenset(map(str, Rep.objects.filter(status=Rep.Status.LEFT).values_list("id", flat=True)))

    @cached_property
    def _managers(self) -> dict[str, str | None]:
        """Each rep's manager."""
        reps = Rep.objects.filter(manager__isnull=False).values_list("id", "manager_id")
        return {str(rep): str(manager) for rep, manager in reps}

    def find_owner(self, territory_id: int | None, *, is_primary: bool = True) -> tuple[int | None, bool]:
        """The owner, and whether only an interim. Unassigned means the queue keeper, in the primary layer."""
        if territory_id is None:
            return (self.queue_keeper_id, False) if is_primary else (None, False)
        if territory_id not in self._known:
            self._known[territory_id] = self._resolve(str(territory_id))
        return self._known[territory_id]

    def _resolve(self, territory: str) -> tuple[int, bool]:
        seats = list(self._seats.get(territory, ()))
        above = self._parent_of.get(territory)
        asked = {territory}
        while above is not None and above not in asked:
            seats += self._seats.get(above, ())
            asked.add(above)
            above = self._parent_of.get(above)
        ask = partial(
            resolve_owner, territory, seats, self.on, parent_of=self._parent_of, unavailable=self._gone
        )
        owner = ask()
        if owner is None or owner.basis == "manager":
            # Only where nobody is seated does it matter who reports to whom.
            owner = ask(manager_of=self._managers)
        return (int(owner.rep), owner.is_interim) if owner else (self.queue_keeper_id, True)


def _read_seats_and_parents(plan: Plan) -> tuple[dict[str, list[CoreSeat]], dict[str, str | None]]:
    by_territory: dict[str, list[CoreSeat]] = defaultdict(list)
    seats = Seat.objects.filter(plan=plan, kind__in=("primary", "backup"))
    for territory_id, rep_id, kind, start, end in seats.values_list(
        "territory_id", "rep_id", "kind", "from_on", "until_on"
    ):
        seat = CoreSeat(str(territory_id), str(rep_id), cast(SeatKind, kind), start, end)
        by_territory[seat.territory].append(seat)
    places = LayoutTerritory.objects.filter(layout_id=plan.layout_id).values_list("territory_id", "parent_id")
    return dict(by_territory), {str(pk): str(parent) if parent else None for pk, parent in places}


class _PlanContent:
    """What routing needs of a plan on one day and no account can change."""

    def __init__(self, row: Plan, plan: CorePlan, on: dt.date) -> None:
        self.routers = [LayerRouter(plan, layer, on) for layer in plan.layers]
        self.layers = {code: (pk, role == "primary") for pk, code, role in list_layers(row)}
        self.territories = dict(
            LayoutTerritory.objects.filter(layout_id=row.layout_id).values_list(
                "territory__code", "territory_id"
            )
        )


def read_raw_accounts(
    accounts: QuerySet[Account], digits: int
) -> Iterator[tuple[int, int | None, dict[str, Any]]]:
    """Database id, revenue in minor units, and what routing reads, for accounts that have not ended."""
    rows = accounts.filter(ended_at__isnull=True).values_list(
        "id", "key", "parent__key", "annual_revenue_minor", "custom", *AS_NAMED
    )
    for pk, key, parent, minor, custom, *values in rows.order_by("id"):
        raw = {**custom, **dict(zip(AS_NAMED, values, strict=True)), "id": key, "parent": parent}
        raw["annual_revenue"] = None if minor is None else Decimal(minor).scaleb(-digits)
        yield pk, minor, raw


Families: TypeAlias = tuple[Mapping[str, str], Mapping[str, list[str]]]
"""Head by member and members by head, of accounts with relatives."""

# Everyone above the accounts, then everyone below these; accounts that ended are nobody's relatives.
LINKS = """
    WITH RECURSIVE above(id, parent_id) AS (
        SELECT id, parent_id FROM records_account WHERE ended_at IS NULL AND key IN ({keys})
        UNION
        SELECT a.id, a.parent_id FROM above JOIN records_account a ON a.id = above.parent_id
            WHERE a.ended_at IS NULL
    ), family(id) AS (
        SELECT id FROM above
        UNION
        SELECT a.id FROM family JOIN records_account a ON a.parent_id = family.id WHERE a.ended_at IS NULL
    )
    SELECT a.key, p.key FROM family JOIN records_account a ON a.id = family.id
        JOIN records_account p ON p.id = a.parent_id AND p.ended_at IS NULL
"""


def _read_links(keys: set[str]) -> list[tuple[str, str]]:
    """Account and parent, of everyone in the families of these accounts."""
    with connection.cursor() as cursor:
        cursor.execute(LINKS.format(keys=", ".join(["%s"] * len(keys))), sorted(keys))
        return cast(list[tuple[str, str]], cursor.fetchall())


def _group_links(links: Iterable[tuple[str, str]]) -> Families:
    parents: dict[str, str | None] = {}
    for key, parent in links:
        parents[key] = parent
        parents.setdefault(parent, None)
    heads = group_families(parents)
    members: dict[str, list[str]] = defaultdict(list)
    for key, head in heads.items():
        members[head].append(key)
    return heads, members


class PlanRouter:
    """A plan on one day, ready to rule on accounts by id."""

    def __init__(
        self, plan: Plan, on: dt.date, organisation: Organisation, changed: CorePlan | None = None
    ) -> None:
        """`changed`: the plan with something else in it, asked about and not kept."""
        self.plan = changed or load_core_plan(plan)
        self.owners = OwnerBook(plan, on, organisation)
        key = (*make_plan_key(plan), self.plan.fields, on)
        content = (
            _PlanContent(plan, changed, on)
            if changed is not None
            else keep_content("routers", key, lambda: _PlanContent(plan, self.plan, on))
        )
        self._routers, self._layers = content.routers, content.layers
        self.layer_ids = [pk for pk, _ in self._layers.values()]
        self.primary_layer_id = next(pk for pk, is_primary in self._layers.values() if is_primary)
        self._territories = content.territories
        self._digits = count_minor_digits(organisation.currency)

    def rule_accounts(self, ids: Sequence[int]) -> dict[tuple[int, int], Ruling]:
        """The ruling for every account that has not ended, by account and layer."""
        asked = Account.objects.filter(id__in=ids)
        raws = {pk: raw for pk, _, raw in read_raw_accounts(asked, self._digits)}
        wanted = {raw["id"]: pk for pk, raw in raws.items()}
        relatives = self._list_relatives(wanted)
        context: list[dict[str, Any]] = []
        for start in range(0, len(relatives), CHUNK):
            rows = Account.objects.filter(key__in=relatives[start : start + CHUNK])
            context.extend(raw for _, _, raw in read_raw_accounts(rows, self._digits))
        book = read_book(self.plan, [*raws.values(), *context])
        by_folded = {folded: wanted[raw] for folded, raw in book.ids.items() if raw in wanted}
        return {
            (pk, self._layers[router.layer.code][0]): self._to_ruling(router.decide(folded, book))
            for folded, pk in by_folded.items()
            for router in self._routers
        }

    def _to_ruling(self, decision: Decision) -> Ruling:
        territory_id = self._territories[decision.territory] if decision.territory is not None else None
        rep_id, is_interim = self.owners.find_owner(territory_id, is_primary=self._layers[decision.layer][1])
        grounds = Grounds(
            decision.cause,
            decision.is_tie,
            decision.claim_class or "",
            decision.priority,
            decision.specificity,
            decision.other_claims,
            is_interim,
        )
        return Ruling(territory_id, rep_id, grounds)

    @cached_property
    def _families(self) -> Families:
        """All families of the company, as they are when first asked for."""
        if not self.has_families:
            return {}, {}
        rows = Account.objects.filter(ended_at=None, parent__ended_at=None, parent__isnull=False)
        return _group_links(rows.values_list("key", "parent__key"))

    @cached_property
    def has_families(self) -> bool:
        """Whether some layer asks who belongs together."""
        return any(layer.families == "together" or layer.placement != "own" for layer in self.plan.layers)

    def _find_families(self, keys: set[str]) -> Families:
        """The families of some accounts, found by their own links when these are few."""
        is_all_known = "_families" in vars(self)
        if not self.has_families or is_all_known or not 0 < len(keys) <= FEW:
            return self._families
        return _group_links(_read_links(keys))

    def _list_relatives(self, keys: Iterable[str]) -> list[str]:
        keys = set(keys)
        heads, members = self._find_families(keys)
        found = {heads[key] for key in keys if key in heads}
        return sorted({relative for head in found for relative in members[head]} - keys)

    def expand_families(self, ids: Iterable[int]) -> list[int]:
        """The accounts and all their relatives whose decision may hang on theirs, by id."""
        keys = dict(Account.objects.filter(id__in=ids).values_list("key", "id"))
        relatives = Account.objects.filter(key__in=self._list_relatives(keys)).values_list("id", flat=True)
        return sorted({*keys.values(), *relatives})


def list_layers(plan: Plan) -> list[tuple[int, str, str]]:
    """The plan's layers in order: id, code, role."""

    def read() -> list[tuple[int, str, str]]:
        rows = LayoutLayer.objects.filter(layout_id=plan.layout_id).order_by("position")
        return list(rows.values_list("layer_id", "layer__code", "role"))

    return list(keep_content("layers", make_plan_key(plan), read))


def read_standings(
    ids: Sequence[int], layers: Iterable[int], primary_layer_id: int
) -> dict[tuple[int, int], Standing]:
    """How accounts stand now, for every account that has not ended and every layer asked for."""
    grounds = {
        (account_id, layer_id): (territory_id, values)
        for account_id, layer_id, territory_id, *values in Assignment.objects.filter(
            account_id__in=ids
        ).values_list("account_id", "layer_id", "territory_id", *GROUNDS)
    }
    # Oldest first, so that the last one seen is the one that holds.
    owned = {
        (account_id, layer_id): (rep_id, is_interim)
        for account_id, layer_id, rep_id, is_interim in Ownership.objects.filter(account_id__in=ids)
        .order_by("account_id", "layer_id", "effective_at", "recorded_at")
        .values_list("account_id", "layer_id", "rep_id", "is_interim")
    }
    standings = {}
    accounts = Account.objects.filter(id__in=ids, ended_at=None).order_by("id")
    for account_id, version, owner_id in accounts.values_list("id", "version", "owner_id"):
        for layer_id in layers:
            place = (account_id, layer_id)
            territory_id, values = grounds.get(place, (None, None))
            rep_id, is_interim = owned.get(place, (None, False))
            standings[place] = Standing(
                account_id,
                layer_id,
                version,
                owner_id if layer_id == primary_layer_id else rep_id,
                territory_id,
                None if values is None else Grounds(*values)._replace(is_interim=is_interim),
            )
    return standings
