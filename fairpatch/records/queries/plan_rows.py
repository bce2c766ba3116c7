"""How do a plan's rows become the plan that the core decides with?"""

from collections import defaultdict
from decimal import Decimal

from fairpatch.core.plans.plan import Layer, Lock, Plan, Seat, Territory
from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.core.rules.text import parse_rule
from fairpatch.core.rules.tree import Rule
from fairpatch.records import models
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key


def load_core_plan(plan: models.Plan) -> Plan:
    """The plan as the core knows it; read once per state of the plan. The caller must not change it."""
    custom = list_organisation_fields()
    return keep_content("plan", (*make_plan_key(plan), custom), lambda: read_core_plan(plan, custom))


def list_organisation_fields() -> tuple[Field, ...]:
    """The organisation's custom fields, by name."""
    rows = models.CustomField.objects.filter(ended_at__isnull=True).order_by("name")
    return tuple(
        Field(
            row.name,
            row.type,  # type: ignore[arg-type]
            label=row.label or None,
            dimension=row.dimension or None,
            choices=tuple(row.choices),
        )
        for row in rows
    )


def read_fields(layout: models.Layout, organisation_fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields a layout declares, then those of the organisation that it does not."""
    declared = tuple(
        Field(
            item["name"],
            item["type"],
            label=item.get("label"),
            dimension=item.get("dimension"),
            choices=tuple(item.get("choices") or ()),
        )
        for item in layout.fields
    )
    names = {field.name for field in declared}
    return (*declared, *(field for field in organisation_fields if field.name not in names))


def read_core_plan(plan: models.Plan, organisation_fields: tuple[Field, ...] = ()) -> Plan:
    """Reads the rows afresh, with one query per table."""
    layout = models.Layout.objects.get(id=plan.layout_id)
    layers = _read_layers(layout.id)
    fields = read_fields(layout, organisation_fields)
    territories, layer_of = _read_territories(layout.id, Catalogue(fields), layers)
    sets = models.ValueSet.objects.filter(layout_id=layout.id).order_by("name").values_list("name", "values")
    return Plan(
        name=plan.name,
        layers=layers,
        territories=territories,
        locks=_read_locks(plan.id, layer_of),
        seats=_read_seats(plan.id),
        fields=fields,
        value_sets={name: tuple(values) for name, values in sets},
        regions={name: tuple(countries) for name, countries in layout.regions.items()},
        areas={name: tuple((x, y) for x, y in ring) for name, ring in layout.areas.items()},
        effective=plan.effective_on,
        currency=plan.currency or None,
    )


def _read_layers(layout_id: int) -> tuple[Layer, ...]:
    rows = models.LayoutLayer.objects.filter(layout_id=layout_id).order_by("position").select_related("layer")
    return tuple(
        Layer(
            row.layer.code,
            row.role,  # type: ignore[arg-type]
            engagement=row.engagement or None,
            credit=_read_credit(row.credit),
            families=row.families or "apart",  # type: ignore[arg-type]
            placement=row.placement or "own",  # type: ignore[arg-type]
            on_change=row.on_change or "propose",  # type: ignore[arg-type]
        )
        for row in rows
    )


def _read_credit(credit: Decimal | None) -> int | float | None:
    if credit is None:
        return None
    return int(credit) if credit == int(credit) else float(credit)


def _read_lists(layout_id: int) -> dict[tuple[int, str], list[str]]:
    lists: dict[tuple[int, str], list[str]] = defaultdict(list)
    rows = models.ListedAccount.objects.filter(layout_id=layout_id).order_by("account_key", "id")
    for territory_id, kind, text in rows.values_list("territory_id", "kind", "account_id_text"):
        lists[territory_id, kind].append(text)
    return lists


def _read_territories(
    layout_id: int, catalogue: Catalogue, layers: tuple[Layer, ...]
) -> tuple[tuple[Territory, ...], dict[str, str]]:
    lists = _read_lists(layout_id)
    parsed: dict[str, Rule] = {}
    territories: list[Territory] = []
    layer_of: dict[str, str] = {}
    rows = models.LayoutTerritory.objects.filter(layout_id=layout_id).order_by("path")
    for (
        key,
        code,
        parent,
        layer,
        name,
        kind,
        description,
        rule,
        priority,
        assignable,
        inherit,
    ) in rows.values_list(
        "territory_id",
        "territory__code",
        "parent__code",
        "layer__code",
        "name",
        "type",
        "description",
        "rule",
        "priority",
        "is_assignable",
        "is_inheriting",
    ):
        if rule and rule not in parsed:
            parsed[rule] = parse_rule(rule, catalogue)
        layer_of[code] = layer
        is_said = parent is None and layer != layers[0].code
        territories.append(
            Territory(
                code,
                name=name or None,
                parent=parent,
                layer=layer if is_said else None,
                type=kind or None,
                description=description or None,
                priority=priority,
                rule=parsed[rule] if rule else None,
                inherit=inherit,
                assignable=assignable,
                accounts=tuple(lists.get((key, "named"), ())),
                exclude=tuple(lists.get((key, "excluded"), ())),
            )
        )
    return tuple(territories), layer_of


def _read_locks(plan_id: int, layer_of: dict[str, str]) -> tuple[Lock, ...]:
    rows = models.Lock.objects.filter(plan_id=plan_id).order_by("account_key", "id")
    return tuple(
        Lock(
            text,
            territory,
            layer=None if layer == layer_of.get(territory) else layer,
            reason=reason or None,
            approver=approver or None,
            start=start,
            end=end,
        )
        for text, territory, layer, reason, approver, start, end in rows.values_list(
            "account_id_text", "territory__code", "layer__code", "reason", "approver", "from_on", "until_on"
        )
    )


def _read_seats(plan_id: int) -> tuple[Seat, ...]:
    rows = models.Seat.objects.filter(plan_id=plan_id).order_by("territory__code", "kind", "id")
    return tuple(
        Seat(territory, rep, kind, start, end)  # type: ignore[arg-type]
        for territory, rep, kind, start, end in rows.values_list(
            "territory__code", "rep__external_id", "kind", "from_on", "until_on"
        )
    )
