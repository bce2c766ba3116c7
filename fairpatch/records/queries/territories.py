"""What does the whole tree of a plan look like?"""

from collections import defaultdict
from typing import Any

from fairpatch.core.plans.plan import is_within_days
from fairpatch.core.territories.colours import choose_hues
from fairpatch.records.models import Plan, Rep, Seat
from fairpatch.records.queries.draft_totals import load_draft_totals
from fairpatch.records.queries.plan_cache import keep_content
from fairpatch.records.queries.plans import find_plan, shape_plan
from fairpatch.records.queries.snapshot import load_snapshot
from fairpatch.records.queries.standing import load_owners
from fairpatch.records.queries.totals import KEYS, load_totals
from fairpatch.records.queries.tree import Node, Tree, load_tree
from fairpatch.records.visibility import Scope

HUES = 10
NOTHING = dict.fromkeys(KEYS, 0)


def describe_tree(scope: Scope, asked: str) -> dict[str, Any]:
    """Layers and territories, parents first, with roll-ups. Empty while there is no live plan."""
    if asked == "active" and scope.plan is None:
        return {"plan": None, "layers": [], "territories": []}
    plan = find_plan(scope, asked)
    tree = load_tree(plan)
    rows = TerritoryRows(scope, plan, tree)
    return {
        "plan": shape_plan(scope, plan, is_counted=False),
        "layers": describe_layers(plan),
        "territories": [rows.shape(node) for node in tree.nodes],
    }


def describe_layers(plan: Plan) -> list[dict[str, Any]]:
    """What the layers of a plan say, in their order."""
    return [
        {
            "code": layer.code,
            "role": layer.role,
            "credit": layer.credit,
            "engagement": layer.engagement,
            "position": layer.position,
            "families": layer.families,
            "placement": layer.placement,
            "on_change": layer.on_change,
        }
        for layer in load_tree(plan).layers
    ]


class TerritoryRows:
    """Everything that a row of the tree shows, read for the whole tree at once."""

    def __init__(self, scope: Scope, plan: Plan, tree: Tree) -> None:
        self.scope, self.tree = scope, tree
        self.owners = load_owners(scope, plan)
        is_live = scope.plan is not None and plan.id == scope.plan.id
        self.totals = load_totals(scope) if is_live else load_draft_totals(scope, plan)
        self.names = dict(Rep.objects.values_list("id", "name"))
        self.seated = _list_seated(plan, scope)
        self.colours = load_colours(plan, tree)

    def shape(self, node: Node) -> dict[str, Any]:
        """One territory as the API writes it."""
        primary, is_vacant = self._find_primary(node)
        is_in_scope = self.scope.sees_all or node.id in self.scope.territory_ids
        return {
            "code": node.code,
            "name": node.name,
            "parent": node.parent_code,
            "layer": node.layer_code,
            "depth": node.depth,
            "type": node.type,
            "is_assignable": node.is_assignable,
            "has_rule": node.has_rule,
            "priority": node.priority,
            "primary": primary,
            "is_vacant": is_vacant,
            "is_in_scope": is_in_scope,
            "colour_index": self.colours[node.id],
            "totals": self.totals.get(node.id, NOTHING),
        }

    def _find_primary(self, node: Node) -> tuple[dict[str, Any] | None, bool]:
        """Who answers, and whether the primary seat is vacant. An inner node without seats has neither."""
        is_seated = node.id in self.seated
        if not (node.is_assignable or is_seated):
            return None, False
        rep, is_interim = self.owners.find_owner(node.id)
        if rep is None or rep == self.owners.queue_keeper_id:
            return None, not is_seated
        return {"rep_id": rep, "name": self.names[rep], "is_interim": is_interim}, not is_seated


def _list_seated(plan: Plan, scope: Scope) -> set[int]:
    """Territories whose primary seat is held today."""
    seats = Seat.objects.filter(plan=plan, kind="primary", rep__status="active")
    rows = seats.values_list("territory_id", "from_on", "until_on")
    return {territory for territory, start, end in rows if is_within_days(start, end, scope.today)}


def load_colours(plan: Plan, tree: Tree) -> dict[int, int]:
    """A hue per territory, the same for everyone who looks at this plan, and as long as the tree stays."""
    shape = tuple((node.id, node.parent_id) for node in tree.nodes)
    return keep_content("colours", shape, lambda: _choose_colours(tree))


def _choose_colours(tree: Tree) -> dict[int, int]:
    """Leaves differ from their neighbours, by where their accounts are, inner territories from siblings."""
    leaves = {node.code: node.id for node in tree.nodes if node.is_leaf}
    centres = {
        tree.by_id[territory].code: centre
        for territory, centre in load_snapshot().centres.items()
        if territory in tree.by_id
    }
    hues = choose_hues(list(leaves), centres, HUES)
    colours = {leaves[code]: hue for code, hue in hues.items()}
    places: dict[int | None, int] = defaultdict(int)
    for node in tree.nodes:
        if not node.is_leaf:
            colours[node.id] = places[node.parent_id] % HUES
            places[node.parent_id] += 1
    return colours
