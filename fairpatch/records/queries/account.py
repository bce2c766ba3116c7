"""What is known of one account: its data, decisions, owners through time, deals and activities?"""

from typing import Any

from fairpatch.records.models import Account, Activity, Assignment, Deal, LayoutTerritory, Ownership
from fairpatch.records.queries.account_changes import list_account_waits
from fairpatch.records.queries.accounts import ROW, Decision, name_territory, shape_account_rows
from fairpatch.records.queries.standing import load_owners
from fairpatch.records.queries.tree import Tree, load_tree
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts

MORE = [
    "address",
    "postal_code",
    "metro",
    "sic",
    "product_lines",
    "source",
    "position_origin",
    "custom",
    "version",
    "created_at",
    "updated_at",
    "ended_at",
]


def find_account(scope: Scope, account_id: int) -> Account:
    """The account, when it may be seen."""
    found = visible_accounts(scope).filter(id=account_id).first()
    if found is None:
        raise NotFoundError("account of this number")
    return found


def describe_account(
    scope: Scope, account_id: int, *, is_own_edit: bool = False, is_new: bool = False
) -> dict[str, Any]:
    """Everything about one account. `is_own_edit`: also when the person's own edit moved it out of sight;
    `is_new`: it was made just now, so that it has neither offices nor deals and waits for nothing.
    """
    rows = (Account.objects if is_own_edit else visible_accounts(scope)).filter(id=account_id)
    row = rows.values_list(*ROW, *MORE, "parent_id", "parent__name").first()
    if row is None:
        raise NotFoundError("account of this number")
    tree = load_tree(scope.plan) if scope.plan else Tree([], [])
    decided = {found.layer_id: found for found in Assignment.objects.filter(account_id=account_id)}
    primary = decided.get(tree.primary_layer.id) if tree.primary_layer else None
    said = {} if primary is None else {account_id: Decision(primary.territory_id, primary.cause, primary.tie)}
    shown = shape_account_rows(scope, [row[: len(ROW)]], said, {} if is_new else None)[0]
    shown.update(zip(MORE, row[len(ROW) : -2], strict=True))
    parent_id, parent_name = row[-2:]
    is_parent_seen = parent_id is not None and (
        scope.sees_all or visible_accounts(scope).filter(id=parent_id).exists()
    )
    shown["parent"] = {"id": parent_id, "name": parent_name} if is_parent_seen else None
    shown["offices"] = [] if is_new else _list_offices(scope, tree, account_id)
    shown["assignments"] = _list_assignments(scope, tree, decided, account_id, shown["owner"])
    shown["waits"] = [] if is_new else list_account_waits(scope, account_id)
    return shown


def _list_offices(scope: Scope, tree: Tree, account_id: int) -> list[dict[str, Any]]:
    rows = visible_accounts(scope).filter(parent_id=account_id, ended_at__isnull=True).order_by("name", "id")
    offices = []
    columns = ("id", "external_id", "name", "city", "state", "country")
    for *values, territory, owner, owner_name in rows.values_list(
        *columns, "territory_id", "owner_id", "owner__name"
    )[:500]:
        office = dict(zip(columns, values, strict=True))
        office["territory"] = name_territory(tree, territory)
        office["owner"] = {"id": owner, "name": owner_name}
        offices.append(office)
    return offices


def _list_assignments(
    scope: Scope, tree: Tree, rows: dict[int, Assignment], account_id: int, owner: dict[str, Any]
) -> list[dict[str, Any]]:
    """The live plan's decision in every layer. The primary layer's rep is who owns the account now."""
    if scope.plan is None:
        return []
    held = {
        layer: (rep, name, is_interim)
        for layer, rep, name, is_interim in Ownership.objects.filter(account_id=account_id)
        .order_by("effective_at", "recorded_at")
        .values_list("layer_id", "rep_id", "rep__name", "is_interim")
    }
    shown = []
    for layer in tree.layers:
        row = rows.get(layer.id)
        if row is None:
            continue
        rep_id, rep_name, is_interim = held.get(layer.id, (None, None, False))
        if layer.role == "primary":
            rep_id, rep_name = owner["id"], owner["name"]
            is_interim = is_interim and load_owners(scope, scope.plan).find_owner(row.territory_id)[1]
        shown.append(
            {
                "layer": layer.code,
                "territory": name_territory(tree, row.territory_id),
                "rep": None if rep_id is None else {"id": rep_id, "name": rep_name, "is_interim": is_interim},
                "cause": row.cause,
                "tie": row.tie,
                "claim_class": row.claim_class,
                "priority": row.priority,
                "specificity": row.specificity,
                "other_claims": row.other_claims,
                "role": layer.role,
                "engagement": layer.engagement,
                "credit": layer.credit,
                "families": layer.families,
                "placement": layer.placement,
            }
        )
    return shown


def list_account_timeline(account: Account) -> list[dict[str, Any]]:
    """Every record of ownership, the newest first; one that a later record corrects says so."""
    rows = list(
        Ownership.objects.filter(account_id=account.id)
        .select_related("layer", "rep", "territory", "realignment")
        .order_by("-effective_at", "-recorded_at", "layer__code")
    )
    # A territory is called as in the newest plan that has it: it may be gone from the live one.
    known = LayoutTerritory.objects.filter(territory_id__in={row.territory_id for row in rows})
    names = dict(known.order_by("layout_id").values_list("territory_id", "name"))
    newest: dict[tuple[int, Any], int] = {}
    shown = []
    for row in rows:
        moment = (row.layer_id, row.effective_at)
        territory = row.territory
        shown.append(
            {
                "layer": row.layer.code,
                "effective_at": row.effective_at,
                "recorded_at": row.recorded_at,
                "rep": {"id": row.rep_id, "name": row.rep.name} if row.rep else None,
                "territory": territory
                and {"code": territory.code, "name": names.get(territory.id, territory.code)},
                "is_interim": row.is_interim,
                "cause_sentence": _say_cause(row),
                "realignment_id": row.realignment_id,
                "batch": row.batch,
                "leaf_seq": row.leaf_seq,
                "corrected_by": newest.get(moment),
            }
        )
        newest[moment] = row.batch
    return shown


def _say_cause(row: Ownership) -> str:
    if row.realignment is not None:
        return f"Realignment {row.realignment_id}: {row.realignment.title}"
    return "First known owner"


def list_account_deals(
    account: Account, before: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """The account's deals, the newest first, and the last id when more follow."""
    rows = Deal.objects.filter(account_id=account.id).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    columns = [
        "id",
        "external_id",
        "name",
        "stage",
        "outcome",
        "amount_minor",
        "currency",
        "opened_on",
        "close_on",
        "closed_on",
    ]
    found = list(rows.values_list(*columns, "owner_id", "owner__name")[: limit + 1])
    shown = []
    for *values, owner, owner_name in found[:limit]:
        shown.append({**dict(zip(columns, values, strict=True)), "owner": {"id": owner, "name": owner_name}})
    return shown, shown[-1]["id"] if len(found) > limit else None


def list_account_activities(
    account: Account, before: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """The account's activities, the newest first, and the last id when more follow."""
    rows = Activity.objects.filter(account_id=account.id).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.select_related("rep")[: limit + 1])
    shown = [shape_activity(row) for row in found[:limit]]
    return shown, shown[-1]["id"] if len(found) > limit else None


def shape_activity(row: Activity) -> dict[str, Any]:
    """An activity as the API writes it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "subject": row.subject,
        "due_on": row.due_on,
        "done_on": row.done_on,
        "rep": {"id": row.rep_id, "name": row.rep.name},
    }
