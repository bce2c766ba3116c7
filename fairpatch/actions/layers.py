"""How is a layer of a draft added, changed and removed?"""

from decimal import Decimal
from typing import Any

from fairpatch.actions.drafts import DraftEdit, edit_draft
from fairpatch.actions.plan_rows import ensure_layers
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.records.models import LayoutLayer, LayoutTerritory, User
from fairpatch.records.visibility import NotFoundError

WRONG_CODE = "A layer's code has 1 to 64 characters, without space at the ends. Nothing was changed."
IN_USE = "{} territories belong to the layer {}. Nothing was changed. Remove or move them first."
LAST_PRIMARY = "{} is the primary layer: it decides who owns an account. Make another layer primary first."
DEFAULTS = {"families": "apart", "placement": "own", "on_change": "propose"}


def put_layer(actor: User, plan_id: int, code: str, fields: dict[str, Any], expected: int | None) -> int:
    """Adds or changes a layer; answers the plan's new version.

    There is one primary layer. Making another one primary turns the former one into an overlay.
    """
    if not 0 < len(code) <= 64 or code != code.strip():
        raise FairpatchError("wrong_value", WRONG_CODE)
    with edit_draft("put_layer", actor, plan_id, expected, Right.EDIT_TERRITORIES) as edit:
        edit.require_reach("The layers of a plan")
        rows = LayoutLayer.objects.filter(layout_id=edit.plan.layout_id)
        row = rows.filter(layer__code=code).first() or _make_layer(edit, code)
        if fields.get("role") == "primary" and row.role != "primary":
            rows.filter(role="primary").update(role="overlay")
        elif row.pk and row.role == "primary" and fields.get("role") not in (None, "primary"):
            raise FairpatchError("wrong_value", LAST_PRIMARY.format(code))
        for name, value in fields.items():
            setattr(row, name, _write_value(name, value))
        row.save()
        edit.act.detail.update(layer=code, fields=sorted(fields))
    return edit.plan.version


def _make_layer(edit: DraftEdit, code: str) -> LayoutLayer:
    last = LayoutLayer.objects.filter(layout_id=edit.plan.layout_id).order_by("-position").first()
    return LayoutLayer(
        layout_id=edit.plan.layout_id,
        layer_id=ensure_layers([code])[code],
        position=last.position + 1 if last else 0,
        role=LayoutLayer.Role.OVERLAY,
        on_change="",
    )


def _write_value(name: str, value: Any) -> Any:
    """Defaults are kept as nothing, so that they read like layers that never said anything."""
    if name == "credit":
        return None if value is None else Decimal(str(value))
    if value is None or DEFAULTS.get(name) == value:
        return ""
    return value.strip() if name == "engagement" else value


def remove_layer(actor: User, plan_id: int, code: str, expected: int | None) -> int:
    """Removes a layer that has no territories; answers the plan's new version."""
    with edit_draft("remove_layer", actor, plan_id, expected, Right.EDIT_TERRITORIES) as edit:
        edit.require_reach("The layers of a plan")
        row = LayoutLayer.objects.filter(layout_id=edit.plan.layout_id, layer__code=code).first()
        if row is None:
            raise NotFoundError("layer of this code in this plan")
        if row.role == "primary":
            raise FairpatchError("wrong_value", LAST_PRIMARY.format(code))
        used = LayoutTerritory.objects.filter(layout_id=edit.plan.layout_id, layer_id=row.layer_id).count()
        if used:
            raise FairpatchError("in_use", IN_USE.format(used, code))
        row.delete()
        edit.act.detail["layer"] = code
    return edit.plan.version
