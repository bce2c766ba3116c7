"""Does the analysis stay true on plans that use every field and operator, with text, circles and areas?

Of what is left open there only the claims are checked that any account could refute.
"""

import itertools
import random

import pytest

from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.core.routing.claims import ClaimFinder
from fairpatch.core.rules.account import AccountReader
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.analysis.analyse import analyse_plan
from fairpatch.engines.analysis.boxes import build_ground
from fairpatch.engines.analysis.meetings import find_pairs
from fairpatch.engines.analysis.shadows import find_shadows
from tests.conformance.rich_plans import draw_rich_accounts, draw_rich_plan


@pytest.mark.parametrize("seed", range(30))
def test_no_account_refutes_what_is_said(seed: int) -> None:
    r = random.Random(f"analysis {seed}")
    plan = draw_rich_plan(r)
    if find_plan_faults(plan):
        return
    tree = Hierarchy(plan)
    reader = AccountReader(plan.catalogue, plan.regions)
    seen = [reader.read(account) for _ in range(25) for account in draw_rich_accounts(r)]
    for layer in plan.layers:
        finder = ClaimFinder(plan, tree, layer.code)
        ground = build_ground(plan, tree, layer.code)
        pairs = find_pairs(ground)
        met = set(pairs.list_pairs(pairs.meets))
        dead = {shadow.territory for shadow in find_shadows(ground) if shadow.is_certain}
        for account in seen:
            claims = finder.find_claims(account["id"], account)
            ruled = sorted(claim.territory for claim in claims if claim.cause == "rule")
            assert not (claims and claims[0].cause == "rule" and claims[0].territory in dead)
            assert all((one, two) in met for one, two in itertools.combinations(ruled, 2))
        check_witnesses(plan, finder, reader, layer.code)


def check_witnesses(plan, finder: ClaimFinder, reader: AccountReader, layer: str) -> None:
    tree = Hierarchy(plan)
    for found in analyse_plan(plan, most=40).findings:
        if found.territory is None or tree.layer_of(found.territory) != layer:
            continue
        account = reader.read({"id": "example", **found.account})
        claimants = [claim.territory for claim in finder.find_claims(account["id"], account)]
        if found.kind in ("overlap", "tie"):
            assert claimants.index(found.others[0]) < claimants.index(found.territory)
        if found.kind == "gap":
            assert claimants == []
        if found.kind == "unreachable":
            assert claimants[0] != found.territory
