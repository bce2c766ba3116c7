"""What should each role look at first?"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import Sum

from fairpatch.core.territories.exceptions import RED_SHARE
from fairpatch.records.models import Job, LedgerHead, Lock, Ownership, Quota, Realignment, Seat
from fairpatch.records.queries.locks import find_unsettled_locks, measure_exceptions
from fairpatch.records.queries.log import LogFilter, list_log
from fairpatch.records.queries.misplaced import count_visible_misplaced
from fairpatch.records.queries.passages import list_realignments
from fairpatch.records.queries.snapshot import find_visible_rows, load_snapshot
from fairpatch.records.queries.territories import TerritoryRows
from fairpatch.records.queries.totals import load_rep_totals
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.snapshot import NOBODY
from fairpatch.records.visibility import Scope, visible_deals, visible_realignments

LAPSE_DAYS = 30
RECENT = 10
BALANCE = "Largest deviation in accounts per rep"
Item = dict[str, Any]


def describe_home(scope: Scope) -> dict[str, Any]:
    """Figures, tasks and recent changes of the asking person's role."""
    describe = HOMES[scope.user.role]
    figures, tasks = describe(scope)
    tasks = [task for task in tasks if task["count"]]
    return {"role": scope.user.role, "figures": figures, "tasks": tasks, "changes": list_changes(scope)}


def _figure(
    key: str, label: str, value: float, unit: str, href: str | None, compare: Item | None = None
) -> Item:
    return {"key": key, "label": label, "value": value, "unit": unit, "href": href, "compare": compare}


def _task(key: str, title: str, count: int, href: str, severity: str = "warning") -> Item:
    return {"key": key, "title": title, "count": count, "href": href, "severity": severity}


def _count_list(scope: Scope, name: str) -> int:
    """How many accounts in sight are on one of the lists of trouble (`AccountFilter.list`)."""
    if scope.plan is None:
        return 0
    if name == "misplaced":
        return count_visible_misplaced(scope)
    layer = load_tree(scope.plan).primary_layer
    assert layer is not None, "a plan has a primary layer"
    snapshot = load_snapshot()
    decided = snapshot.read_layer(layer.id)
    is_listed = decided["cause"] >= 0
    is_listed &= decided["tie"] == 1 if name == "conflicts" else decided["territory"] == NOBODY
    seen = find_visible_rows(scope, snapshot)
    return int(np.count_nonzero(is_listed if seen is None else is_listed & seen))


def _describe_rep(scope: Scope) -> tuple[list[Item], list[Item]]:
    own = load_rep_totals(scope).get(scope.user.rep_id or 0, {})
    quota = own.get("quota_minor", 0)
    won = visible_deals(scope).filter(owner_id=scope.user.rep_id, outcome="won")
    period = Quota.objects.filter(
        rep_id=scope.user.rep_id or 0, starts_on__lte=scope.today, ends_on__gte=scope.today
    )
    span = period.order_by("starts_on").values_list("starts_on", "ends_on").first()
    closed = won.filter(closed_on__range=span).aggregate(sum=Sum("amount_minor"))["sum"] if span else 0
    mine = f"/accounts?owner={scope.user.rep_id}"
    figures = [
        _figure("own_accounts", "Your accounts", own.get("accounts", 0), "count", mine),
        _figure("pipeline", "Open pipeline", own.get("pipeline_minor", 0), "money", mine),
        _figure(
            "quota",
            "Quota of the period",
            quota,
            "money",
            None,
            {"label": "won so far", "value": closed or 0},
        ),
    ]
    return figures, [_task("misplaced", "Accounts that belong elsewhere", _count_list(scope, "misplaced"),
                           "/accounts?list=misplaced", "notice")]  # fmt: skip


def _describe_manager(scope: Scope) -> tuple[list[Item], list[Item]]:
    totals = load_rep_totals(scope)
    seated = Seat.objects.filter(plan=scope.plan, kind="primary", rep_id__in=scope.rep_ids)
    team = set(seated.values_list("rep_id", flat=True))
    accounts = [totals.get(rep, {}).get("accounts", 0) for rep in team]
    held = sum(row["accounts"] for row in totals.values())
    pipeline = sum(row["pipeline_minor"] for row in totals.values())
    mean = sum(accounts) / len(accounts) if accounts else 0
    spread = max((abs(count - mean) / mean for count in accounts), default=0.0) if mean else 0.0
    compare = {"label": "accounts per rep on average", "value": round(mean, 1)}
    figures = [
        _figure("accounts", "Accounts of the team", held, "count", "/accounts"),
        _figure("pipeline", "Open pipeline", pipeline, "money", "/accounts?sort=-revenue"),
        _figure("balance", BALANCE, round(spread, 4), "share", "/territories", compare),
    ]  # fmt: skip
    return figures, [*_list_approvals(scope), *_list_health(scope)]


def _describe_planner(scope: Scope) -> tuple[list[Item], list[Item]]:
    snapshot = load_snapshot()
    seen = find_visible_rows(scope, snapshot)
    total = snapshot.size if seen is None else int(np.count_nonzero(seen))
    unassigned, misplaced = _count_list(scope, "unassigned"), _count_list(scope, "misplaced")
    vacant = _count_vacancies(scope)
    covered = (total - unassigned) / total if total else 0.0
    figures = [
        _figure("accounts", "Accounts", total, "count", "/accounts"),
        _figure(
            "coverage", "Accounts in a territory", round(covered, 4), "share", "/accounts?list=unassigned"
        ),
        _figure("misplaced", "Misplaced accounts", misplaced, "count", "/accounts?list=misplaced"),
        _figure("vacancies", "Vacant territories", vacant, "count", "/territories"),
        _figure("exceptions", "Locked accounts", measure_exceptions(scope)["share"], "share", "/locks"),
    ]
    return figures, [*_list_approvals(scope), *_list_health(scope), *_list_locks(scope)]


def _list_locks(scope: Scope) -> list[Item]:
    """Locks that lapse soon or have, and territories where exceptions have become the rule."""
    soon = f"/locks?within_days={LAPSE_DAYS}"
    too_many = sum(row["level"] == "red" for row in measure_exceptions(scope)["territories"])
    unsettled = len(find_unsettled_locks(scope.organisation, scope.today)) if scope.organisation else 0
    return [
        _task("locks", f"Locks that lapse within {LAPSE_DAYS} days", _count_lapsing(scope), soon, "notice"),
        _task("unsettled_locks", "Accounts whose lock began or lapsed", unsettled, "/locks"),
        _task("exceptions", f"Territories with {RED_SHARE:.0%} or more locked", too_many, "/locks", "error"),
    ]


def _describe_admin(scope: Scope) -> tuple[list[Item], list[Item]]:
    figures, tasks = _describe_planner(scope)
    running = Job.objects.filter(status__in=["queued", "running"]).count()
    failed = Job.objects.filter(status="failed").count()
    figures.append(_figure("jobs", "Jobs waiting or running", running, "count", None))
    figures.append(
        _figure("ledger", "Signed batches in the ledger", LedgerHead.objects.count(), "count", "/audit")
    )
    return figures, [*tasks, _task("failed_jobs", "Jobs that failed", failed, "/audit", "error")]


def _describe_auditor(scope: Scope) -> tuple[list[Item], list[Item]]:
    executed = Realignment.objects.filter(status="executed").count()
    figures = [
        _figure("ledger", "Signed batches in the ledger", LedgerHead.objects.count(), "count", "/audit"),
        _figure("records", "Records of ownership", Ownership.objects.count(), "count", "/accounts"),
        _figure("executed", "Executed realignments", executed, "count", "/realignments?status=executed"),
    ]
    return figures, []


def _list_approvals(scope: Scope) -> list[Item]:
    """Proposals that wait for exactly this person, and approved ones that wait to be executed."""
    tasks = []
    for status, step, title in (
        ("proposed", "approve", "Realignments to approve"),
        ("approved", "execute", "Realignments to execute"),
    ):
        rows, _ = list_realignments(scope, status, None, 100)
        count = sum(step in row["may"] for row in rows)
        tasks.append(_task(step, title, count, f"/realignments?status={status}"))
    return tasks


def _list_health(scope: Scope) -> list[Item]:
    titles = {
        "unassigned": ("Accounts that no territory claims", "error"),
        "misplaced": ("Accounts that belong elsewhere", "warning"),
        "conflicts": ("Accounts decided by a tie", "notice"),
    }
    tasks = [
        _task(name, title, _count_list(scope, name), f"/accounts?list={name}", severity)
        for name, (title, severity) in titles.items()
    ]
    vacant = "Territories without a rep in the primary seat"
    return [*tasks, _task("vacancies", vacant, _count_vacancies(scope), "/territories")]


def _count_vacancies(scope: Scope) -> int:
    if scope.plan is None:
        return 0
    tree = load_tree(scope.plan)
    rows = TerritoryRows(scope, scope.plan, tree)
    seen = (
        node
        for node in tree.nodes
        if node.is_assignable and (scope.sees_all or node.id in scope.territory_ids)
    )
    return sum(node.id not in rows.seated for node in seen)


def _count_lapsing(scope: Scope) -> int:
    if scope.plan is None:
        return 0
    last = scope.today + timedelta(days=LAPSE_DAYS)
    rows = Lock.objects.filter(plan=scope.plan, until_on__range=(scope.today, last))
    return rows.exclude(from_on__gt=scope.today).count()


def list_changes(scope: Scope) -> list[Item]:
    """What changed lately and why: executed realignments in sight; for auditors, every deed."""
    if scope.user.role == "auditor":
        deeds, _ = list_log(LogFilter(), None, RECENT)
        return [{"at": row["signed_at"], "sentence": row["sentence"], "href": "/audit"} for row in deeds]
    executed = visible_realignments(scope).filter(status=Realignment.Status.EXECUTED).order_by("-executed_at")
    changes = []
    for row in executed.only("id", "title", "reason", "move_count", "executed_at")[:RECENT]:
        because = f" Reason: {row.reason}" if row.reason else ""
        moved = "1 account" if row.move_count == 1 else f"{row.move_count} accounts"
        sentence = f"{row.title}: {moved} moved.{because}"
        changes.append({"at": row.executed_at, "sentence": sentence, "href": f"/realignments/{row.id}"})
    return changes


HOMES: dict[str, Callable[[Scope], tuple[list[Item], list[Item]]]] = {
    "rep": _describe_rep,
    "manager": _describe_manager,
    "director": _describe_manager,
    "planner": _describe_planner,
    "admin": _describe_admin,
    "auditor": _describe_auditor,
}
