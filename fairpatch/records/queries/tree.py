"""Where does each territory of a plan stand? The tree as rows, ordered by path."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from fairpatch.records.models import LayoutLayer, LayoutTerritory, Plan
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key

#: Sorts after every path below a node: paths are digits and capitals only.
AFTER_ALL = "~"


@dataclass(frozen=True, slots=True)
class Node:
    """One territory in one layout; defaults and inheritance already worked out."""

    id: int
    code: str
    name: str
    parent_id: int | None
    parent_code: str | None
    layer_id: int
    layer_code: str
    path: str
    depth: int
    type: str
    has_rule: bool
    own_priority: int | None
    priority: int
    own_is_assignable: bool | None
    is_assignable: bool
    is_leaf: bool
    is_inheriting: bool
    position: int


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer in one layout."""

    id: int
    code: str
    role: str
    credit: float | None
    engagement: str
    position: int
    families: str
    placement: str
    on_change: str


class Tree:
    """Nodes in the order of a walk from the roots, parents first, and ways to find them."""

    def __init__(self, nodes: list[Node], layers: list[LayerRow]) -> None:
        self.nodes = nodes
        self.layers = layers
        self.by_id = {node.id: node for node in nodes}
        self.by_code = {node.code: node for node in nodes}
        self._paths = [node.path for node in nodes]

    @property
    def primary_layer(self) -> LayerRow | None:
        return next((layer for layer in self.layers if layer.role == "primary"), None)

    def find_layer(self, code: str | None) -> LayerRow | None:
        """The layer of a code; the primary one when none is named."""
        if code is None:
            return self.primary_layer
        return next((layer for layer in self.layers if layer.code == code), None)

    def list_subtree(self, node: Node) -> list[Node]:
        """A node and all below it."""
        first = node.position
        return self.nodes[first : bisect_left(self._paths, node.path + AFTER_ALL, first)]

    def find_subtree_ids(self, roots: Iterable[int]) -> frozenset[int]:
        """The ids of these territories and of all below them; unknown ones are left out."""
        found: set[int] = set()
        for root in roots:
            node = self.by_id.get(root)
            if node is not None and node.id not in found:
                found.update(below.id for below in self.list_subtree(node))
        return frozenset(found)

    def list_lineage(self, node: Node) -> list[Node]:
        """A node, its parent, and so on up."""
        line = [node]
        while (above := line[-1].parent_id) is not None:
            line.append(self.by_id[above])
        return line


def load_tree(plan: Plan) -> Tree:
    """The plan's tree."""
    return keep_content("tree", make_plan_key(plan), lambda: _read_tree(plan.layout_id))


def _read_layers(layout_id: int) -> list[LayerRow]:
    rows = LayoutLayer.objects.filter(layout_id=layout_id).order_by("position")
    return [
        LayerRow(
            row.layer_id,
            row.layer.code,
            row.role,
            None if row.credit is None else float(row.credit),
            row.engagement,
            row.position,
            row.families or "apart",
            row.placement or "own",
            row.on_change or "propose",
        )
        for row in rows.select_related("layer")
    ]


def _read_tree(layout_id: int) -> Tree:
    layers = _read_layers(layout_id)
    layer_codes = {layer.id: layer.code for layer in layers}
    rows = list(
        LayoutTerritory.objects.filter(layout_id=layout_id)
        .order_by("path")
        .values_list(
            "territory_id",
            "territory__code",
            "name",
            "parent_id",
            "layer_id",
            "path",
            "depth",
            "type",
            "rule",
            "priority",
            "is_assignable",
            "is_inheriting",
        )
    )
    parents = {row[3] for row in rows}
    codes = {row[0]: row[1] for row in rows}
    priorities: dict[int | None, int] = {None: 0}
    nodes = []
    for position, row in enumerate(rows):
        (key, code, name, parent_id, layer_id, path, depth, kind, rule, priority, assignable, inheriting) = (
            row
        )
        priorities[key] = priorities[parent_id] if priority is None else priority
        is_leaf = key not in parents
        nodes.append(
            Node(
                id=key,
                code=code,
                name=name or code,
                parent_id=parent_id,
                parent_code=codes.get(parent_id),
                layer_id=layer_id,
                layer_code=layer_codes[layer_id],
                path=path,
                depth=depth,
                type=kind,
                has_rule=bool(rule),
                own_priority=priority,
                priority=priorities[key],
                own_is_assignable=assignable,
                is_assignable=is_leaf if assignable is None else assignable,
                is_leaf=is_leaf,
                is_inheriting=inheriting,
                position=position,
            )
        )
    return Tree(nodes, layers)
