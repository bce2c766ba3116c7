"""Which accounts are locked, until when, what follows when a lock lapses, and are there too many?"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from django.db.models import DateField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from fairpatch.core.plans.plan import Lock as CoreLock
from fairpatch.core.plans.plan import fold_account_id, is_within_days
from fairpatch.core.realignment.changes import Effect
from fairpatch.core.realignment.moves import CAUSES, Ruling
from fairpatch.core.territories.exceptions import judge_exceptions
from fairpatch.records.models import Account, Assignment, Lock, Organisation, Plan, Rep
from fairpatch.records.queries.account_changes import describe_effects
from fairpatch.records.queries.accounts import name_territory
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.plans import find_plan
from fairpatch.records.queries.routing import PlanRouter
from fairpatch.records.queries.snapshot import find_visible_rows, load_snapshot
from fairpatch.records.queries.territory import describe_found_lock
from fairpatch.records.queries.tree import Tree, load_tree
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts

NEVER = dt.date(9999, 12, 31)
State = Literal["live", "coming", "lapsed"]
EXPORT_COLUMNS = [
    "account",
    "name",
    "territory",
    "layer",
    "from",
    "until",
    "state",
    "reason",
    "approver",
    "afterwards",
]
STREAMED = 500


@dataclass(frozen=True)
class LockFilter:
    plan: int | str = "active"
    q: str | None = None
    territory: str | None = None
    layer: str | None = None
    state: State | None = None
    within_days: int | None = None


def select_locks(scope: Scope, plan: Plan, wanted: LockFilter) -> QuerySet[Lock]:
    """The locks of a plan one may see, those that end first, first."""
    rows = Lock.objects.filter(plan=plan).select_related("territory", "layer")
    if not scope.sees_all:
        rows = rows.filter(account_key__in=visible_accounts(scope).values("key"))
    if wanted.q:
        named = Account.objects.filter(name__icontains=wanted.q.strip()).values("key")
        rows = rows.filter(
            Q(account_id_text__icontains=wanted.q.strip())
            | Q(reason__icontains=wanted.q.strip())
            | Q(account_key__in=named)
        )
    if wanted.territory:
        rows = rows.filter(territory__code=wanted.territory)
    if wanted.layer:
        rows = rows.filter(layer__code=wanted.layer)
    today = scope.today
    if wanted.state == "lapsed":
        rows = rows.filter(until_on__lt=today)
    elif wanted.state == "coming":
        rows = rows.filter(from_on__gt=today)
    elif wanted.state == "live":
        rows = rows.filter(Q(from_on=None) | Q(from_on__lte=today), Q(until_on=None) | Q(until_on__gte=today))
    if wanted.within_days is not None:
        last = today + dt.timedelta(days=wanted.within_days)
        rows = rows.filter(until_on__gte=today, until_on__lte=last)
    ends = Coalesce("until_on", Value(NEVER, output_field=DateField()))
    return rows.annotate(ends=ends).order_by("ends", "id")


def list_locks(
    scope: Scope, wanted: LockFilter, mark: tuple[str, int] | None, limit: int
) -> tuple[list[dict[str, Any]], list[Any] | None, int | None]:
    """A page of locks, each with what follows when it ends; the next mark; how many on the first page."""
    plan = find_plan(scope, wanted.plan)
    rows = select_locks(scope, plan, wanted)
    page = rows
    if mark is not None:
        try:
            ends = dt.date.fromisoformat(mark[0])
        except ValueError:
            raise NotFoundError("page of this mark") from None
        page = rows.filter(Q(ends__gt=ends) | Q(ends=ends, id__gt=mark[1]))
    found = list(page[: limit + 1])
    shown = _shape_locks(scope, plan, found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    next_mark = [(last.until_on or NEVER).isoformat(), last.id] if last else None
    return shown, next_mark, rows.count() if mark is None else None


def stream_locks(scope: Scope, wanted: LockFilter) -> Iterator[list[Any]]:
    """Every such lock for a spreadsheet. The first page is read at once, so that faults come before rows."""
    first = list_locks(scope, wanted, None, STREAMED)
    return _stream_pages(scope, wanted, first[0], first[1])


def _stream_pages(
    scope: Scope, wanted: LockFilter, rows: list[dict[str, Any]], mark: list[Any] | None
) -> Iterator[list[Any]]:
    while True:
        for row in rows:
            after = row["afterwards"]
            yield [
                row["id_text"],
                row["name"],
                row["territory"],
                row["layer"],
                row["from_on"],
                row["until_on"],
                row["state"],
                row["reason"],
                row["approver"],
                after["sentence"] if after else "",
            ]
        if mark is None:
            return
        rows, mark, _ = list_locks(scope, wanted, (mark[0], mark[1]), STREAMED)


def _shape_locks(scope: Scope, plan: Plan, rows: Sequence[Lock]) -> list[dict[str, Any]]:
    tree = load_tree(plan)
    keys = {row.account_key for row in rows}
    accounts = {
        key: (pk, name, owner_id, owner)
        for key, pk, name, owner_id, owner in visible_accounts(scope)
        .filter(key__in=keys, ended_at=None)
        .values_list("key", "id", "name", "owner_id", "owner__name")
    }
    afterwards = _foresee_ends(scope, plan, rows, {key: found[0] for key, found in accounts.items()})
    reps = {ruling.rep_id for ruling in afterwards.values() if ruling.rep_id is not None}
    names = dict(Rep.objects.filter(id__in=reps).values_list("id", "name"))
    shown = []
    for row in rows:
        pk, name, owner_id, owner = accounts.get(row.account_key, (None, None, None, None))
        node = tree.by_code.get(row.territory.code)
        shown.append(
            {
                **describe_found_lock(row, pk, name),
                "territory_name": node.name if node else row.territory.code,
                "owner": None if owner_id is None else {"id": owner_id, "name": owner},
                "state": name_state(row, scope.today),
                "days_left": None if row.until_on is None else (row.until_on - scope.today).days,
                "afterwards": _describe_end(row, afterwards.get(row.id), tree, names),
            }
        )
    return shown


def name_state(row: Lock, today: dt.date) -> State:
    """Does a lock hold today, will it, or did it?"""
    if is_within_days(row.from_on, row.until_on, today):
        return "live"
    return "lapsed" if row.until_on is not None and row.until_on < today else "coming"


def _foresee_ends(scope: Scope, plan: Plan, rows: Sequence[Lock], ids: dict[str, int]) -> dict[int, Ruling]:
    """What the plan decides without these locks, everything else being as it is today."""
    ending = [row for row in rows if row.until_on is not None and row.account_key in ids]
    if not ending or scope.organisation is None:
        return {}
    core = load_core_plan(plan)
    gone = {(row.account_key, row.territory.code, row.from_on, row.until_on) for row in ending}
    kept = tuple(
        lock
        for lock in core.locks
        if (fold_account_id(lock.account), lock.territory, lock.start, lock.end) not in gone
    )
    router = PlanRouter(plan, scope.today, scope.organisation, replace(core, locks=kept))
    rulings = router.rule_accounts(sorted({ids[row.account_key] for row in ending}))
    return {row.id: rulings[ids[row.account_key], row.layer_id] for row in ending}


def _describe_end(
    row: Lock, ruling: Ruling | None, tree: Tree, names: dict[int, str]
) -> dict[str, Any] | None:
    if ruling is None:
        return None
    place = name_territory(tree, ruling.territory_id)
    if ruling.territory_id == row.territory_id:
        sentence = "It stays: the plan puts it there without the lock too."
    elif place is None:
        sentence = "No territory claims it then; it goes to the queue."
    else:
        owner = names.get(ruling.rep_id or 0, "nobody")
        sentence = f"It belongs to {place['name']} then, with {owner}."
    return {
        "territory": place,
        "rep": None if ruling.rep_id is None else {"id": ruling.rep_id, "name": names[ruling.rep_id]},
        "is_staying": ruling.territory_id == row.territory_id,
        "sentence": sentence,
    }


def preview_lock(scope: Scope, plan: Plan, form: dict[str, Any]) -> dict[str, Any]:
    """What a lock, a changed one or the end of one would move today, family included.

    `lock_id` is the lock that goes; `territory` and the days are those of the one that comes, if any.
    """
    core = load_core_plan(plan)
    assert scope.organisation is not None, "a plan belongs to an organisation"
    account = visible_accounts(scope).filter(id=form["account_id"], ended_at=None).first()
    if account is None:
        raise NotFoundError("account of this number")
    locks = list(core.locks)
    if form.get("lock_id") is not None:
        old = Lock.objects.select_related("territory").filter(id=form["lock_id"], plan=plan).first()
        if old is None:
            raise NotFoundError("lock of this number in this plan")
        locks = [
            lock
            for lock in locks
            if (fold_account_id(lock.account), lock.territory, lock.start, lock.end)
            != (old.account_key, old.territory.code, old.from_on, old.until_on)
        ]
    if form.get("territory") is not None:
        locks.append(_write_lock(plan, account, form))
    before = PlanRouter(plan, scope.today, scope.organisation)
    after = PlanRouter(plan, scope.today, scope.organisation, replace(core, locks=tuple(locks)))
    ids = before.expand_families([account.id])
    was, will = before.rule_accounts(ids), after.rule_accounts(ids)
    effects = [
        Effect(
            *place,
            "propose",
            was[place].territory_id,
            will[place].territory_id,
            was[place].rep_id,
            will[place].rep_id,
            will[place].grounds.cause,
        )
        for place in sorted(will)
        if was[place].territory_id != will[place].territory_id
    ]
    return describe_effects(scope, effects, account.id)


def _write_lock(plan: Plan, account: Account, form: dict[str, Any]) -> CoreLock:
    if form["territory"] not in load_tree(plan).by_code:
        raise NotFoundError("territory of this code in this plan")
    return CoreLock(
        account.external_id, form["territory"], start=form.get("from_on"), end=form.get("until_on")
    )


def measure_exceptions(scope: Scope) -> dict[str, Any]:
    """The share of accounts in sight that a lock holds: in all, and for every territory, the worst first."""
    if scope.plan is None:
        return {**_rate(0, 0), "territories": []}
    tree = load_tree(scope.plan)
    layer = tree.primary_layer
    assert layer is not None, "a plan has a primary layer"
    snapshot = load_snapshot()
    decided = snapshot.read_layer(layer.id)
    seen = find_visible_rows(scope, snapshot)
    is_counted = np.ones(snapshot.size, dtype=bool) if seen is None else seen
    is_locked = is_counted & (decided["cause"] == list(CAUSES).index("lock"))
    held = _count_places(decided["territory"][is_counted])
    locked = _count_places(decided["territory"][is_locked])
    rows = []
    for node in tree.nodes:
        if node.layer_id != layer.id:
            continue
        below = [one.id for one in tree.list_subtree(node)]
        accounts = sum(held.get(pk, 0) for pk in below)
        if accounts:
            rate = _rate(sum(locked.get(pk, 0) for pk in below), accounts)
            rows.append({"code": node.code, "name": node.name, "is_leaf": node.is_leaf, **rate})
    rows.sort(key=lambda row: (-row["share"], row["code"]))
    total = _rate(int(np.count_nonzero(is_locked)), int(np.count_nonzero(is_counted)))
    return {**total, "territories": rows}


def _count_places(territories: Any) -> dict[int, int]:
    ids, counts = np.unique(territories, return_counts=True)
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))


def _rate(locked: int, accounts: int) -> dict[str, Any]:
    share, level = judge_exceptions(locked, accounts)
    return {"locked": locked, "accounts": accounts, "share": round(share, 4), "level": level}


def find_unsettled_locks(organisation: Organisation, today: dt.date) -> list[int]:
    """Accounts whose lock has begun or ended since they were decided last, by id."""
    plan = organisation.active_plan
    if plan is None:
        return []
    live: dict[tuple[str, int], int] = {}
    for key, layer, territory, start, end in Lock.objects.filter(plan=plan).values_list(
        "account_key", "layer_id", "territory_id", "from_on", "until_on"
    ):
        if is_within_days(start, end, today):
            live[key, layer] = territory
    held = {
        (key, layer): territory
        for key, layer, territory in Assignment.objects.filter(
            cause="lock", account__ended_at=None
        ).values_list("account__key", "layer_id", "territory_id")
    }
    changed = {
        key for key, layer in held.keys() | live.keys() if held.get((key, layer)) != live.get((key, layer))
    }
    found: list[int] = []
    wanted = sorted(changed)
    for start_at in range(0, len(wanted), STREAMED):
        part = Account.objects.filter(key__in=wanted[start_at : start_at + STREAMED], ended_at=None)
        found += part.values_list("id", flat=True)
    return sorted(found)
