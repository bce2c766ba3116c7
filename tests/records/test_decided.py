"""Are the accounts decided in a certain way the same, whichever way they are looked for?"""

import random
from typing import Any

import pytest

from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.realignment.moves import CAUSES
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.records.models import Account, Assignment
from fairpatch.records.queries import decided
from fairpatch.records.queries.accounts import AccountFilter, select_accounts
from tests.records.test_whole_company import look_as, upset_some
from tests.seeds import list_seeds
from tests.worlds.rich import found_rich_company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])


def draw_filter(r: random.Random, territories: list[str], layers: list[str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"layer": r.choice([None, *layers])}
    if r.random() < 0.4:
        wanted.update(territory=r.choice(territories), descendants=r.random() < 0.5)
    if r.random() < 0.4:
        wanted["cause"] = r.choice(list(CAUSES))
    if r.random() < 0.3:
        wanted["tie"] = r.random() < 0.5
    wanted["list"] = r.choice([None, None, "unassigned", "conflicts"])
    return wanted


def find_one_by_one(wanted: dict[str, Any], codes: set[str], layer: str) -> set[int]:
    found = set()
    for account in Account.objects.filter(ended_at=None):
        row = Assignment.objects.filter(account=account, layer__code=layer).first()
        is_tied = True if wanted["list"] == "conflicts" else wanted.get("tie")
        is_asked = [
            wanted.get("territory") is None or (row and row.territory and row.territory.code in codes),
            wanted.get("cause") is None or (row and row.cause == wanted["cause"]),
            is_tied is None or (row and row.tie == is_tied),
            wanted["list"] != "unassigned" or (row and row.territory is None),
        ]
        if all(is_asked):
            found.add(account.pk)
    return found


@pytest.mark.parametrize("seed", list_seeds(8, quick=2))
def test_both_ways_find_what_was_decided(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    r = random.Random(seed)
    organisation, core = found_rich_company(r)
    upset_some(r)
    Assignment.objects.filter(account=Account.objects.order_by("id")[3]).delete()  # never decided
    scope = look_as("Paul", organisation)
    by_code = {item.code: item for item in core.territories}
    for _ in range(25):
        wanted = draw_filter(r, sorted(by_code), [layer.code for layer in core.layers])
        ways = []
        for few in (decided.FEW, -1):
            monkeypatch.setattr(decided, "FEW", few)
            ways.append(set(select_accounts(scope, AccountFilter(**wanted)).values_list("id", flat=True)))
        monkeypatch.undo()
        codes, layer = read_place(wanted, core)
        assert ways[0] == ways[1] == find_one_by_one(wanted, codes, layer), wanted


def read_place(wanted: dict[str, Any], core: CorePlan) -> tuple[set[str], str]:
    """The territories meant, and the layer: the territory's, the one asked for, or the primary one."""
    hierarchy = Hierarchy(core)
    code = wanted.get("territory")
    primary = next(layer.code for layer in core.layers if layer.role == "primary")
    if code is None:
        return set(), wanted["layer"] or primary
    below = hierarchy.descendants_of(code) if wanted["descendants"] else []
    return {code, *below}, hierarchy.layer_of(code)
