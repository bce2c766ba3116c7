"""Do text, JSON and tree say the same, whatever the rule?"""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpatch.core.errors import FaultyInputError
from fairpatch.core.rules.account import AccountReader
from fairpatch.core.rules.fields import STANDARD
from fairpatch.core.rules.json import SCHEMA, rule_from_json, rule_to_json
from fairpatch.core.rules.match import Scope, bind_condition, match_rule
from fairpatch.core.rules.normal import count_conjuncts, normalise_rule
from fairpatch.core.rules.text import parse_rule, print_rule
from fairpatch.core.rules.tree import (
    ALL,
    AreaRef,
    Circle,
    Condition,
    Not,
    Range,
    SetRef,
    join_all,
    join_any,
    negate,
)
from fairpatch.core.rules.words import describe_rule

texts = st.text(st.characters(codec="utf-8"), max_size=8)
numbers = st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9).map(lambda x: int(x) if x == int(x) else x)
conditions = st.one_of(
    st.builds(Condition, st.sampled_from(["state", "name", "id"]), st.sampled_from(["=", "!="]), texts),
    st.builds(
        Condition,
        st.sampled_from(["state", "city"]),
        st.sampled_from(["in", "not in", "begins with", "contains"]),
        st.lists(texts, max_size=4).map(tuple) | st.just(("CA", "OR")),
    ),
    st.builds(Condition, st.just("industry"), st.just("under"), texts | st.lists(texts).map(tuple)),
    st.builds(Condition, st.just("employees"), st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), numbers),
    st.builds(Condition, st.just("employees"), st.just("between"), st.builds(Range, numbers, numbers)),
    st.builds(Condition, st.just("postal_code"), st.just("in"), st.builds(SetRef, texts)),
    st.builds(Condition, st.just("product_lines"), st.just("includes any"), st.lists(texts).map(tuple)),
    st.builds(
        Condition, st.sampled_from(["state", "position"]), st.sampled_from(["is empty", "is not empty"])
    ),
    st.builds(Condition, st.just("position"), st.just("inside"), st.builds(AreaRef, texts)),
    st.just(Condition("position", "within", Circle(2.5, -89.25, 179))),
)
rules = st.just(ALL) | st.recursive(
    conditions,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: join_all(*parts))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: join_any(*parts))
        | inner.map(negate)
    ),
    max_leaves=8,
)
accounts = st.fixed_dictionaries(
    {"id": st.just("A")},
    optional={
        "state": st.sampled_from(["CA", "OR", " "]),
        "employees": st.integers(-2, 2),
        "industry": st.sampled_from(["31-33", "311", "62"]),
        "product_lines": st.sampled_from(["a|b", ""]),
    },
)


@given(rules)
def test_text_and_json_round_trip(rule) -> None:
    text = print_rule(rule)
    assert parse_rule(text) == rule
    assert print_rule(parse_rule(text)) == text
    assert rule_from_json(rule_to_json(rule)) == rule
    assert describe_rule(rule)


@given(rules, accounts)
def test_the_normal_form_means_the_same(rule, raw) -> None:
    scope = Scope(STANDARD, areas={})
    rule = _without_areas(rule)
    seen = AccountReader(STANDARD, {}).read(raw)
    conjuncts = normalise_rule(rule)
    assert len(conjuncts) == count_conjuncts(rule)
    by_form = any(
        all(bind_condition(part.condition, scope)(seen) is part.is_positive for part in conjunct)
        for conjunct in conjuncts
    )
    assert by_form is match_rule(rule, seen, scope)
    assert match_rule(Not(Not(rule)), seen, scope) is by_form


def _without_areas(rule):
    if isinstance(rule, Condition):
        return Condition("state", "is empty") if isinstance(rule.value, AreaRef) else rule
    if isinstance(rule, Not):
        return Not(_without_areas(rule.rule))
    return rule if rule == ALL else type(rule)(tuple(map(_without_areas, rule.rules)))


def test_size_is_known_before_anything_is_multiplied_out() -> None:
    huge = parse_rule(" and ".join(['(state = "a" or city = "b")'] * 300))
    assert count_conjuncts(huge) == 2**300
    with pytest.raises(Exception, match="more than a trillion"):
        normalise_rule(huge)


def test_plain_words() -> None:
    rule = parse_rule('state in ["CA", "OR", "WA"] and not industry under "62"')
    assert describe_rule(rule) == "state is one of CA, OR and WA, and industry is not under 62"


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", 1, 1, "empty"),
        ("state = CA", 1, 9, '"CA"'),
        ('state = "CA" and\n  stte = "x"', 2, 3, 'Did you mean "state"'),
        ('all and state = "x"', 1, 5, "alone"),
        ('state in ["CA" "OR"]', 1, 11, "commas"),
        ('(state = "CA"', 1, 14, "closing bracket"),
        ("employees > 10,000", 1, 15, "expected"),
        ('state = "CA', 1, 9, "closing"),
        ('state under "1"', 1, 1, "hierarchical"),
        ('employees = "many"', 1, 1, "number"),
        ("position within 5 km of (91, 0)", 1, 17, "latitude"),
        ("not " * 101 + 'state = "x"', 1, 1, "levels deep"),
    ],
)
def test_faults_name_their_place(text: str, line: int, column: int, says: str) -> None:
    with pytest.raises(FaultyInputError) as caught:
        parse_rule(text)
    fault = caught.value.findings[0]
    assert (fault.line, fault.column) == (line, column)
    assert says in fault.sentence


def test_every_fault_of_a_rule_is_reported_at_once() -> None:
    with pytest.raises(FaultyInputError) as caught:
        parse_rule('foo = 1 and employees = "x" and bar is empty')
    assert len(caught.value.findings) == 3


def test_dates_and_numbers_are_typed() -> None:
    assert parse_rule("annual revenue > $2.5k") == Condition("annual_revenue", ">", 2500)
    assert parse_rule("annual_revenue <= 1.1B") == Condition("annual_revenue", "<=", 1_100_000_000)
    catalogue_date = dt.date(2027, 1, 31)
    assert print_rule(Condition("renewal", "=", catalogue_date)) == "renewal = 2027-01-31"


def _envelope(*parts, **more):
    return {"schema": SCHEMA, "combinator": "and", "rules": list(parts), **more}


def test_json_from_a_browser_is_normalised() -> None:
    sent = _envelope(
        {"id": "r1", "field": "employees", "operator": ">", "value": "10", "valueSource": "value"},
        {"field": "state", "operator": "in", "value": "CA, OR"},
        {"field": "name", "operator": "doesNotContain", "value": "x"},
        {"combinator": "or", "rules": [{"field": "state", "operator": "null", "value": ""}], "muted": False},
    )
    assert print_rule(rule_from_json(sent)) == (
        'employees > 10 and state in ["CA", "OR"] and not name contains "x" and state is empty'
    )


@pytest.mark.parametrize(
    "sent",
    [
        {"combinator": "and", "rules": []},
        _envelope({"field": "state", "operator": "=", "value": "x"}, "or"),
        {"schema": SCHEMA, "rules": [{"field": "state", "operator": "=", "value": "x"}]},
        _envelope({"field": "state", "operator": "=", "value": "x", "muted": True}),
        _envelope({"combinator": "and", "rules": []}),
        _envelope({"field": "state", "operator": "sounds", "value": "x"}),
        _envelope({"field": "nope", "operator": "=", "value": "x"}),
        _envelope({"field": "state", "operator": "=", "value": "city", "valueSource": "field"}),
        _envelope({"field": "employees", "operator": "=", "value": float("nan")}),
        _envelope({"field": "state", "operator": "=", "value": {"a": 1}}),
        _envelope({"field": "state", "operator": "=", "value": "x"}, disabled=True),
        [],
    ],
)
def test_json_that_cannot_be_meant_is_refused(sent) -> None:
    with pytest.raises(FaultyInputError):
        rule_from_json(sent)


def test_json_nested_too_deep_is_refused() -> None:
    sent = {"field": "state", "operator": "=", "value": "x"}
    for _ in range(105):
        sent = {"combinator": "and", "rules": [sent]}
    with pytest.raises(FaultyInputError, match="levels deep"):
        rule_from_json({"schema": SCHEMA, **sent})
