"""What matches a few letters typed into the search box?"""

from typing import Any

from django.db.models import Q

from fairpatch.records.models import Rep
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import Scope, visible_accounts

SHOWN = 8


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
    columns = ("id", "external_id", "name", "city", "state")
    rows = visible_accounts(scope).filter(ended_at__isnull=True).order_by("name", "id")
    begins = Q(name__istartswith=text) | Q(external_id__istartswith=text)
    found = list(rows.filter(begins).values(*columns)[:SHOWN])
    if len(found) < SHOWN:
        found += rows.filter(name__icontains=text).exclude(begins).values(*columns)[: SHOWN - len(found)]
    return found


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
