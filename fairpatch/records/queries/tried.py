"""Where would a record go that nobody has stored, and why? Also an account with some fields changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.plans.plan import fold_account_id
from fairpatch.core.routing.route import Book, read_book
from fairpatch.core.rules.account import fold_value
from fairpatch.core.rules.fields import DERIVED_FIELDS, Field
from fairpatch.records.models import Plan
from fairpatch.records.queries.examination import list_raw_family, load_examiner
from fairpatch.records.queries.explanation_shapes import shape_explanation
from fairpatch.records.queries.explanations import list_asked_of_rep
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.plans import may_see_whole
from fairpatch.records.queries.tree import Tree, load_tree
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts

NEW_RECORD = "this record"


def try_record(
    scope: Scope,
    plan: Plan,
    fields: Mapping[str, Any],
    on: date | None,
    account_id: int | None = None,
    territory: str | None = None,
    rep_id: int | None = None,
) -> list[dict[str, Any]]:
    """The decision of a plan in every layer for a record of these fields; nothing is stored.

    With `account_id` the record is that account, with its family, and the fields are what differs.
    `territory`, `rep_id`: also why not there.
    """
    core, tree, day = load_core_plan(plan), load_tree(plan), on or scope.today
    _refuse_faults(core, fields)
    if territory is not None and territory not in tree.by_code:
        raise NotFoundError("territory of this code in this plan")
    book, folded = _open_book(scope, plan, core, fields, account_id)
    names = {node.code: node.name for node in tree.nodes}
    shown = []
    for layer in core.layers:
        asked = _list_asked(core, tree, layer.code, territory, rep_id, day)
        examiner = load_examiner(plan, layer.code, day)
        explained = examiner.explain(folded, book, asked)
        seen = examiner.router.place_account(folded, book)
        shown.append(shape_explanation(examiner, explained, seen, names))
    return shown


def _list_asked(
    core: CorePlan, tree: Tree, layer: str, territory: str | None, rep_id: int | None, on: date
) -> list[str]:
    if territory is not None and tree.by_code[territory].layer_code == layer:
        return [territory]
    if rep_id is None or layer != next(item.code for item in core.layers if item.role == "primary"):
        return []
    return list_asked_of_rep(core, {node.code: node.layer_code for node in tree.nodes}, rep_id, layer, on)


def _open_book(
    scope: Scope, plan: Plan, core: CorePlan, fields: Mapping[str, Any], account_id: int | None
) -> tuple[Book, str]:
    """The record among its family, and its folded id.

    An id or a parent that belongs to an account out of sight counts as unknown: lists and locks must not be
    guessed through this door.
    """
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    raws: list[dict[str, Any]] = []
    if account_id is not None:
        account = visible_accounts(scope).filter(id=account_id, ended_at=None).first()
        if account is None:
            raise NotFoundError("account of this number")
        raws = list_raw_family(scope, account.id)
        own = next(raw for raw in raws if raw["id"] == account.key)
        own.update({name: value if value != "" else None for name, value in fields.items() if name != "id"})
        book = read_book(core, raws)
        folded = fold_account_id(account.key)
        return Book({**book.ids, folded: account.external_id}, book.seen), folded
    wanted = fold_account_id(given.get("id", NEW_RECORD)) or fold_account_id(NEW_RECORD)
    if not may_see_whole(scope, plan) and not visible_accounts(scope).filter(key=wanted).exists():
        wanted = fold_account_id(NEW_RECORD)
    parent = visible_accounts(scope).filter(key=fold_account_id(given.get("parent")), ended_at=None).first()
    if parent is not None:
        raws = [raw for raw in list_raw_family(scope, parent.id) if fold_account_id(raw["id"]) != wanted]
    record = {
        **given,
        "id": given.get("id", NEW_RECORD) if wanted != fold_account_id(NEW_RECORD) else NEW_RECORD,
    }
    return read_book(core, [*raws, record]), wanted


def _refuse_faults(core: CorePlan, fields: Mapping[str, Any]) -> None:
    """Unknown fields and unreadable values, all at once."""
    faults: list[Finding] = []
    for name, value in fields.items():
        field = core.catalogue.by_name.get(name)
        if field is None:
            faults.append(Finding("error", name, f'There is no field "{name}" in this plan.'))
        elif field.name in DERIVED_FIELDS:
            sentence = f"{field.title} is worked out from other fields and cannot be given."
            faults.append(Finding("error", name, sentence))
        elif not _is_readable(field, value):
            faults.append(
                Finding("error", name, f"{value!r} is not a {field.type} that {field.title} can have.")
            )
    if faults:
        raise FaultyInputError(faults, "record_faulty")


def _is_readable(field: Field, value: object) -> bool:
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    if field.type == "tags":
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
    return not isinstance(value, list | dict) and fold_value(field, value) is not None
