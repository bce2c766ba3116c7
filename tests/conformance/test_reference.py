"""Does the reference mean what an independent, naive reading of the plan format means?"""

import datetime as dt
import random

import pytest

from fairpatch.core.routing.route import route_plan
from tests.conformance.naive import decide
from tests.conformance.random_plans import draw_accounts, draw_plan
from tests.seeds import list_seeds

ON = dt.date(2027, 2, 1)


@pytest.mark.parametrize("block", list_seeds(10, quick=3))
def test_reference_agrees_with_a_naive_reading_on_random_plans(block: int) -> None:
    for seed in range(block * 120, block * 120 + 120):
        r = random.Random(seed)
        plan, accounts = draw_plan(r), draw_accounts(r)
        found = {
            (d.account, d.layer): (
                *(d.territory, d.cause, d.is_tie, d.claim_class, d.priority, d.specificity),
                d.other_claims,
            )
            for d in route_plan(plan, accounts, ON)
        }
        assert found == decide(plan, accounts, ON), f"seed {seed}"


def test_order_of_territories_locks_and_accounts_never_matters() -> None:
    for seed in range(150):
        r = random.Random(seed)
        plan, accounts = draw_plan(r), draw_accounts(r)
        turned = type(plan)(
            **{
                **{name: getattr(plan, name) for name in plan.__dataclass_fields__},
                "territories": plan.territories[::-1],
                "locks": plan.locks[::-1],
            }
        )
        assert set(route_plan(plan, accounts, ON)) == set(route_plan(turned, accounts[::-1], ON))
