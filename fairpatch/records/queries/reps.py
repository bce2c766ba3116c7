"""Who is on the roster, where does each sit, and how much does each carry?"""

from collections import defaultdict
from typing import Any

from django.db.models import Q

from fairpatch.core.plans.plan import is_within_days
from fairpatch.records.models import Quota, Rep, Seat
from fairpatch.records.queries.totals import REP_KEYS, load_rep_totals
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import NotFoundError, Scope


def list_reps(scope: Scope, text: str | None, status: str | None) -> list[dict[str, Any]]:
    """The roster by name; names and seats are published, totals are of what one may see."""
    rows = Rep.objects.select_related("manager").order_by("name", "id")
    if text and text.strip():
        rows = rows.filter(Q(name__icontains=text.strip()) | Q(external_id__istartswith=text.strip()))
    if status is not None:
        rows = rows.filter(status=status)
    seats = _read_seats(scope)
    totals = load_rep_totals(scope)
    return [_shape_rep(row, seats, totals) for row in rows]


def _read_seats(scope: Scope) -> dict[int, list[dict[str, Any]]]:
    """Today's seats in the live plan, by rep."""
    seats: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if scope.plan is None:
        return seats
    tree = load_tree(scope.plan)
    rows = Seat.objects.filter(plan=scope.plan).order_by("territory__code", "id")
    for rep, territory, kind, start, end in rows.values_list(
        "rep_id", "territory_id", "kind", "from_on", "until_on"
    ):
        node = tree.by_id.get(territory)
        if node is not None and is_within_days(start, end, scope.today):
            seats[rep].append({"territory": node.code, "territory_name": node.name, "kind": kind})
    return seats


def _shape_rep(
    row: Rep, seats: dict[int, list[dict[str, Any]]], totals: dict[int, dict[str, int]]
) -> dict[str, Any]:
    return {
        "id": row.id,
        "external_id": row.external_id,
        "name": row.name,
        "title": row.title,
        "level": row.level,
        "manager": {"id": row.manager_id, "name": row.manager.name} if row.manager else None,
        "status": row.status,
        "kind": row.kind,
        "seats": seats.get(row.id, []),
        "totals": totals.get(row.id, dict.fromkeys(REP_KEYS, 0)),
    }


def describe_rep(scope: Scope, rep_id: int) -> dict[str, Any]:
    """One rep. Quotas and home are for those whose scope the rep is in."""
    row = Rep.objects.select_related("manager").filter(id=rep_id).first()
    if row is None:
        raise NotFoundError("rep of this number")
    is_seen = scope.sees_all or row.id in scope.rep_ids
    shown = _shape_rep(row, _read_seats(scope), load_rep_totals(scope))
    quotas = (
        Quota.objects.filter(rep_id=row.id)
        .order_by("-starts_on")
        .values("starts_on", "ends_on", "amount_minor")
    )
    reports = Rep.objects.filter(manager_id=row.id).order_by("name", "id").values("id", "name")
    shown.update(
        email=row.email,
        home_latitude=row.home_latitude if is_seen else None,
        home_longitude=row.home_longitude if is_seen else None,
        hired_on=row.hired_on if is_seen else None,
        reports=list(reports),
        quotas=list(quotas[:40]) if is_seen else [],
        may_see_accounts=is_seen,
    )
    return shown
