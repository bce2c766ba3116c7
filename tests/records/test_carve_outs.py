"""Is what a territory takes and loses what the reference says of the plan without it?"""

import random
from collections import defaultdict
from typing import Any

import pytest

from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.records.models import Assignment
from fairpatch.records.queries.accounts import AccountFilter, select_accounts
from fairpatch.records.queries.carve_outs import MEASURES, describe_carve_outs
from fairpatch.records.queries.programmes import list_programmes
from fairpatch.records.visibility import Scope, visible_accounts
from tests.conformance.test_bases import silence
from tests.records.test_whole_company import Reference, list_shares, look_as, upset_some, weigh
from tests.seeds import list_seeds
from tests.worlds.rich import edit_plan, found_rich_company, write_draft

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
SEEDS = list_seeds(16, quick=4)
Groups = dict[str | None, set[int]]


class Without:
    """Who would have which account, by the definition: every territory that is missing claims nothing."""

    def __init__(self, core: CorePlan, layer: str, holders: dict[int, str | None], seen: set[int]) -> None:
        self.core, self.layer, self.holders, self.seen = core, layer, holders, seen
        self.hierarchy = Hierarchy(core)
        self.reference = Reference(core)
        self._decided: dict[frozenset[str], dict[int, str | None]] = {}

    def decide(self, gone: frozenset[str]) -> dict[int, str | None]:
        if gone not in self._decided:
            self._decided[gone] = self.reference.decide(silence(self.core, set(gone)), self.layer)
        return self._decided[gone]

    def list_branch(self, code: str) -> frozenset[str]:
        return frozenset({code, *self.hierarchy.descendants_of(code)})

    def find_base(self, pk: int, gone: frozenset[str]) -> tuple[str | None, bool]:
        """The base, and whether the account's holder has a claim to it at all."""
        return self.decide(gone)[pk], self.decide(frozenset())[pk] in gone

    def find_taken(self, code: str) -> tuple[Groups, set[int]]:
        taken: Groups = defaultdict(set)
        waiting = set()
        branch = self.list_branch(code)
        for pk in self.seen:
            if self.holders.get(pk) in branch:
                base, has_claim = self.find_base(pk, branch)
                (taken[base] if has_claim else waiting).add(pk)
        return taken, waiting

    def find_lost(self, code: str) -> Groups:
        lost: Groups = defaultdict(set)
        branch = self.list_branch(code)
        above = {step.code for step in self.hierarchy.lineage_of(code)}
        for pk in self.seen:
            holder = self.holders.get(pk)
            if holder is None or holder in branch:
                continue
            line = [step.code for step in self.hierarchy.lineage_of(holder)]
            top = holder if holder in above else [step for step in line if step not in above][-1]
            gone = frozenset({top}) if top in above else self.list_branch(top)
            base, has_claim = self.find_base(pk, gone)
            if has_claim and base in branch:
                lost[top].add(pk)
        return lost


def check_territory(scope: Scope, found: dict[str, Any], without: Without) -> tuple[Groups, Groups]:
    taken, waiting = without.find_taken(found["territory"])
    lost = without.find_lost(found["territory"])
    shares = [*found["taken"], found["waiting"]]
    assert found["held"] == {name: sum(share[name] for share in shares) for name in MEASURES}
    reference = without.reference
    assert list_shares(found["taken"]) == {code: weigh(rows, reference) for code, rows in taken.items()}
    assert list_shares(found["lost"]) == {code: weigh(rows, reference) for code, rows in lost.items()}
    assert tuple(found["waiting"].values()) == weigh(waiting, reference)
    for share in found["taken"]:
        code = share["territory"]
        own = {pk for pk in without.seen if code and without.holders.get(pk) == code}
        assert (share["base"] and tuple(share["base"].values())) == (code and (*weigh(own, reference), 0))
    return taken, lost


@pytest.mark.parametrize("seed", SEEDS)
def test_of_the_live_plan(seed: int) -> None:
    r = random.Random(seed)
    organisation, core = found_rich_company(r)
    if seed % 2:
        upset_some(r)  # some wait for a realignment
    scope = look_as(r.choice(["Paul", "Paul", "Mo"]), organisation)
    assert scope.plan is not None
    seen = set(visible_accounts(scope).filter(ended_at=None).values_list("id", flat=True))
    hierarchy = Hierarchy(core)
    for layer in core.layers:
        rows = Assignment.objects.filter(layer__code=layer.code, account__ended_at=None)
        without = Without(core, layer.code, dict(rows.values_list("account_id", "territory__code")), seen)
        for code in hierarchy.by_code:
            if hierarchy.layer_of(code) == layer.code:
                found = describe_carve_outs(scope, scope.plan, code)
                taken, lost = check_territory(scope, found, without)
                assert_listed(scope, found, taken, lost)


def assert_listed(scope: Scope, found: dict[str, Any], taken: Groups, lost: Groups) -> None:
    """The lists that the page's figures lead to."""

    def select(**wanted: Any) -> set[int]:
        return set(select_accounts(scope, AccountFilter(**wanted)).values_list("id", flat=True))

    code = found["territory"]
    for share in found["taken"]:
        base, own = share["territory"], share["is_branch"]
        listed = (
            select(territory=code, list="sole")
            if base is None
            else select(territory=code, base=base, base_descendants=own)
        )
        assert listed == taken[base]
    for share in found["lost"]:
        listed = select(territory=share["territory"], descendants=share["is_branch"], base=code)
        assert listed == lost[share["territory"]]
    carved = select(territory=code, list="carved_out")
    assert carved == {pk for base, rows in taken.items() if base is not None for pk in rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_of_a_draft(seed: int) -> None:
    r = random.Random(seed)
    organisation, core = found_rich_company(r)
    edited = edit_plan(r, core)
    plan = write_draft(edited, organisation)
    scope = look_as(r.choice(["Paul", "Mo"]), organisation)
    seen = set(visible_accounts(scope).filter(ended_at=None).values_list("id", flat=True))
    hierarchy = Hierarchy(edited)
    for layer in edited.layers:
        holders = Reference(edited).decide(edited, layer.code)
        without = Without(edited, layer.code, holders, seen)
        for code in hierarchy.by_code:
            if hierarchy.layer_of(code) == layer.code:
                found = describe_carve_outs(scope, plan, code)
                check_territory(scope, found, without)
                assert found["waiting"]["accounts"] == 0, "a draft's accounts stand where it puts them"


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_holder_every_territory_is_taken_for_itself(seed: int) -> None:
    r = random.Random(seed)
    organisation, core = found_rich_company(r)
    scope = look_as("Paul", organisation)
    layer = r.choice(core.layers).code
    rows = Assignment.objects.filter(layer__code=layer, account__ended_at=None)
    holders = dict(rows.values_list("account_id", "territory__code"))
    without = Without(core, layer, holders, set(holders))
    bases = {pk: without.find_base(pk, frozenset({holder}))[0] for pk, holder in holders.items() if holder}
    for kind, is_asked in (("carved_out", bool), ("sole", lambda base: base is None)):
        listed = select_accounts(scope, AccountFilter(layer=layer, list=kind)).values_list("id", flat=True)
        assert set(listed) == {pk for pk, base in bases.items() if is_asked(base)}


@pytest.mark.parametrize("seed", SEEDS)
def test_pairs_are_those_of_single_accounts_and_lead_to_them(seed: int) -> None:
    r = random.Random(seed)
    organisation, core = found_rich_company(r)
    scope = look_as(r.choice(["Paul", "Mo"]), organisation)
    assert scope.plan is not None
    layer = r.choice(core.layers).code
    seen = set(visible_accounts(scope).filter(ended_at=None).values_list("id", flat=True))
    rows = Assignment.objects.filter(layer__code=layer, account_id__in=seen)
    decided = {
        pk: (code, cause) for pk, code, cause in rows.values_list("account_id", "territory__code", "cause")
    }
    without = Without(core, layer, {pk: code for pk, (code, _) in decided.items()}, seen)
    pairs: dict[tuple[str, str], set[int]] = defaultdict(set)
    for pk, (holder, _) in decided.items():
        base = without.find_base(pk, frozenset({holder}))[0] if holder else None
        if holder and base:
            pairs[holder, base].add(pk)
    expected = {pair: weigh(found, without.reference) for pair, found in pairs.items()}
    found = list_programmes(scope, scope.plan, layer, with_rules=True)
    measured = {
        (pair["territory"], pair["base"]): tuple(pair[name] for name in MEASURES) for pair in found["pairs"]
    }
    assert measured == expected
    assert found["count"] == len(expected)
    for pair in found["pairs"]:
        wanted = AccountFilter(
            territory=pair["territory"],
            descendants=pair["is_branch"],
            base=pair["base"],
            base_descendants=pair["is_base_branch"],
        )
        listed = set(select_accounts(scope, wanted).values_list("id", flat=True))
        assert listed == pairs[pair["territory"], pair["base"]]
        causes = [decided[pk][1] for pk in listed]
        assert (pair["named"], pair["locked"]) == (causes.count("named"), causes.count("lock"))
    programmes = list_programmes(scope, scope.plan, layer, with_rules=False)["pairs"]
    assert programmes == [pair for pair in found["pairs"] if pair["named"] or pair["locked"]]
