"""How is a plan written down as rows?

Always as a draft; making it live is another deed's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from fairpatch.actions.bulk import insert_rows
from fairpatch.actions.deed import Deed
from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.plans.export import print_plan
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.plans.plan import fold_account_id
from fairpatch.core.rules.text import print_rule
from fairpatch.core.rules.values import fold_code
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.records.models import (
    Layer,
    Layout,
    LayoutLayer,
    LayoutTerritory,
    ListedAccount,
    Lock,
    Plan,
    Rep,
    Seat,
    Territory,
    User,
    ValueSet,
)

STEP_WIDTH = 4
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def write_plan(
    act: Deed, plan: CorePlan, *, created_by: User | None = None, base: Plan | None = None
) -> Plan:
    """A draft with its own layout. FaultyInputError when a seat names a rep that nobody knows."""
    layers = ensure_layers(layer.code for layer in plan.layers)
    territories = ensure_territories(territory.code for territory in plan.territories)
    layout = write_layout(act, plan, layers, territories)
    row = Plan.objects.create(
        name=plan.name or "Plan",
        layout=layout,
        base=base,
        effective_on=plan.effective,
        currency=plan.currency or "",
        created_by=created_by,
        created_at=act.now,
    )
    write_staffing(row.pk, plan, layers, territories)
    return row


def write_staffing(plan_id: int, plan: CorePlan, layers: dict[str, int], territories: dict[str, int]) -> None:
    """Seats and locks. FaultyInputError when a seat names a rep that nobody knows."""
    reps = _find_reps(plan)
    hierarchy = Hierarchy(plan)
    insert_rows(
        Seat,
        ("plan_id", "territory_id", "rep_id", "kind", "from_on", "until_on"),
        (
            (plan_id, territories[s.territory], reps[fold_code(s.rep) or ""], s.kind, s.start, s.end)
            for s in plan.seats
        ),
    )
    insert_rows(
        Lock,
        ("plan_id", "account_id_text", "account_key", "layer_id", "territory_id", "reason", "approver",
         "from_on", "until_on"),
        (
            (plan_id, lock.account, fold_account_id(lock.account),
             layers[lock.layer or hierarchy.layer_of(lock.territory)], territories[lock.territory],
             lock.reason or "", lock.approver or "", lock.start, lock.end)
            for lock in plan.locks
        ),
    )  # fmt: skip


def ensure_layers(codes: Iterable[str]) -> dict[str, int]:
    """The identities of layers by code, made where they are new."""
    return {code: Layer.objects.get_or_create(code=code)[0].pk for code in codes}


def ensure_territories(codes: Iterable[str]) -> dict[str, int]:
    """The identities of territories by code, made where they are new."""
    wanted = set(codes)
    known = set(Territory.objects.values_list("code", flat=True).iterator())
    insert_rows(Territory, ("code",), ((code,) for code in sorted(wanted - known)))
    return {code: pk for code, pk in Territory.objects.values_list("code", "pk").iterator() if code in wanted}


def write_layout(act: Deed, plan: CorePlan, layers: dict[str, int], territories: dict[str, int]) -> Layout:
    """Layers, territories, rules, value sets and lists of a plan."""
    layout = Layout.objects.create(
        regions={name: list(countries) for name, countries in plan.regions.items()},
        areas={name: [list(corner) for corner in ring] for name, ring in plan.areas.items()},
        fields=[_write_field(field) for field in plan.fields],
        created_at=act.now,
    )
    LayoutLayer.objects.bulk_create(
        LayoutLayer(
            layout=layout,
            layer_id=layers[layer.code],
            position=position,
            role=layer.role,
            credit=layer.credit,
            engagement=layer.engagement or "",
            families="" if layer.families == "apart" else layer.families,
            placement="" if layer.placement == "own" else layer.placement,
            on_change="" if layer.on_change == "propose" else layer.on_change,
        )
        for position, layer in enumerate(plan.layers)
    )
    insert_rows(
        LayoutTerritory,
        ("layout_id", "territory_id", "layer_id", "parent_id", "path", "depth", "name", "type", "description",
         "rule", "priority", "is_assignable", "is_inheriting"),
        _list_territories(plan, layout.pk, layers, territories),
    )  # fmt: skip
    insert_rows(
        ListedAccount,
        ("layout_id", "territory_id", "kind", "account_id_text", "account_key"),
        _list_accounts(plan, layout.pk, territories),
    )
    ValueSet.objects.bulk_create(
        ValueSet(layout=layout, name=name, values=list(values))
        for name, values in sorted(plan.value_sets.items())
    )
    return layout


def _list_territories(
    plan: CorePlan, layout: int, layers: dict[str, int], territories: dict[str, int]
) -> Iterator[tuple[Any, ...]]:
    hierarchy = Hierarchy(plan)
    waiting: list[tuple[str, str, int]] = [
        (code, write_step(place), 0) for place, code in reversed(list(enumerate(hierarchy.children_of(None))))
    ]
    while waiting:
        code, path, depth = waiting.pop()
        territory = hierarchy.by_code[code]
        yield (
            layout, territories[code], layers[hierarchy.layer_of(code)],
            territories[territory.parent] if territory.parent else None, path, depth, territory.name or "",
            territory.type or "", territory.description or "",
            print_rule(territory.rule) if territory.rule is not None else "", territory.priority,
            territory.assignable, territory.inherit,
        )  # fmt: skip
        children = list(enumerate(hierarchy.children_of(code)))
        waiting += [(child, path + write_step(place), depth + 1) for place, child in reversed(children)]


def write_step(place: int) -> str:
    """One step of a path:

    the place among siblings in four base-36 characters, so that text order is tree order.
    """
    assert 0 <= place < len(_DIGITS) ** STEP_WIDTH
    step = ""
    for _ in range(STEP_WIDTH):
        place, digit = divmod(place, len(_DIGITS))
        step = _DIGITS[digit] + step
    return step


def _list_accounts(plan: CorePlan, layout: int, territories: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for territory in plan.territories:
        for kind, accounts in (("named", territory.accounts), ("excluded", territory.exclude)):
            by_key = {fold_account_id(account): account for account in reversed(accounts)}
            for key, account in by_key.items():
                yield layout, territories[territory.code], kind, account, key


def _write_field(field: Any) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type,
        "label": field.label,
        "dimension": field.dimension,
        "choices": list(field.choices),
    }


def _find_reps(plan: CorePlan) -> dict[str, int]:
    wanted = {fold_code(seat.rep) or "": seat for seat in plan.seats}
    known = dict(Rep.objects.filter(key__in=list(wanted)).values_list("key", "pk"))
    faults = [
        Finding(
            "error",
            "seats",
            f"{seat.territory}: no rep has the id “{seat.rep}”.",
            suggestion="Import the rep too.",
        )
        for key, seat in wanted.items()
        if key not in known
    ]
    if faults:
        raise FaultyInputError(faults, "plan_faulty")
    return known


def digest_plan(plan: CorePlan) -> str:
    """Names a plan's content: equal plans have equal digests, whatever the order they were written in."""
    return hashlib.sha256(print_plan(plan).encode()).hexdigest()
