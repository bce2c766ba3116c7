"""How is a territory of a draft added, changed, moved in the tree and removed?"""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from fairpatch.actions.drafts import DraftEdit, edit_draft, find_territory_id
from fairpatch.actions.plan_rows import STEP_WIDTH, write_step
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.core.plans.plan import fold_account_id
from fairpatch.core.rules.text import parse_rule, print_rule
from fairpatch.records.models import LayoutTerritory, ListedAccount, Lock, Plan, Seat, User
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.visibility import NotFoundError

COLUMNS = {"name": "name", "type": "type", "description": "description", "priority": "priority",
           "assignable": "is_assignable", "inherit": "is_inheriting"}  # fmt: skip
EMPTY = {"name": "", "type": "", "description": "", "inherit": True}
NO_TERRITORY = "territory of this code in this plan"
CODE_TAKEN = "The plan has a territory {} already. Nothing was changed. Choose another code."
WRONG_CODE = "A territory's code has 1 to 120 characters, without space at the ends. Nothing was changed."
OWN_CHILD = "{} cannot be moved below itself or its own sub-territories. Nothing was changed."
HAS_CHILDREN = (
    "{} still has sub-territories. Nothing was changed. Remove them first, or give them to its parent."
)
OTHER_LAYER = "{} and {} belong to different layers. Nothing was changed. Choose a parent of the same layer."
NO_LAYER = "layer of this code in this plan"
TOO_DEEP = "The tree would become deeper than 63 levels. Nothing was changed."
PATH_LENGTH = 255
TOP = "The top of the tree"


def add_territory(actor: User, plan_id: int, fields: dict[str, Any], expected: int | None) -> int:
    """A new territory below its parent; answers the plan's new version."""
    code = fields["code"]
    with edit_draft("add_territory", actor, plan_id, expected, Right.EDIT_TERRITORIES) as edit:
        if code in edit.tree.by_code:
            raise FairpatchError("code_taken", CODE_TAKEN.format(code))
        if not 0 < len(code) <= 120 or code != code.strip():
            raise FairpatchError("wrong_value", WRONG_CODE)
        parent_id, layer_id, above = _find_parent(edit, fields.get("parent"), fields.get("layer"))
        path = above + find_free_step(edit.plan.layout_id, parent_id)
        if len(path) > PATH_LENGTH:
            raise FairpatchError("too_deep", TOO_DEEP)
        row = LayoutTerritory(
            layout_id=edit.plan.layout_id,
            territory_id=find_territory_id(code),
            layer_id=layer_id,
            parent_id=parent_id,
            path=path,
            depth=len(path) // STEP_WIDTH - 1,
        )
        _apply_fields(edit, row, fields)
        row.save()
        edit.act.detail["territory"] = code
    return edit.plan.version


def _find_parent(edit: DraftEdit, parent: str | None, layer: str | None) -> tuple[int | None, int, str]:
    """The parent's id, the layer's id and the parent's path."""
    if parent is None:
        edit.require_reach(TOP)
        found = edit.tree.find_layer(layer) if layer else edit.tree.layers[0]
        if found is None:
            raise NotFoundError(NO_LAYER)
        return None, found.id, ""
    edit.require_reach(parent)
    node = edit.tree.by_code.get(parent)
    if node is None:
        raise NotFoundError("territory with the code of this parent")
    if layer is not None and layer != node.layer_code:
        raise FairpatchError("wrong_layer", OTHER_LAYER.format("The new territory", parent))
    return node.id, node.layer_id, node.path


def find_free_step(layout_id: int, parent_id: int | None) -> str:
    """The step of a path after the last sibling's."""
    siblings = LayoutTerritory.objects.filter(layout_id=layout_id, parent_id=parent_id)
    last = max((path[-STEP_WIDTH:] for path in siblings.values_list("path", flat=True)), default="")
    return write_step(int(last, 36) + 1 if last else 0)


def _find_row(edit: DraftEdit, code: str) -> LayoutTerritory:
    row = LayoutTerritory.objects.filter(layout_id=edit.plan.layout_id, territory__code=code).first()
    if row is None:
        raise NotFoundError(NO_TERRITORY)
    edit.require_reach(code)
    return row


def edit_territory(actor: User, plan_id: int, code: str, fields: dict[str, Any], expected: int | None) -> int:
    """Changes fields, lists and place of a territory; answers the plan's new version."""
    right = Right.EDIT_TERRITORIES if "move_to_parent" in fields else Right.EDIT_PLANS
    with edit_draft("edit_territory", actor, plan_id, expected, right) as edit:
        row = _find_row(edit, code)
        _apply_fields(edit, row, fields)
        row.save()
        if "move_to_parent" in fields:
            _move_territory(edit, code, fields["move_to_parent"])
        edit.act.detail.update(territory=code, fields=sorted(fields))
    return edit.plan.version


def _apply_fields(edit: DraftEdit, row: LayoutTerritory, fields: dict[str, Any]) -> None:
    for name, column in COLUMNS.items():
        if name in fields:
            value = EMPTY.get(name) if fields[name] is None else fields[name]
            setattr(row, column, value.strip() if isinstance(value, str) else value)
    if "rule" in fields:
        text = (fields["rule"] or "").strip()
        row.rule = print_rule(parse_rule(text, load_core_plan(edit.plan).catalogue)) if text else ""
    if "accounts" in fields:
        _write_list(edit.plan, row.territory_id, "named", fields["accounts"] or ())
    if "exclude" in fields:
        _write_list(edit.plan, row.territory_id, "excluded", fields["exclude"] or ())


def _write_list(plan: Plan, territory_id: int, kind: str, texts: Iterable[str]) -> None:
    rows = ListedAccount.objects.filter(layout_id=plan.layout_id, territory_id=territory_id, kind=kind)
    wanted = {key: text.strip() for text in texts if (key := fold_account_id(text))}
    rows.exclude(account_key__in=wanted).delete()
    known = set(rows.values_list("account_key", flat=True))
    ListedAccount.objects.bulk_create(
        ListedAccount(
            layout_id=plan.layout_id,
            territory_id=territory_id,
            kind=kind,
            account_id_text=text,
            account_key=key,
        )
        for key, text in wanted.items()
        if key not in known
    )


def _move_territory(edit: DraftEdit, code: str, parent: str | None) -> None:
    """Hangs a territory with all below it under another parent of its layer (None: to the top)."""
    node = edit.tree.by_code[code]
    parent_id, layer_id, above = _find_parent(edit, parent, node.layer_code if parent is None else None)
    if parent is not None and parent in {below.code for below in edit.tree.list_subtree(node)}:
        raise FairpatchError("own_child", OWN_CHILD.format(code))
    if layer_id != node.layer_id:
        raise FairpatchError("wrong_layer", OTHER_LAYER.format(code, parent))
    if parent_id == node.parent_id:
        return
    path = above + find_free_step(edit.plan.layout_id, parent_id)
    deepest = max(len(below.path) for below in edit.tree.list_subtree(node))
    if deepest - len(node.path) + len(path) > PATH_LENGTH:
        raise FairpatchError("too_deep", TOO_DEEP)
    rewrite_paths(edit.plan.layout_id, node.path, path)
    LayoutTerritory.objects.filter(layout_id=edit.plan.layout_id, territory_id=node.id).update(
        parent_id=parent_id
    )


def rewrite_paths(layout_id: int, old: str, new: str) -> None:
    """Moves a whole subtree from one path to another, in one statement."""
    shift = (len(new) - len(old)) // STEP_WIDTH
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_layoutterritory SET path = %s || SUBSTR(path, %s), depth = depth + %s "
            "WHERE layout_id = %s AND SUBSTR(path, 1, %s) = %s",
            [new, len(old) + 1, shift, layout_id, len(old), old],
        )


def remove_territory(actor: User, plan_id: int, code: str, reparent: bool, expected: int | None) -> int:
    """Takes a territory out with its lists, seats and locks; answers the plan's new version."""
    with edit_draft("remove_territory", actor, plan_id, expected, Right.EDIT_TERRITORIES) as edit:
        row = _find_row(edit, code)
        node = edit.tree.by_code[code]
        children = [child for child in edit.tree.nodes if child.parent_id == node.id]
        if children and not reparent:
            raise FairpatchError("has_children", HAS_CHILDREN.format(code))
        layout_id = edit.plan.layout_id
        for child in children:
            above = node.path[:-STEP_WIDTH]
            rewrite_paths(layout_id, child.path, above + find_free_step(layout_id, node.parent_id))
            moved = LayoutTerritory.objects.filter(layout_id=layout_id, territory_id=child.id)
            moved.update(parent_id=node.parent_id)
        ListedAccount.objects.filter(layout_id=layout_id, territory_id=node.id).delete()
        Seat.objects.filter(plan=edit.plan, territory_id=node.id).delete()
        Lock.objects.filter(plan=edit.plan, territory_id=node.id).delete()
        row.delete()
        edit.act.detail.update(territory=code, reparented=len(children))
    return edit.plan.version
