"""Where are the accounts? Columns for the map, no object per account."""

from typing import Any

from fairpatch.records.models import Assignment, Rep
from fairpatch.records.queries.accounts import AccountFilter, select_accounts
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import Scope

DECIMALS = 5  # about a metre


def list_points(scope: Scope, wanted: AccountFilter) -> dict[str, Any]:
    """Id, place, territory and owner of every matching account with a position, as parallel columns."""
    rows = select_accounts(scope, wanted).filter(latitude__isnull=False).order_by("id")
    places: dict[int | None, int] = {None: -1}
    territories: list[str] = []
    tree = load_tree(scope.plan) if scope.plan else None
    if tree is not None:
        for node in tree.nodes:
            places[node.id] = len(territories)
            territories.append(node.code)
    owners: dict[int, int] = {}
    answer: dict[str, Any] = {"id": [], "lon": [], "lat": [], "territory": [], "owner": []}
    overlay = _read_overlay(scope, wanted)
    for key, longitude, latitude, territory, owner in rows.values_list(
        "id", "longitude", "latitude", "territory_id", "owner_id"
    ):
        assert longitude is not None, "a position is whole"
        assert latitude is not None, "filtered above"
        answer["id"].append(key)
        answer["lon"].append(round(longitude, DECIMALS))
        answer["lat"].append(round(latitude, DECIMALS))
        decided = territory if overlay is None else overlay.get(key)
        answer["territory"].append(places.get(decided, -1))
        answer["owner"].append(owners.setdefault(owner, len(owners)))
    names = dict(Rep.objects.filter(id__in=owners).values_list("id", "name"))
    answer["territories"] = territories
    answer["owners"] = [{"id": owner, "name": names[owner]} for owner in owners]
    return answer


def _read_overlay(scope: Scope, wanted: AccountFilter) -> dict[int, int | None] | None:
    """Decisions of another layer than the primary one, when that is what is asked for."""
    if scope.plan is None or wanted.layer is None:
        return None
    layer = load_tree(scope.plan).find_layer(wanted.layer)
    if layer is None or layer.role == "primary":
        return None
    return dict(Assignment.objects.filter(layer_id=layer.id).values_list("account_id", "territory_id"))
