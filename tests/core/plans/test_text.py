"""Are plans read without silent change, refused with every fault, and written canonically?"""

import pytest

from fairpatch.core.errors import FaultyInputError
from fairpatch.core.plans.diff import compare_plans
from fairpatch.core.plans.export import print_plan
from fairpatch.core.plans.text import read_plan
from fairpatch.core.rules.fields import STANDARD
from fairpatch.core.rules.lexer import lex_rule

PLAN = """\
fairpatch: 1
name: FY27
fields: [{name: ownership, type: choice, choices: [public, private]}]
value_sets: {z: [NO, 02134, "1"], a: []}
regions: {EMEA: [DE, NO]}
areas: {harbour: [[4.4, 51.9], [4.5, 51.9], [4.5, 52.0]]}
layers:
  - {code: sales, role: primary, engagement: "who, when: any"}
  - {code: cloud, role: overlay, credit: 12.5, families: together, placement: headquarters,
     on_change: at_once}
territories:
  - {code: yes, rule: all, layer: cloud}
  - {code: ON, parent: AMER, priority: -5, exclude: [b, a],
     rule: "name = \\"it's\\" or ownership is 'public'"}
  - {code: AMER, name: Ämerica, rule: 'country in ["US"]', assignable: true, description: null}
locks: [{account: 007, territory: ON, layer: sales, from: 2027-01-01}]
seats: [{territory: ON, rep: R-1, seat: backup}]
"""

FAULTS = [
    ("fairpatch: 2\n", 1, "fairpatch"),
    ("name: x\n", 1, "fairpatch"),
    ("fairpatch: 1\nfoo: 1\n", 2, "foo"),
    ("fairpatch: 1\nname: a\nname: b\n", 3, "name"),
    ("fairpatch: 1\nterritories:\n- {code: A}\n- {code: A}\n", 4, "territories[1].code"),
    ("fairpatch: 1\nterritories:\n- {code: A, parent: B}\n", 3, "territories[0].parent"),
    ("fairpatch: 1\nterritories:\n- {code: A, parent: A}\n", 3, "territories[0].parent"),
    ("fairpatch: 1\nterritories:\n- code: A\n  rule: 'state in set'\n", 4, "territories[0].rule"),
    ("fairpatch: 1\nterritories:\n- code: A\n  rule: 'state in set \"x\"'\n", 4, "territories[0].rule"),
    (
        "fairpatch: 1\nterritories:\n- code: A\n  rule: 'position inside area \"x\"'\n",
        4,
        "territories[0].rule",
    ),
    (
        'fairpatch: 1\nterritories:\n- code: A\n  rule: |\n    state = "x" and\n    foo = 1\n',
        6,
        "territories[0].rule",
    ),
    ("fairpatch: 1\nterritories:\n- {code: A, priority: 010}\n", 3, "territories[0].priority"),
    ("fairpatch: 1\nterritories:\n- {code: A, assignable: yes}\n", 3, "territories[0].assignable"),
    ("fairpatch: 1\nterritories:\n- {name: A}\n", 3, "territories[0].code"),
    ("fairpatch: 1\nlayers:\n- {code: a, role: overlay}\n", 3, "layers"),
    ("fairpatch: 1\nlayers:\n- {code: a, role: primary}\n- {code: b, role: primary}\n", 3, "layers"),
    ("fairpatch: 1\nlayers:\n- {code: a, on_change: later}\n", 3, "layers[0].on_change"),
    ("fairpatch: 1\neffective: 2027-02-30\n", 2, "effective"),
    ("fairpatch: 1\nfields:\n- {name: state, type: text}\n", 3, "fields[0].name"),
    ("fairpatch: 1\nfields:\n- {name: x, type: text, label: State}\n", 3, "fields[0].label"),
    ("fairpatch: 1\nfields:\n- {name: x, type: blob}\n", 3, "fields[0].type"),
    ("fairpatch: 1\nareas:\n  x: [[1, 2], [3, 4]]\n", 3, "areas.x"),
    ("fairpatch: 1\nlocks:\n- {account: A, territory: T}\n", 3, "locks[0].territory"),
    ("fairpatch: 1\nname: [\n", 3, ""),
    ("", 1, ""),
]


@pytest.mark.parametrize(("text", "line", "where"), FAULTS)
def test_fault_and_its_place(text: str, line: int, where: str) -> None:
    with pytest.raises(FaultyInputError) as caught:
        read_plan(text)
    assert [(fault.line, fault.where) for fault in caught.value.findings] == [(line, where)]


def test_every_fault_is_reported_at_once_in_order_of_lines() -> None:
    locks = "- {account: A, territory: T}\n- {account: a, territory: T, from: 2027-01-01}\n"
    seats = "- {territory: T, rep: 1, until: 2027-01-01}\n- {territory: T, rep: 2, from: 2027-01-01}\n"
    head = "fairpatch: 1\nnmae: x\nterritories:\n- {code: T, rule: 'x = 1', parent: U}\n"
    text = f"{head}locks:\n{locks}seats:\n{seats}"
    with pytest.raises(FaultyInputError) as caught:
        read_plan(text)
    lines = [str(fault).split(": ")[:2] for fault in caught.value.findings]
    assert sorted(lines) == sorted(
        [
            ["plan.yaml:2", "nmae"],
            ["plan.yaml:4", "territories[0].rule"],
            ["plan.yaml:4", "territories[0].parent"],
            ["plan.yaml:7", "locks[1]"],
            ["plan.yaml:10", "seats[1]"],
        ]
    )


def test_spans_that_only_touch_do_not_overlap() -> None:
    read_plan(
        "fairpatch: 1\nterritories: [{code: T}]\n"
        "locks:\n- {account: A, territory: T, until: 2027-01-01}\n"
        "- {account: A, territory: T, from: 2027-01-02}\n"
        "seats:\n- {territory: T, rep: 1, until: 2027-01-01}\n- {territory: T, rep: 2, from: 2027-01-02}\n"
    )


def test_bare_words_and_leading_zeros_stay_text() -> None:
    plan = read_plan(PLAN)
    assert plan.value_sets["z"] == ("NO", "02134", "1")
    assert {territory.code for territory in plan.territories} == {"yes", "ON", "AMER"}
    assert plan.locks[0].account == "007"
    assert plan.regions["EMEA"] == ("DE", "NO")


def test_export_is_canonical() -> None:
    plan = read_plan(PLAN)
    written = print_plan(plan)
    again = read_plan(written)
    assert print_plan(again) == written
    assert compare_plans(plan, again) == ()
    assert [territory.code for territory in again.territories] == ["AMER", "ON", "yes"]


def test_diff_speaks_of_meaning() -> None:
    old = read_plan(PLAN)
    new = read_plan(
        PLAN.replace("priority: -5, ", "").replace("exclude: [b, a]", "exclude: [a, c]").replace("R-1", "R-2")
    )
    assert [change.sentence for change in compare_plans(old, new)] == [
        "territory ON: priority from -5 to 0",
        "territory ON: excluded accounts now without b and with c",
        "seat backup of R-1 in ON from the beginning removed",
        "seat backup of R-2 in ON from the beginning added",
    ]


def test_long_lists_are_one_token() -> None:
    codes = ", ".join(f'"{number:06d}"' for number in range(200_000))
    rule = f"postal_code in [{codes}]"
    assert [token.type for token in lex_rule(rule, STANDARD, [])] == ["FIELD", "MEMBER", "LIST"]
    text = f"fairpatch: 1\nvalue_sets:\n  x: [{codes}]\nterritories:\n- code: A\n  rule: '{rule}'\n"
    assert len(read_plan(text).value_sets["x"]) == 200_000
