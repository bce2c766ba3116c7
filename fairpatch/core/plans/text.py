"""How is a plan read from YAML? All faults at once, each with its line, and no value changed silently."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast, get_args

from yaml.nodes import Node, ScalarNode

from fairpatch.core.errors import FaultyInputError
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.core.plans.nodes import NodeReader, is_null
from fairpatch.core.plans.plan import (
    DEFAULT_LAYER,
    FORMAT_VERSION,
    Families,
    Layer,
    LayerRole,
    Lock,
    OnChange,
    Placement,
    Plan,
    Seat,
    SeatKind,
    Territory,
)
from fairpatch.core.rules.fields import CUSTOM_TYPES, Catalogue, Field, FieldType
from fairpatch.core.rules.text import parse_rule
from fairpatch.core.rules.tree import Rule

PLAN_KEYS = (
    "fairpatch",
    "name",
    "effective",
    "currency",
    "fields",
    "value_sets",
    "regions",
    "areas",
    "layers",
    "territories",
    "locks",
    "seats",
)
_FIELD_KEYS = ("name", "type", "label", "dimension", "choices")
_LAYER_KEYS = ("code", "role", "engagement", "credit", "families", "placement", "on_change")
_TERRITORY_KEYS = (
    "code",
    "name",
    "parent",
    "layer",
    "type",
    "description",
    "priority",
    "rule",
    "inherit",
    "assignable",
    "accounts",
    "exclude",
)
_LOCK_KEYS = ("account", "territory", "layer", "reason", "approver", "from", "until")
_SEAT_KEYS = ("territory", "rep", "seat", "from", "until")


def read_plan(text: str, file: str = "plan.yaml") -> Plan:
    """The plan of a YAML text. Raises FaultyInputError with every fault, by line."""
    reader = NodeReader()
    root = reader.compose(text)
    plan = _read_root(reader, root) if root is not None else Plan()
    found = reader.findings
    if root is not None:
        blamed = {finding.where for finding in found}
        found = found + [fault for fault in find_plan_faults(plan) if not _is_blamed(fault.where, blamed)]
    located = [fault.at(file, fault.line or reader.locate(fault.where)) for fault in found]
    if located:
        raise FaultyInputError(sorted(located, key=lambda fault: fault.line or 0), "plan_faulty")
    return plan


def _is_blamed(where: str, blamed: set[str]) -> bool:
    """Whether the reader has already blamed a place, or the item it stands in."""
    return where in blamed or (where.rpartition(".")[0] in blamed and "[" in where)


def _read_root(reader: NodeReader, root: Node) -> Plan:
    nodes = reader.read_mapping(root, "", PLAN_KEYS)
    if "fairpatch" not in nodes or is_null(nodes["fairpatch"]):
        reader.blame(
            "fairpatch", f"The format version is missing: begin with fairpatch: {FORMAT_VERSION}.", 1
        )
    elif reader.read_text(nodes["fairpatch"], "fairpatch") != str(FORMAT_VERSION):
        sentence = f"This version of Fairpatch reads plans of format {FORMAT_VERSION} only."
        reader.blame_node(nodes["fairpatch"], "fairpatch", sentence)
    fields = tuple(reader.read_items(nodes.get("fields"), "fields", partial(_read_field, reader)))
    read_territory = partial(_read_territory, reader, Catalogue(fields))
    layers: tuple[Layer, ...] = (Layer(DEFAULT_LAYER),)
    if "layers" in nodes and not is_null(nodes["layers"]):
        layers = tuple(reader.read_items(nodes["layers"], "layers", partial(_read_layer, reader)))
    return Plan(
        name=reader.read_text(nodes.get("name"), "name") or "",
        effective=reader.read_date(nodes.get("effective"), "effective"),
        currency=_read_currency(reader, nodes.get("currency")),
        fields=fields,
        value_sets=_read_lists(reader, nodes.get("value_sets"), "value_sets"),
        regions=_read_lists(reader, nodes.get("regions"), "regions"),
        areas=_read_areas(reader, nodes.get("areas")),
        layers=layers,
        territories=tuple(reader.read_items(nodes.get("territories"), "territories", read_territory)),
        locks=tuple(reader.read_items(nodes.get("locks"), "locks", partial(_read_lock, reader))),
        seats=tuple(reader.read_items(nodes.get("seats"), "seats", partial(_read_seat, reader))),
    )


def _read_currency(reader: NodeReader, node: Node | None) -> str | None:
    currency = reader.read_text(node, "currency")
    if currency is None or (len(currency) == 3 and currency.isascii() and currency.isupper()):
        return currency
    assert node is not None
    reader.blame_node(node, "currency", f'"{currency}" is not a currency code such as USD.')
    return None


def _read_lists(reader: NodeReader, node: Node | None, where: str) -> dict[str, tuple[str, ...]]:
    if node is None or is_null(node):
        return {}
    named = reader.read_mapping(node, where, None)
    return {name: reader.read_texts(items, f"{where}.{name}") for name, items in named.items()}


def _read_areas(reader: NodeReader, node: Node | None) -> dict[str, tuple[tuple[float, float], ...]]:
    if node is None or is_null(node):
        return {}
    named = reader.read_mapping(node, "areas", None)
    read_corner = partial(_read_corner, reader)
    return {
        name: tuple(reader.read_items(ring, f"areas.{name}", read_corner)) for name, ring in named.items()
    }


def _read_corner(reader: NodeReader, node: Node, where: str) -> tuple[float, float] | None:
    numbers = reader.read_items(node, where, reader.read_decimal)
    if len(numbers) != 2:
        reader.blame_node(node, where, "A corner is [longitude, latitude].")
        return None
    return numbers[0], numbers[1]


def _read_field(reader: NodeReader, node: Node, where: str) -> Field:
    nodes = reader.read_mapping(node, where, _FIELD_KEYS, required=("name", "type"))
    name = reader.read_text(nodes.get("name"), f"{where}.name")
    kind = reader.read_choice(nodes.get("type"), f"{where}.type", CUSTOM_TYPES)
    return Field(
        name or "",
        cast(FieldType, kind or "text"),
        label=reader.read_text(nodes.get("label"), f"{where}.label"),
        dimension=reader.read_text(nodes.get("dimension"), f"{where}.dimension"),
        choices=reader.read_texts(nodes.get("choices"), f"{where}.choices"),
    )


def _read_layer(reader: NodeReader, node: Node, where: str) -> Layer:
    nodes = reader.read_mapping(node, where, _LAYER_KEYS, required=("code",))
    role = reader.read_choice(nodes.get("role"), f"{where}.role", get_args(LayerRole))
    families = reader.read_choice(nodes.get("families"), f"{where}.families", get_args(Families))
    placement = reader.read_choice(nodes.get("placement"), f"{where}.placement", get_args(Placement))
    on_change = reader.read_choice(nodes.get("on_change"), f"{where}.on_change", get_args(OnChange))
    code = reader.read_text(nodes.get("code"), f"{where}.code")
    return Layer(
        code or "",
        cast(LayerRole, role or ("primary" if where == "layers[0]" else "overlay")),
        engagement=reader.read_text(nodes.get("engagement"), f"{where}.engagement"),
        credit=reader.read_decimal(nodes.get("credit"), f"{where}.credit"),
        families=cast(Families, families or "apart"),
        placement=cast(Placement, placement or "own"),
        on_change=cast(OnChange, on_change or "propose"),
    )


def _read_territory(reader: NodeReader, catalogue: Catalogue, node: Node, where: str) -> Territory:
    nodes = reader.read_mapping(node, where, _TERRITORY_KEYS, required=("code",))
    text = {
        key: reader.read_text(nodes.get(key), f"{where}.{key}")
        for key in ("code", "name", "parent", "layer", "type", "description")
    }
    inherit = reader.read_flag(nodes.get("inherit"), f"{where}.inherit")
    territory = Territory(
        code=text["code"] or "",
        name=text["name"],
        parent=text["parent"],
        layer=text["layer"],
        type=text["type"],
        description=text["description"],
        priority=reader.read_integer(nodes.get("priority"), f"{where}.priority"),
        rule=_read_rule(reader, catalogue, nodes.get("rule"), f"{where}.rule"),
        inherit=inherit is not False,
        assignable=reader.read_flag(nodes.get("assignable"), f"{where}.assignable"),
        accounts=reader.read_texts(nodes.get("accounts"), f"{where}.accounts"),
        exclude=reader.read_texts(nodes.get("exclude"), f"{where}.exclude"),
    )
    if text["code"] == "":
        reader.blame_node(nodes["code"], f"{where}.code", "The code is blank.")
    return territory


def _read_rule(reader: NodeReader, catalogue: Catalogue, node: Node | None, where: str) -> Rule | None:
    text = reader.read_text(node, where)
    if text is None:
        return None
    assert isinstance(node, ScalarNode)
    try:
        return parse_rule(text, catalogue, where)
    except FaultyInputError as fault:
        first_line = node.start_mark.line + (2 if node.style in ("|", ">") else 1)
        for finding in fault.findings:
            is_verbatim = node.style == "|"
            line = first_line + (finding.line or 1) - 1 if is_verbatim else node.start_mark.line + 1
            reader.findings.append(finding.at(line=line))
        return None


def _read_lock(reader: NodeReader, node: Node, where: str) -> Lock:
    nodes = reader.read_mapping(node, where, _LOCK_KEYS, required=("account", "territory"))
    text: Mapping[str, str | None] = {
        key: reader.read_text(nodes.get(key), f"{where}.{key}")
        for key in ("account", "territory", "layer", "reason", "approver")
    }
    start = reader.read_date(nodes.get("from"), f"{where}.from")
    end = reader.read_date(nodes.get("until"), f"{where}.until")
    return Lock(
        text["account"] or "",
        text["territory"] or "",
        text["layer"],
        text["reason"],
        text["approver"],
        start,
        end,
    )


def _read_seat(reader: NodeReader, node: Node, where: str) -> Seat:
    nodes = reader.read_mapping(node, where, _SEAT_KEYS, required=("territory", "rep"))
    territory = reader.read_text(nodes.get("territory"), f"{where}.territory")
    rep = reader.read_text(nodes.get("rep"), f"{where}.rep")
    kind = reader.read_choice(nodes.get("seat"), f"{where}.seat", get_args(SeatKind))
    start = reader.read_date(nodes.get("from"), f"{where}.from")
    end = reader.read_date(nodes.get("until"), f"{where}.until")
    return Seat(territory or "", rep or "", cast(SeatKind, kind or "primary"), start, end)
