"""How is a draft changed safely? One transaction; the version checked and counted on; never left faulty."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from fairpatch.actions.deed import Deed, deed
from fairpatch.core.errors import FairpatchError, FaultyInputError
from fairpatch.core.people.roles import Right, has_right
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.records.models import Layout, Plan, Territory, User
from fairpatch.records.queries.plan_rows import list_organisation_fields, read_core_plan
from fairpatch.records.queries.tree import Tree, load_tree
from fairpatch.records.visibility import NotFoundError, load_scope

NOT_A_DRAFT = (
    "Only drafts can be edited, and this plan is {}. Nothing was changed. Make a draft and edit that."
)
STALE = "Somebody changed this draft since you opened it. Nothing was changed. Reload it and try again."
OUT_OF_REACH = "{} lies outside your scope. Nothing was changed. Ask somebody with a wider scope."
# What a layout holds: table, and the columns that are copied with it.
LAYOUT_TABLES = (
    ("records_layoutlayer", "layer_id, position, role, credit, engagement, families, placement, on_change"),
    (
        "records_layoutterritory",
        (
            "territory_id, layer_id, parent_id, path, depth, name, type, description, rule, priority, "
            "is_assignable, is_inheriting"
        ),
    ),
    ("records_valueset", "name, {values}"),
    ("records_listedaccount", "territory_id, kind, account_id_text, account_key"),
)


@dataclass(frozen=True)
class DraftEdit:
    """A draft being edited: its row is locked, and its tree is as before the edit."""

    act: Deed
    actor: User
    plan: Plan
    tree: Tree

    def require_reach(self, code: str) -> None:
        """Refuses a territory that neither is nor stands below one in the actor's scope."""
        scope = load_scope(self.actor)
        if scope.sees_all:
            return
        node = self.tree.by_code.get(code)
        line = self.tree.list_lineage(node) if node else []
        if not any(step.id in scope.territory_ids for step in line):
            raise FairpatchError("forbidden", OUT_OF_REACH.format(code))


@contextmanager
def edit_draft(
    name: str,
    actor: User,
    plan_id: int,
    expected: int | None,
    right: Right = Right.EDIT_PLANS,
    is_layout: bool = True,
) -> Iterator[DraftEdit]:
    """Around every edit. Afterwards the draft has a new version and no faults, or nothing happened."""
    with deed(name, actor=actor, right=right, subject=f"plan:{plan_id}") as act:
        plan = lock_draft(actor, plan_id, expected)
        edit = DraftEdit(act, actor, plan, load_tree(plan))
        if is_layout:
            own_layout(act, plan)
        yield edit
        plan.version += 1
        plan.save(update_fields=["version", "layout"])
        check_draft(plan)


def lock_draft(actor: User, plan_id: int, expected: int | None) -> Plan:
    """The draft's row, locked, if the actor may edit it and it is still the expected version."""
    plan = Plan.objects.select_for_update().filter(id=plan_id).first()
    if plan is None:
        raise NotFoundError("plan of this number")
    if plan.created_by_id != actor.id and not has_right(actor.role, Right.EDIT_TERRITORIES):
        raise NotFoundError("draft of yours with this number")
    if plan.status != Plan.Status.DRAFT:
        raise FairpatchError("not_a_draft", NOT_A_DRAFT.format(plan.status))
    if expected is not None and plan.version != expected:
        raise FairpatchError("stale", STALE)
    return plan


def own_layout(act: Deed, plan: Plan) -> None:
    """Gives the draft boundaries of its own before the first change to them; staffing never copies any."""
    if not Plan.objects.filter(layout_id=plan.layout_id).exclude(id=plan.id).exists():
        return
    source = Layout.objects.get(id=plan.layout_id)
    copy = Layout.objects.create(
        regions=source.regions, areas=source.areas, fields=source.fields, created_at=act.now
    )
    with connection.cursor() as cursor:
        for table, columns in LAYOUT_TABLES:
            named = columns.format(values=connection.ops.quote_name("values"))
            cursor.execute(
                f"INSERT INTO {table} (layout_id, {named}) "  # noqa: S608 - names are ours
                f"SELECT %s, {named} FROM {table} WHERE layout_id = %s ORDER BY id",
                [copy.id, source.id],
            )
    plan.layout = copy
    plan.save(update_fields=["layout"])


def check_draft(plan: Plan) -> None:
    """Refuses, with every fault, a draft that could not be routed."""
    faults = [
        finding
        for finding in find_plan_faults(read_core_plan(plan, list_organisation_fields()))
        if finding.is_error
    ]
    if faults:
        raise FaultyInputError(faults, "plan_faulty")


def find_territory_id(code: str) -> int:
    """The identity of a territory; made when the code is new."""
    return Territory.objects.get_or_create(code=code)[0].id
