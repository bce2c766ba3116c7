"""Which account moves, whose deals go along, who may decide, and what does it come to?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpatch.core.errors import FairpatchError
from fairpatch.core.realignment.deals import HeldDeal, select_deals
from fairpatch.core.realignment.impact import Flow, Load, measure_impact
from fairpatch.core.realignment.lifecycle import (
    Person,
    Proposal,
    Step,
    is_above_all,
    list_steps,
    require_step,
)
from fairpatch.core.realignment.moves import Grounds, Ruling, Standing, decide_shift, reverse_shift

RULE = Grounds("rule", claim_class="single", priority=0, specificity=20)
ANN, BOB, CAT = 1, 2, 3
WEST, EAST = 10, 20


def stand(rep: int | None, territory: int | None, grounds: Grounds | None = RULE) -> Standing:
    return Standing(7, 1, 3, rep, territory, grounds)


@pytest.mark.parametrize(
    ("standing", "ruling", "before", "change", "to_rep"),
    [
        (stand(ANN, WEST), Ruling(WEST, ANN, RULE), ANN, None, None),
        (stand(ANN, WEST), Ruling(EAST, BOB, RULE), ANN, "owner", BOB),
        (stand(ANN, WEST), Ruling(EAST, ANN, RULE), ANN, "territory", ANN),
        (stand(ANN, WEST), Ruling(WEST, BOB, RULE), ANN, "owner", BOB),
        (stand(ANN, WEST), Ruling(WEST, ANN, Grounds("lock")), ANN, "cause", ANN),
        (stand(CAT, WEST), Ruling(WEST, ANN, RULE), ANN, None, None),  # misplaced, and stays
        (stand(CAT, WEST), Ruling(WEST, ANN, Grounds("lock")), ANN, "cause", CAT),
        (stand(CAT, WEST), Ruling(EAST, BOB, RULE), ANN, "owner", BOB),
        (stand(ANN, None, None), Ruling(WEST, ANN, RULE), None, "territory", ANN),
        (stand(None, None, Grounds("unassigned")), Ruling(WEST, BOB, RULE), None, "owner", BOB),
        (stand(BOB, WEST), Ruling(None, None, Grounds("unassigned")), BOB, "owner", None),
    ],
)
def test_a_move_exists_where_the_decision_changes(
    standing: Standing, ruling: Ruling, before: int | None, change: str | None, to_rep: int | None
) -> None:
    shift = decide_shift(standing, ruling, before)
    assert (shift and shift.change) == change
    if shift:
        assert (shift.to_rep_id, shift.to_territory_id) == (to_rep, ruling.territory_id)


def test_what_is_asked_for_goes_to_the_decided_owner() -> None:
    shift = decide_shift(stand(CAT, WEST), Ruling(WEST, ANN, RULE), ANN, is_asked_for=True)
    assert shift is not None
    assert (shift.change, shift.to_rep_id) == ("owner", ANN)


reps = st.sampled_from([ANN, BOB, CAT])
places = st.sampled_from([WEST, EAST])
grounds = st.sampled_from([RULE, Grounds("lock"), Grounds("named", claim_class="named", priority=5)])


@given(reps, places, grounds, reps, places, grounds, reps)
def test_reversing_a_move_restores_the_standing(
    rep: int, place: int, why: Grounds, to_rep: int, to_place: int, to_why: Grounds, before: int
) -> None:
    was = stand(rep, place, why)
    shift = decide_shift(was, Ruling(to_place, to_rep, to_why), before)
    if shift is None:
        return
    now = Standing(7, 1, 4, shift.to_rep_id, shift.to_territory_id, shift.grounds)
    back = reverse_shift(shift, now)
    assert back is not None
    assert (back.to_rep_id, back.to_territory_id, back.grounds) == (rep, place, why)
    assert reverse_shift(shift, was) is None, "nothing is left to do"


def test_deals() -> None:
    own = HeldDeal(1, 7, 0, "open", ANN, ANN, BOB)
    colleagues = own._replace(deal_id=2, owner_id=CAT)
    closed = own._replace(deal_id=3, outcome="won")
    assert list(select_deals("follow_territory", [own, colleagues, closed])) == [own]
    assert list(select_deals("stay_with_rep", [own, colleagues, closed])) == []


def test_impact_adds_up() -> None:
    flows = [
        Flow(ANN, BOB, WEST, EAST, Load(3, 300, 2, 20, 1, 1)),
        Flow(BOB, ANN, EAST, EAST, Load(1, 50, 0, 0, 0, 0)),
        Flow(ANN, ANN, WEST, EAST, Load(4, 400)),  # only the territory changes
    ]
    impact = measure_impact(flows, {ANN: Load(10, 1000)}, {WEST: Load(9, 900)}, {"owner": 4, "territory": 4})
    assert (impact["accounts"], impact["revenue_minor"], impact["activities_due"]) == (4, 350, 1)
    ann, bob = impact["reps"]
    assert (ann["in"]["accounts"], ann["out"]["accounts"], ann["after"]["accounts"]) == (1, 3, 8)
    assert bob["after"]["revenue_minor"] == 250
    west, east = impact["territories"]
    assert (west["after"]["accounts"], east["in"]["accounts"]) == (2, 7)


MANAGERS = {ANN: 4, BOB: 4, CAT: 5, 4: 6, 5: 6, 6: None, 8: 9, 9: 8}


def test_above_both_sides() -> None:
    assert is_above_all(4, {ANN, BOB}, MANAGERS)
    assert not is_above_all(4, {ANN, CAT}, MANAGERS)
    assert is_above_all(6, {ANN, CAT}, MANAGERS)
    assert not is_above_all(ANN, {ANN}, MANAGERS), "nobody is above themselves"
    assert not is_above_all(6, set(), MANAGERS)
    assert not is_above_all(4, {8}, MANAGERS), "managers in a circle end"


@pytest.mark.parametrize(
    "status", ["preparing", "proposed", "approved", "executed", "rejected", "cancelled", "stale"]
)
@pytest.mark.parametrize("role", ["rep", "manager", "director", "planner", "admin", "auditor"])
def test_nobody_approves_their_own_in_any_state(status: str, role: str) -> None:
    person = Person(1, role, 6)
    assert Step.APPROVE not in list_steps(person, Proposal(status, 1, frozenset({ANN})), MANAGERS)
    if role in ("rep", "auditor"):
        assert list_steps(person, Proposal(status, 2, frozenset({ANN})), MANAGERS) == []


def test_refusals_say_why() -> None:
    with pytest.raises(FairpatchError, match="is executed, so you cannot approve"):
        require_step(Step.APPROVE, Person(1, "admin"), Proposal("executed", 2), {})
    with pytest.raises(FairpatchError, match="Somebody else has to approve"):
        require_step(Step.APPROVE, Person(1, "admin"), Proposal("proposed", 1), {})
    with pytest.raises(FairpatchError, match="above everyone it concerns"):
        require_step(
            Step.APPROVE, Person(1, "manager", 4), Proposal("proposed", 2, frozenset({CAT})), MANAGERS
        )
