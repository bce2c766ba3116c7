"""Does a remedy still work where families, placement, other locks and limits of rules come into play?"""

import pytest

from fairpatch.core.plans.plan import Plan
from fairpatch.core.routing.route import route_plan
from fairpatch.core.routing.why import Absence, explain_account
from tests.worlds.plans import ON, make_accounts, make_plan


def ask(plan: Plan, accounts: list[dict], account: str, territory: str) -> Absence:
    (said,) = explain_account(plan, accounts, account, ON, territory=territory)
    (absence,) = said.absences
    return absence


def list_sentences(absence: Absence) -> dict[str, list[str]]:
    """What each kind of remedy says."""
    return {remedy.kind: [change.sentence for change in remedy.changes] for remedy in absence.plan_flips}


FAMILY = """
    layers: [{code: sales, role: primary, families: together}]
    territories:
      - {code: HEADS, rule: 'segment = "big"', priority: 5}
      - {code: MINE, rule: 'state = "CA"'}
"""
HEAD_AND_MEMBER = make_accounts("id | parent | state | segment\nh1 | . | NY | big\na1 | h1 | CA | .")


def test_an_account_without_its_lock_follows_its_family_so_ending_the_lock_is_not_enough() -> None:
    plan = make_plan(
        FAMILY
        + """
      - {code: OTHER, rule: 'state = "TX"'}
    locks: [{account: a1, territory: OTHER}]
        """
    )
    assert list_sentences(ask(plan, HEAD_AND_MEMBER, "a1", "MINE")) == {
        "lock": ["Lock a1 to MINE instead of its present lock."],
        "name": ["End its lock to OTHER.", "Name a1 in the accounts of MINE."],
        "rule": [
            "End its lock to OTHER.",
            "Widen the rule of MINE: state is CA → state is one of CA and NY.",
            "Raise the priority of MINE from 0 to 5.",
        ],
    }


def test_an_account_without_its_name_follows_its_family_which_must_then_be_refused_as_well() -> None:
    plan = make_plan(FAMILY + "      - {code: LISTED, accounts: [a1]}")
    assert list_sentences(ask(plan, HEAD_AND_MEMBER, "a1", "MINE"))["exclude"] == [
        "Exclude a1 from LISTED.",
        "Exclude a1 from HEADS.",
    ]


@pytest.mark.parametrize(("parts", "kinds"), [(8, ["name", "rule", "lock"]), (9, ["name", "lock"])])
def test_a_rule_is_not_widened_beyond_what_a_plan_may_hold(parts: int, kinds: list[str]) -> None:
    """Each part has two alternatives and would get a third: 3 ** 9 is more than 10,000, 3 ** 8 is not."""
    rule = " and ".join(f"""(city = "c{n}" or segment = "s{n}")""" for n in range(parts))
    plan = make_plan(f"territories: [{{code: T, rule: '{rule}'}}]")
    absence = ask(plan, make_accounts("id | city\na1 | Bonn"), "a1", "T")
    assert sorted(remedy.kind for remedy in absence.plan_flips) == sorted(kinds)


def test_a_rule_is_not_widened_deeper_than_a_plan_may_nest_it() -> None:
    rule = "not (" * 100 + 'state = "CA"' + ")" * 100
    plan = make_plan(f"territories: [{{code: T, rule: '{rule}'}}]")
    absence = ask(plan, make_accounts("id | state\na1 | NY"), "a1", "T")
    assert [remedy.kind for remedy in absence.plan_flips] == ["name", "lock"]


def test_with_more_revenue_than_its_site_a_head_is_placed_by_itself() -> None:
    """Then its own state counts: HERE claims it, and it is the head's state that has to change, too."""
    plan = make_plan(
        """
        layers: [{code: sales, role: primary, placement: majority_revenue}]
        territories:
          - {code: BIG, rule: 'annual_revenue > 900'}
          - {code: HERE, rule: 'state = "CA" and segment = "x"'}
        """
    )
    accounts = make_accounts(
        "id | parent | state | segment | annual_revenue\nh1 | . | CA | x | 100\ns1 | h1 | NY | . | 500"
    )
    flip = ask(plan, accounts, "h1", "BIG").account_flip
    assert flip is not None
    assert [(change.account, change.field) for change in flip.changes] == [
        ("h1", "annual_revenue"),
        ("h1", "state"),
    ]
    accounts[0].update({change.field: change.after for change in flip.changes})
    assert route_plan(plan, accounts, ON)[0].territory == "BIG"


def test_a_change_is_not_called_the_least_where_leaving_the_family_might_do_with_less() -> None:
    """The head needs two other values; with no territory at all for the head the member would be alone."""
    plan = make_plan(
        """
        layers: [{code: sales, role: primary, families: together}]
        territories:
          - {code: US, rule: 'country = "US"', priority: 1}
          - {code: ANY, rule: 'segment is not empty'}
        """
    )
    accounts = make_accounts("id | parent | country | segment\nh1 | . | US | .\na1 | h1 | . | x")
    flip = ask(plan, accounts, "a1", "ANY").account_flip
    assert flip is not None
    assert not flip.is_smallest
    assert {change.account for change in flip.changes} == {"h1"}
    assert len(flip.changes) == 2


def test_any_number_will_do_where_rules_only_ask_whether_there_is_one() -> None:
    plan = make_plan("territories: [{code: T, rule: 'employees is not empty'}]")
    flip = ask(plan, [{"id": "a1"}], "a1", "T").account_flip
    assert flip is not None
    assert [(change.field, change.after) for change in flip.changes] == [("employees", 1)]


def test_a_lock_ends_before_the_next_one_begins() -> None:
    plan = make_plan(
        """
        territories: [{code: A, rule: 'state = "CA"'}, {code: B, rule: 'state = "NY"'}]
        locks: [{account: a1, territory: A, from: 2027-06-01}]
        """
    )
    absence = ask(plan, [{"id": "a1"}], "a1", "B")
    assert list_sentences(absence)["lock"] == [
        "Lock a1 to B until 2027-05-31, the day before its next lock begins."
    ]


def test_what_holds_no_accounts_is_left_so_when_the_family_is_locked_to_it() -> None:
    plan = make_plan(
        """
        layers: [{code: sales, role: primary, families: together}]
        territories: [{code: SHUT, rule: all, assignable: false, exclude: [a1]}]
        locks: [{account: h1, territory: SHUT}]
        """
    )
    absence = ask(plan, HEAD_AND_MEMBER, "a1", "SHUT")
    assert list_sentences(absence)["drop_exclusion"] == ["Drop a1 from what SHUT excludes."]
