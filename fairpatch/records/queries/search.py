"""What matches a few letters typed into the search box?"""

from typing import Any

from django.db.models import Q, QuerySet

from fairpatch.core.plans.plan import fold_account_id
from fairpatch.records.models import Account, Rep
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import Scope, visible_accounts

SHOWN = 8
CANDIDATES = 64
"""Names looked at per question; a few of them may belong to accounts that have ended."""
LAST = "\U0010ffff"
"""Sorts after every character, so that a prefix is a range of the index."""


def search_everything(scope: Scope, text: str) -> dict[str, list[dict[str, Any]]]:
    """Accounts in sight, territories and reps; those whose name begins with the text come first."""
    text = text.strip()
    if not text:
        return {"accounts": [], "territories": [], "reps": []}
    return {
        "accounts": _search_accounts(scope, text),
        "territories": _search_territories(scope, text),
        "reps": _search_reps(text),
    }


def _search_accounts(scope: Scope, text: str) -> list[dict[str, Any]]:
    """By id, then by how the name begins, then by what it contains."""
    rows = visible_accounts(scope).filter(ended_at__isnull=True)
    key = fold_account_id(text)
    found = _read_hits(rows.filter(key__gte=key, key__lt=key + LAST).order_by("key"), SHOWN)
    for matching in (Q(name__istartswith=text), Q(name__icontains=text)):
        if len(found) < SHOWN:
            named = _pick_named(scope, rows, matching).exclude(id__in=[hit["id"] for hit in found])
            found += _read_hits(named.order_by("name", "id"), SHOWN - len(found))
    return found


def _pick_named(scope: Scope, rows: QuerySet[Account], matching: Q) -> QuerySet[Account]:
    """Accounts by name. Whoever sees everything is answered from the index over names alone: at a million
    accounts reading the rows would take seconds.
    """
    if not scope.sees_all:
        return rows.filter(matching)
    by_name = Account.objects.filter(matching).order_by("name", "id")
    return rows.filter(id__in=list(by_name.values_list("id", flat=True)[:CANDIDATES]))


def _read_hits(rows: QuerySet[Account], most: int) -> list[dict[str, Any]]:
    return [dict(row) for row in rows.values("id", "external_id", "name", "city", "state")[:most]]


def _search_territories(scope: Scope, text: str) -> list[dict[str, Any]]:
    if scope.plan is None:
        return []
    wanted = text.casefold()
    found = []
    for node in load_tree(scope.plan).nodes:
        name, code = node.name.casefold(), node.code.casefold()
        if wanted in name or wanted in code:
            found.append((not (name.startswith(wanted) or code.startswith(wanted)), name, node))
    found.sort(key=lambda hit: (hit[0], hit[1], hit[2].code))
    return [{"code": node.code, "name": node.name} for _, _, node in found[:SHOWN]]


def _search_reps(text: str) -> list[dict[str, Any]]:
    matching = Q(name__icontains=text) | Q(external_id__istartswith=text)
    rows = Rep.objects.filter(matching).order_by("name", "id").values_list("id", "name")
    return [{"id": key, "name": name} for key, name in rows[:SHOWN]]
