"""Which territories of a plan carve accounts out of which?

A territory that names accounts, or into which accounts are locked, is a programme; every pair of a programme
and a base is one row. Each territory is missing for itself, as in the list of all carved-out accounts.
"""

from typing import Any

import numpy as np

from fairpatch.records.models import Plan
from fairpatch.records.queries.carve_outs import MEASURES, NOBODY, CarvedLayer
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.snapshot import find_visible_rows, load_snapshot
from fairpatch.records.queries.totals import name_sight, sum_places
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.routing_engine import Mask
from fairpatch.records.snapshot import Ids
from fairpatch.records.visibility import NotFoundError, Scope

SHOWN = 500


def list_programmes(scope: Scope, plan: Plan, layer: str | None, *, with_rules: bool) -> dict[str, Any]:
    """The largest pairs and how many there are; `with_rules`, also of territories that only rules fill."""
    found = load_tree(plan).find_layer(layer)
    if found is None:
        raise NotFoundError("layer of this code in this plan")
    key = (make_plan_key(plan), name_sight(scope), load_snapshot().serial, found.code, with_rules)
    pairs = keep_content("programmes", key, lambda: _sum_pairs(scope, plan, found.code, with_rules))
    return {
        "layer": found.code,
        "is_live": plan == scope.plan,
        "count": len(pairs),
        "pairs": pairs[:SHOWN],
    }


def _sum_pairs(scope: Scope, plan: Plan, code: str, with_rules: bool) -> list[dict[str, Any]]:
    layer = CarvedLayer(scope, plan, code)
    size = len(layer.router.codes)
    rows = layer.find_held(find_visible_rows(scope, layer.company.snapshot))
    if not with_rules:
        rows = _keep_programmes(layer, rows)
    bases, is_waiting = layer.find_bases(rows, np.arange(size, dtype=np.int32))
    is_carved = (bases != NOBODY) & ~is_waiting
    rows, bases = rows[is_carved], bases[is_carved]
    keys, at = np.unique(layer.holders[rows].astype(np.int64) * size + bases, return_inverse=True)
    places = np.zeros(layer.company.snapshot.size, np.int64)
    places[rows] = at
    sums = sum_places(layer.company.snapshot, places, rows, len(keys))
    ways = [np.bincount(at[is_so], minlength=len(keys)).tolist() for is_so in layer.router.find_ways(rows)]
    pairs = []
    for key, measures, locked, named in zip(keys.tolist(), sums, *ways, strict=True):
        if with_rules or locked or named:
            holder, base = (layer.tree.by_code[layer.router.codes[place]] for place in divmod(key, size))
            told = {"territory": holder.code, "name": holder.name, "is_branch": holder.is_leaf}
            told |= {"base": base.code, "base_name": base.name, "is_base_branch": base.is_leaf}
            weighed = dict(zip(MEASURES, measures, strict=True))
            pairs.append({**told, **weighed, "named": named, "locked": locked})
    return sorted(pairs, key=lambda pair: (-pair["accounts"], pair["territory"], pair["base"]))


def _keep_programmes(layer: CarvedLayer, rows: Ids) -> Ids:
    """The accounts of territories that hold some by a name or a lock."""
    is_locked, is_named = layer.router.find_ways(rows)
    is_programme: Mask = np.zeros(len(layer.router.codes), bool)
    is_programme[layer.holders[rows[is_locked | is_named]]] = True
    return rows[is_programme[layer.holders[rows]]]
