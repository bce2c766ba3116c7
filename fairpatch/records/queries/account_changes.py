"""Which accounts belong elsewhere by their data, what goes along with them, and what do they wait for?"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum

from fairpatch.core.plans.plan import OnChange
from fairpatch.core.realignment.changes import OUTCOMES, Effect, decide_effect
from fairpatch.core.realignment.moves import Ruling
from fairpatch.records.models import (
    Account,
    Assignment,
    Deal,
    Move,
    Organisation,
    Realignment,
    Rep,
    WaitingMove,
)
from fairpatch.records.queries.accounts import name_territory
from fairpatch.records.queries.routing import CHUNK, PlanRouter, list_layers, read_standings
from fairpatch.records.queries.tree import Tree, load_tree
from fairpatch.records.visibility import Scope, visible_accounts

OPEN = (Realignment.Status.PROPOSED, Realignment.Status.APPROVED)
Place = tuple[int, int]


class ChangeFinder:
    """Compares how accounts stand with what the live plan rules on their data, on one day."""

    def __init__(self, organisation: Organisation, on: dt.date) -> None:
        plan = organisation.active_plan
        assert plan is not None, "only a live plan can rule"
        self.router = PlanRouter(plan, on, organisation)
        layers = list_layers(plan)
        by_code = {layer.code: layer.on_change for layer in self.router.plan.layers}
        self.policies: dict[int, OnChange] = {pk: by_code[code] for pk, code, _ in layers}
        self.codes = {pk: code for pk, code, _ in layers}
        self.primary_layer_id = next(pk for pk, _, role in layers if role == "primary")

    @property
    def has_families(self) -> bool:
        """Does any layer decide accounts by their relatives?"""
        return self.router.has_families

    def find_families(self, ids: Iterable[int]) -> set[int]:
        """These accounts and every relative whose decision may hang on theirs, as families are now."""
        wanted = sorted(set(ids))
        found: set[int] = set()
        for start in range(0, max(1, len(wanted)), CHUNK):
            found.update(self.router.expand_families(wanted[start : start + CHUNK]))
        return found

    def find_effects(self, ids: Sequence[int]) -> tuple[list[Effect], dict[Place, Ruling]]:
        """Whatever would move, and the rulings that hold an account where it is, but on other grounds."""
        standings = read_standings(ids, self.policies, self.primary_layer_id)
        rulings = self.router.rule_accounts(ids)
        effects: list[Effect] = []
        regrounded: dict[Place, Ruling] = {}
        for place in sorted(rulings):
            standing, ruling = standings[place], rulings[place]
            effect = decide_effect(standing, ruling, self.policies[place[1]])
            if effect is not None:
                effects.append(effect)
            elif standing.grounds is not None and standing.grounds[:6] != ruling.grounds[:6]:
                regrounded[place] = ruling
        return effects, regrounded


def describe_effects(
    scope: Scope, effects: Sequence[Effect], asked: int, *, is_new: bool = False
) -> dict[str, Any]:
    """Effects with names, deals and sentences; accounts out of sight are only counted.

    `asked` is the account that was edited: the others move because they are its family. One that `is_new`
    has no id to be named by yet.
    """
    assert scope.plan is not None, "effects come from a live plan"
    tree = load_tree(scope.plan)
    ids = {effect.account_id for effect in effects}
    seen = dict(visible_accounts(scope).filter(id__in=ids - {asked}).values_list("id", "name"))
    seen.update(Account.objects.filter(id=asked).values_list("id", "name"))
    keys = dict(Account.objects.filter(id__in=seen).values_list("id", "external_id"))
    deals = _sum_deals(seen)
    people = {pk for effect in effects for pk in (effect.from_rep_id, effect.to_rep_id) if pk}
    names = dict(Rep.objects.filter(id__in=people).values_list("id", "name"))
    shown = [
        {
            "account": {
                "id": None if is_new and effect.account_id == asked else effect.account_id,
                "external_id": keys[effect.account_id],
                "name": seen[effect.account_id],
            },
            **_shape_effect(effect, tree, names),
            "is_relative": effect.account_id != asked,
            "open_deals": deals.get(effect.account_id, (0, 0))[0],
            "pipeline_minor": deals.get(effect.account_id, (0, 0))[1],
        }
        for effect in sorted(effects, key=lambda one: (one.account_id != asked, one.account_id))
        if effect.account_id in seen
    ]
    policies: list[OnChange] = sorted({effect.policy for effect in effects})
    return {
        "effects": shown,
        "hidden": len(ids - set(seen)),
        "outcomes": [{"policy": policy, "sentence": OUTCOMES[policy]} for policy in policies],
    }


def hint_effect(effects: Sequence[dict[str, Any]], account_id: int) -> dict[str, Any] | None:
    """In a sentence, the first of the effects on the edited account itself."""
    effect = next((one for one in effects if one["account"]["id"] == account_id), None)
    if effect is None:
        return None
    before, after = effect["from_territory"], effect["to_territory"]
    here = before["name"] if before else "no territory"
    there = after["name"] if after else "no territory"
    outcome = OUTCOMES[effect["policy"]]
    sentence = f"By its data it now belongs to {there}, no longer to {here}. {outcome}"
    return {"from_territory": before, "to_territory": after, "sentence": sentence}


def _shape_effect(effect: Effect, tree: Tree, names: dict[int, str]) -> dict[str, Any]:
    def name_rep(pk: int | None) -> dict[str, Any] | None:
        return None if pk is None else {"id": pk, "name": names[pk]}

    layer = next(layer for layer in tree.layers if layer.id == effect.layer_id)
    return {
        "layer": layer.code,
        "policy": effect.policy,
        "from_territory": name_territory(tree, effect.from_territory_id),
        "to_territory": name_territory(tree, effect.to_territory_id),
        "from_rep": name_rep(effect.from_rep_id),
        "to_rep": name_rep(effect.to_rep_id),
        "cause": effect.cause,
    }


def _sum_deals(ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    rows = Deal.objects.filter(account_id__in=list(ids), outcome=Deal.Outcome.OPEN).order_by()
    summed = rows.values_list("account_id").annotate(count=Count("id"), amount=Sum("amount_minor"))
    return {account: (count, amount or 0) for account, count, amount in summed}


def list_account_waits(scope: Scope, account_id: int) -> list[dict[str, Any]]:
    """In which layers an account waits to be moved, where to, and by which open proposal."""
    if scope.plan is None:
        return []
    tree = load_tree(scope.plan)
    codes = {layer.id: layer.code for layer in tree.layers}
    rows = list(WaitingMove.objects.filter(account_id=account_id).order_by("layer_id"))
    if not rows:
        return []
    moves = Move.objects.filter(
        account_id=account_id,
        realignment__kind=Realignment.Kind.CHANGES,
        realignment__status__in=OPEN,
    ).order_by("realignment_id")
    proposals = dict(moves.values_list("layer_id", "realignment_id"))
    return [
        {
            "layer": codes.get(row.layer_id, ""),
            "to_territory": name_territory(tree, row.territory_id),
            "policy": row.policy,
            "reason": row.reason,
            "since": row.since,
            "realignment_id": proposals.get(row.layer_id),
        }
        for row in rows
    ]


def select_waiting(scope: Scope) -> QuerySet[WaitingMove]:
    """Every wait of a visible account that no open proposal carries, the oldest first."""
    carried = Move.objects.filter(
        realignment__kind=Realignment.Kind.CHANGES,
        realignment__status__in=OPEN,
        account_id=OuterRef("account_id"),
        layer_id=OuterRef("layer_id"),
    )
    rows = WaitingMove.objects.filter(~Exists(carried)).order_by("id")
    return rows if scope.sees_all else rows.filter(account_id__in=visible_accounts(scope).values("id"))


def list_waiting(
    scope: Scope, after: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None, int | None]:
    """A page of what waits, the last id when more follow, and on the first page how many there are."""
    if scope.plan is None:
        return [], None, 0
    tree = load_tree(scope.plan)
    codes = {layer.id: layer.code for layer in tree.layers}
    rows = select_waiting(scope)
    page = rows.filter(id__gt=after) if after is not None else rows
    held = Assignment.objects.filter(account_id=OuterRef("account_id"), layer_id=OuterRef("layer_id"))
    found = list(
        page.select_related("account", "account__owner").annotate(
            held_id=Subquery(held.values("territory_id")[:1])
        )[: limit + 1]
    )
    shown = [
        {
            "account": {
                "id": row.account_id,
                "external_id": row.account.external_id,
                "name": row.account.name,
            },
            "owner": {"id": row.account.owner_id, "name": row.account.owner.name},
            "layer": codes.get(row.layer_id, ""),
            "from_territory": name_territory(tree, row.held_id),
            "to_territory": name_territory(tree, row.territory_id),
            "policy": row.policy,
            "reason": row.reason,
            "since": row.since,
        }
        for row in found[:limit]
    ]
    last = found[limit - 1].pk if len(found) > limit else None
    return shown, last, rows.count() if after is None else None
