"""How does a design become a draft? As named lists: a named account belongs where it is named.

Only accounts that the live plan puts elsewhere are named, so a draft that changes little stays small. What
the design did not touch stays as it is; live data change only when the draft is realigned.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairpatch.actions.bulk import insert_rows
from fairpatch.actions.deed import deed
from fairpatch.actions.drafts import check_draft, find_territory_id, own_layout
from fairpatch.actions.plan_rows import STEP_WIDTH
from fairpatch.actions.plans import copy_live_plan
from fairpatch.actions.territories import PATH_LENGTH, TOO_DEEP, find_free_step
from fairpatch.core.designs.settings import read_design_settings
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right, has_right
from fairpatch.records.models import (
    Assignment,
    DesignRun,
    DesignScenario,
    LayoutLayer,
    LayoutTerritory,
    ListedAccount,
    Plan,
    User,
)
from fairpatch.records.queries.design_book import Ground, find_ground, find_live_locks
from fairpatch.records.queries.design_files import load_account_ids, load_place_codes
from fairpatch.records.visibility import NotFoundError, Scope, load_scope, visible_accounts, visible_designs

READ_AT_ONCE = 5_000
NOTHING = "This scenario keeps no assignment, so there is nothing to accept."
GONE = "{} is not in the live plan any more, or outside your scope. No draft was made. Design anew."
MAY_NOT_ADD = "As {} you may not add territories, which this design needs. No draft was made. Ask a director."
SAME = "The live plan puts every account where this design wants it already. No draft was made."


@dataclass(frozen=True)
class AcceptedDesign:
    """The draft, how many accounts it names, and how many stay because a newer lock holds them."""

    plan: Plan
    named: int
    locked: int


@dataclass(frozen=True)
class _Wanted:
    """One account of the design: its row's id and texts, and the identity of the territory it is to have."""

    account_id: int
    text: str
    key: str
    territory_id: int


def accept_design(actor: User, run_id: int, number: int, name: str | None) -> AcceptedDesign:
    """A draft of the live plan in which every account of the design has its designed territory."""
    with deed("accept_design", actor=actor, right=Right.EDIT_PLANS, subject=f"design:{run_id}") as act:
        scope = load_scope(actor)
        run = visible_designs(scope).filter(id=run_id).first()
        scenario = DesignScenario.objects.select_for_update().filter(run=run, number=number).first()
        if run is None or scenario is None:
            raise NotFoundError("scenario of this number")
        if not scenario.assignments_digest:
            raise FairpatchError("nothing_to_accept", NOTHING)
        ground = find_ground(scope, read_design_settings(run.settings))
        if any(place["territory_id"] is None for place in run.places) and not has_right(
            actor.role, Right.EDIT_TERRITORIES
        ):
            raise FairpatchError("forbidden", MAY_NOT_ADD.format(actor.role))
        draft = copy_live_plan(act, actor, name or f"{run.name}, scenario {number}")
        own_layout(act, draft)
        places = _place_territories(scope, ground, run, draft)
        wanted, locked = _list_wanted(scope, ground, run, scenario, places)
        if not wanted:
            raise FairpatchError("nothing_to_change", SAME)
        _name_accounts(draft, ground.layer.id, wanted)
        check_draft(draft)
        scenario.draft = draft
        scenario.save(update_fields=["draft"])
        act.detail.update(plan=draft.pk, scenario=number, named=len(wanted), locked=locked)
    return AcceptedDesign(draft, len(wanted), locked)


def _place_territories(scope: Scope, ground: Ground, run: DesignRun, draft: Plan) -> list[int]:
    """The identity of each place's territory; new ones are put into the draft, below the design's parent."""
    found = []
    for place in run.places:
        if place["territory_id"] is None:
            found.append(_add_place(ground, place, draft))
            continue
        node = ground.tree.by_id.get(place["territory_id"])
        if node is None or not (scope.sees_all or node.id in scope.territory_ids):
            raise FairpatchError("out_of_date", GONE.format(place["code"]))
        found.append(node.id)
    return found


def _add_place(ground: Ground, place: dict[str, Any], draft: Plan) -> int:
    parent = ground.parent
    parent_id = parent.id if parent else None
    path = (parent.path if parent else "") + find_free_step(draft.layout_id, parent_id)
    if len(path) > PATH_LENGTH:
        raise FairpatchError("too_deep", TOO_DEEP)
    code = place["code"]
    if code in ground.tree.by_code:  # somebody took it since the design was made
        raise FairpatchError(
            "out_of_date", f"The code {code} is taken by now. No draft was made. Design anew."
        )
    row = LayoutTerritory.objects.create(
        layout_id=draft.layout_id,
        territory_id=find_territory_id(code),
        layer_id=ground.layer.id,
        parent_id=parent_id,
        path=path,
        depth=len(path) // STEP_WIDTH - 1,
        name=place["name"],
    )
    return row.territory_id


def _list_wanted(
    scope: Scope, ground: Ground, run: DesignRun, scenario: DesignScenario, places: list[int]
) -> tuple[list[_Wanted], int]:
    """The accounts that the draft has to name, and how many a lock keeps elsewhere.

    Where families stay together an office follows its parent unless it is named, so offices are named always.
    """
    ids = load_account_ids(run.accounts_digest)
    codes = load_place_codes(scenario.assignments_digest)
    target = dict(zip(ids.tolist(), np.array(places, np.int64)[codes].tolist(), strict=True))
    row = LayoutLayer.objects.get(layout_id=ground.plan.layout_id, layer_id=ground.layer.id)
    is_together = row.families == "together"
    decided = Assignment.objects.filter(layer_id=ground.layer.id, territory_id__isnull=False)
    now = dict(decided.values_list("account_id", "territory_id").iterator(READ_AT_ONCE))
    locks = find_live_locks(ground, scope)
    wanted, locked = [], 0
    rows = visible_accounts(scope).filter(ended_at__isnull=True).order_by("id")
    for pk, text, key, parent in rows.values_list("id", "external_id", "key", "parent_id").iterator(
        READ_AT_ONCE
    ):
        territory = target.get(pk)
        if territory is None:
            continue
        if key in locks:
            locked += locks[key] != territory
        elif now.get(pk) != territory or (is_together and parent is not None):
            wanted.append(_Wanted(pk, text, key, territory))
    return wanted, locked


def _name_accounts(draft: Plan, layer_id: int, wanted: Iterable[_Wanted]) -> None:
    """Names every account where it is wanted, and nowhere else in this layer."""
    to = {item.key: item for item in wanted}
    inside = LayoutTerritory.objects.filter(layout_id=draft.layout_id, layer_id=layer_id)
    listed = ListedAccount.objects.filter(
        layout_id=draft.layout_id, territory_id__in=inside.values("territory_id")
    )
    stale, present = [], set()
    for pk, territory, kind, key in listed.values_list("id", "territory_id", "kind", "account_key"):
        if key not in to:
            continue
        is_target = to[key].territory_id == territory
        if is_target and kind == ListedAccount.Kind.NAMED:
            present.add(key)
        elif is_target == (kind == ListedAccount.Kind.EXCLUDED):
            stale.append(pk)  # named elsewhere, or excluded here
    for first in range(0, len(stale), READ_AT_ONCE):
        ListedAccount.objects.filter(id__in=stale[first : first + READ_AT_ONCE]).delete()
    insert_rows(
        ListedAccount,
        ("layout_id", "territory_id", "kind", "account_id_text", "account_key"),
        (
            (draft.layout_id, item.territory_id, ListedAccount.Kind.NAMED, item.text, item.key)
            for item in to.values()
            if item.key not in present
        ),
    )
