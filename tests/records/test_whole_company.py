"""Does the whole company, answered from its columns, get the answers that one account at a time gets?"""

import itertools
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from fairpatch.actions.realignment_staging import Derivation
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.routing.route import LayerRouter, read_book
from fairpatch.core.rules.match import bind_rule
from fairpatch.core.rules.text import parse_rule
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.records.models import Account, Assignment, Deal, Organisation, User
from fairpatch.records.queries.draft_totals import load_draft_totals
from fairpatch.records.queries.misplaced import (
    Holding,
    Misplacement,
    find_misplaced,
    find_misplaced_among,
)
from fairpatch.records.queries.preview import preview_rule
from fairpatch.records.queries.routing import PlanRouter, read_raw_accounts
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.queries.verdicts import CompanyRouter
from fairpatch.records.visibility import Scope, load_scope, visible_accounts
from tests.conformance.rich_plans import CATALOGUE, draw_rich_rule
from tests.seeds import list_seeds
from tests.worlds.rich import START, TODAY, edit_plan, found_rich_company, write_draft

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
SEEDS = list_seeds(16, quick=4)


def look_as(name: str, organisation: Organisation) -> Scope:
    scope = load_scope(User.objects.get(name=name))
    return replace(scope, organisation=organisation, today=TODAY)


@pytest.mark.parametrize("seed", SEEDS)
def test_rulings_and_moves_are_those_of_single_accounts(seed: int) -> None:
    r = random.Random(seed)
    organisation, core = found_rich_company(r)
    upset_some(r)
    draft = write_draft(edit_plan(r, core), organisation)
    ids = list(Account.objects.filter(ended_at=None).order_by("id").values_list("id", flat=True))
    single = PlanRouter(draft, TODAY, organisation)
    whole = CompanyRouter(draft, TODAY, organisation, single.owners)
    assert whole.rule_accounts(ids) == single.rule_accounts(ids)
    derivation = Derivation(organisation.active_plan, draft, TODAY, organisation)
    expected = derivation.derive(ids)
    found = [shift for some in derivation.iterate_affected() for shift in derivation.derive(some)]
    assert found == expected
    assert derivation.is_routing


def upset_some(r: random.Random) -> None:
    """Accounts that no longer stand as anything decided: other data, an end, another family."""
    accounts = list(Account.objects.order_by("id"))
    Account.objects.filter(pk=r.choice(accounts).pk).update(state="CA", employees=50)
    Account.objects.filter(pk=r.choice(accounts).pk).update(ended_at=START)
    a, b = r.sample(accounts, 2)
    Account.objects.filter(pk=a.pk).update(parent=b)


@pytest.mark.parametrize("seed", SEEDS)
def test_relatives_found_by_their_links_are_those_of_the_whole_company(seed: int) -> None:
    r = random.Random(seed)
    organisation, _ = found_rich_company(r)
    upset_some(r)
    first, second = r.sample(list(Account.objects.order_by("id")), 2)  # now and then a circle
    Account.objects.filter(pk=first.pk).update(parent=second)
    Account.objects.filter(pk=second.pk).update(parent=r.choice([first, None]))
    assert organisation.active_plan is not None
    whole = PlanRouter(organisation.active_plan, TODAY, organisation)
    whole.expand_families([])
    for account in Account.objects.all():
        few = PlanRouter(organisation.active_plan, TODAY, organisation)
        assert few.expand_families([account.pk]) == whole.expand_families([account.pk])


class Reference:
    """What the reference says of every account, by database id."""

    def __init__(self, core: CorePlan) -> None:
        rows = list(read_raw_accounts(Account.objects.all(), 2))
        ids = {raw["id"]: pk for pk, _, raw in rows}
        self.core = core
        self.book = read_book(core, [raw for _, _, raw in rows])
        self.ids = {folded: ids[str(raw)] for folded, raw in self.book.ids.items()}
        self.revenue = {pk: minor or 0 for pk, minor, _ in rows}

    def decide(self, core: CorePlan, layer: str) -> dict[int, str | None]:
        router = LayerRouter(core, next(item for item in core.layers if item.code == layer), TODAY)
        return {self.ids[key]: row.territory for key, row in router.decide_all(self.book).items()}


def weigh(rows: set[int], reference: Reference) -> tuple[int, int, int, int]:
    deals = Deal.objects.filter(account_id__in=rows, outcome="open").values_list("amount_minor", flat=True)
    return len(rows), sum(reference.revenue[pk] for pk in rows), len(deals), sum(deals)


def list_shares(shares: list[dict[str, Any]]) -> dict[str | None, tuple[int, int, int, int]]:
    figures = ("accounts", "revenue_minor", "open_deals", "pipeline_minor")
    return {share["territory"]: tuple(share[name] for name in figures) for share in shares}  # type: ignore[misc]


def group(
    pairs: Mapping[int, str | None], reference: Reference
) -> dict[str | None, tuple[int, int, int, int]]:
    codes = set(pairs.values())
    return {code: weigh({pk for pk, own in pairs.items() if own == code}, reference) for code in codes}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_preview_says_what_the_reference_says(seed: int) -> None:
    r = random.Random(seed)
    organisation, core = found_rich_company(r)
    plan, edited = organisation.active_plan, core
    assert plan is not None
    for _ in range(r.randint(0, 2)):
        edited = edit_plan(r, edited)
        plan = write_draft(edited, organisation)
    scope = look_as(r.choice(["Paul", "Mo"]), organisation)
    seen = set(visible_accounts(scope).values_list("id", flat=True))
    reference = Reference(edited)
    for _ in range(3):
        code = r.choice(edited.territories).code
        rule = parse_rule(draw_rich_rule(r), CATALOGUE)
        found = preview_rule(scope, plan, {"code": code, "rule": rule})
        others = tuple(item for item in edited.territories if item.code != code)
        own = next(item for item in edited.territories if item.code == code)
        changed = replace(edited, territories=(*others, replace(own, rule=rule)))
        hierarchy = Hierarchy(changed)
        layer = hierarchy.layer_of(code)
        before, after = reference.decide(edited, layer), reference.decide(changed, layer)
        inside = {code, *hierarchy.descendants_of(code)}
        takes = {
            pk: before[pk] for pk in seen & after.keys() if after[pk] in inside and before[pk] not in inside
        }
        loses = {
            pk: after[pk] for pk in seen & after.keys() if before[pk] in inside and after[pk] not in inside
        }
        effective = hierarchy.effective_rule_of(code)
        assert effective is not None
        matches = bind_rule(effective, changed.scope)
        assert found["matches"] == sum(
            matches(row) for key, row in reference.book.seen.items() if reference.ids[key] in seen
        )
        assert found["wins"] == sum(after[pk] in inside for pk in seen & after.keys())
        assert list_shares(found["takes"]) == group(takes, reference)
        assert list_shares(found["loses"]) == group(loses, reference)
        given, got = (sum(row[f"accounts_{side}"] for row in found["owners"]) for side in ("out", "in"))
        moved = {pk for pk in seen & after.keys() if before[pk] != after[pk]}
        assert max(given, got) <= len(moved)
        assert given == got or layer != "sales", "in the primary layer every account has an owner"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_draft_carries_what_the_reference_gives_it(seed: int) -> None:
    r = random.Random(seed)
    organisation, core = found_rich_company(r)
    edited = edit_plan(r, core)
    plan = write_draft(edited, organisation)
    scope = look_as(r.choice(["Paul", "Mo"]), organisation)
    seen = set(visible_accounts(scope).values_list("id", flat=True))
    reference = Reference(edited)
    own: Counter[str] = Counter()
    for layer in edited.layers:
        decided = reference.decide(edited, layer.code)
        own.update(code for pk, code in decided.items() if code is not None and pk in seen)
    totals = load_draft_totals(scope, plan)
    tree = load_tree(plan)
    for node in tree.nodes:
        below = tree.list_subtree(node)
        assert totals[node.id]["own_accounts"] == own[node.code]
        assert totals[node.id]["accounts"] == sum(own[item.code] for item in below)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_misplaced_are_those_whose_data_lie_elsewhere(seed: int) -> None:
    r = random.Random(seed)
    organisation, core = found_rich_company(r)
    upset_some(r)
    some = Assignment.objects.filter(
        territory__isnull=False, account_id__lte=Account.objects.order_by("id")[5].pk
    )
    some.update(cause="lock")
    scope = look_as("Paul", organisation)
    causes = {
        (pk, territory): cause
        for pk, territory, cause in Assignment.objects.filter(layer__code="sales").values_list(
            "account_id", "territory_id", "cause"
        )
    }
    held = {
        pk: Holding(territory, owner, causes.get((pk, territory)))
        for pk, territory, owner in Account.objects.values_list("id", "territory_id", "owner_id")
    }
    among = find_misplaced_among(scope, held)
    found = find_misplaced(scope)
    assert {pk: row for pk, row in found.items() if row.reason == "place"} == judge_one_by_one(scope, core)
    # A page is judged without the company; once the company has been judged, from there.
    assert among == found == find_misplaced_among(scope, held)


def judge_one_by_one(scope: Scope, core: CorePlan) -> dict[int, Misplacement]:
    """By the definition of `queries.misplaced`, with the reference's predicates."""
    assert scope.plan is not None
    tree, hierarchy = load_tree(scope.plan), Hierarchy(core)
    layer = tree.primary_layer
    assert layer is not None
    codes = [item.code for item in core.territories if hierarchy.layer_of(item.code) == layer.code]
    rules = {code: hierarchy.effective_rule_of(code) for code in codes}
    reference = Reference(core)
    found = {}
    for key, seen in reference.book.seen.items():
        account = Account.objects.get(pk=reference.ids[key])
        if account.territory_id is None:
            continue
        code = tree.by_id[account.territory_id].code
        decided = Assignment.objects.get(account=account, layer_id=layer.id)
        cause = decided.cause if decided.territory_id == account.territory_id else "rule"
        above = []
        for below, step in itertools.pairwise(hierarchy.lineage_of(code)):
            if not below.inherit:
                break
            above += [step.rule] if step.rule is not None else []
        asked = [rules[code]] if cause == "rule" and rules[code] is not None else above
        if cause == "family" or all(bind_rule(rule, core.scope)(seen) for rule in asked if rule is not None):
            continue
        homes = [
            home for home in codes if (rule := rules[home]) is not None and bind_rule(rule, core.scope)(seen)
        ]
        deepest = max(map(hierarchy.depth_of, homes), default=0)
        belongs = tuple(sorted(home for home in homes if hierarchy.depth_of(home) == deepest))
        found[account.pk] = Misplacement("place", code, belongs)
    return found
