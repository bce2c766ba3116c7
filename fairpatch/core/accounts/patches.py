"""How do a list of territories, a state or postal map and the reps' seats become a plan?

Levels above the territories come from their columns level_1 to level_3; a state map becomes rules such as
`country = "US" and state in [...]`; levels get the countries of everything below them. With a leaf for each
rep, a territory that is shared by several reps becomes an inner node, and each leaf names the accounts its
rep owns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from fairpatch.core.plans.plan import Layer, Plan, Seat, SeatKind, Territory
from fairpatch.core.rules.fields import Field
from fairpatch.core.rules.text import parse_rule
from fairpatch.core.rules.tree import ALL, And, Condition, Or, Range, Rule, join_all, join_any
from fairpatch.core.rules.values import fold_code


@dataclass(frozen=True, slots=True)
class PatchRow:
    """One territory of the file."""

    code: str
    name: str = ""
    parent: str = ""
    layer: str = ""
    type: str = ""
    description: str = ""
    rule: str = ""
    priority: int | None = None
    country: str = ""
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MapRow:
    """One line of a state or postal map, by the territory's folded code."""

    territory: str
    country: str
    code: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class SeatRow:
    territory: str
    rep: str
    seat: str = "primary"
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PatchFiles:
    """Everything in an import that a plan is made of. Codes and ids are as written, maps by folded code."""

    territories: Sequence[PatchRow]
    states: Sequence[MapRow] = ()
    postal: Sequence[MapRow] = ()
    seats: Sequence[SeatRow] = ()
    owned: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Account ids by their owner's folded id."""
    rep_names: Mapping[str, str] = field(default_factory=dict)
    fields: Sequence[Field] = ()
    is_leaf_per_rep: bool = False


def compose_plan(files: PatchFiles, name: str, currency: str, name_country: Callable[[str], str]) -> Plan:
    """The plan; what is wrong with it is found by `find_plan_faults`.

    FaultyInputError when a rule cannot be read.
    """
    rules = _make_rules(files)
    rows = {row.code: row for row in files.territories}
    territories = [
        Territory(
            row.code,
            name=row.name or None,
            parent=row.parent or None,
            layer=row.layer or None,
            type=row.type or None,
            description=row.description or None,
            priority=row.priority,
            rule=rules.get(row.code),
        )
        for row in rows.values()
    ]
    levels, parents = _make_levels(files.territories, rules, name_country)
    territories = [replace(t, parent=t.parent or parents.get(t.code)) for t in territories]
    everything = {territory.code: territory for territory in (*levels, *territories)}
    seats = [replace(seat, territory=_find_code(seat.territory, everything)) for seat in files.seats]
    if files.is_leaf_per_rep:
        leaves, seats = _make_leaves(files, seats, rows)
        everything |= {leaf.code: leaf for leaf in leaves}
    layers = tuple(dict.fromkeys(row.layer for row in files.territories if row.layer)) or ("sales",)
    return Plan(
        name=name,
        layers=tuple(Layer(code, "overlay" if place else "primary") for place, code in enumerate(layers)),
        territories=tuple(everything.values()),
        seats=tuple(
            Seat(seat.territory, seat.rep, cast(SeatKind, seat.seat), seat.start, seat.end) for seat in seats
        ),
        fields=tuple(files.fields),
        currency=currency or None,
    )


# --- rules


def _make_rules(files: PatchFiles) -> dict[str, Rule]:
    states, postal = _group(files.states), _group(files.postal)
    rules: dict[str, Rule] = {}
    for row in files.territories:
        key = fold_code(row.code) or ""
        parts = [
            *_make_state_rules(states.get(key, ())),
            *_make_postal_rules(postal.get(key, ()), row.country),
        ]
        if row.rule:
            rules[row.code] = parse_rule(row.rule, where=f"territories.{row.code}.rule")
        elif parts:
            rules[row.code] = join_any(*parts)
        elif row.country:
            rules[row.code] = Condition("country", "=", row.country)
    return rules


def _group(rows: Iterable[MapRow]) -> dict[str, list[MapRow]]:
    groups: dict[str, list[MapRow]] = {}
    for row in rows:
        groups.setdefault(row.territory, []).append(row)
    return groups


def _make_state_rules(rows: Iterable[MapRow]) -> list[Rule]:
    by_country: dict[str, list[str]] = {}
    for row in rows:
        by_country.setdefault(row.country, []).append(row.code)
    return [
        join_all(Condition("country", "=", country), _one_of("state", codes))
        for country, codes in sorted(by_country.items())
    ]


def _make_postal_rules(rows: Iterable[MapRow], country: str) -> list[Rule]:
    by_country: dict[str, list[MapRow]] = {}
    for row in rows:
        by_country.setdefault(row.country or country, []).append(row)
    rules = []
    for code, members in sorted(by_country.items()):
        ranges = [Condition("postal_code", "between", Range(m.code, m.until)) for m in members if m.until]
        whole = [m.code for m in members if not m.until and _is_whole(m.code, code)]
        prefixes = [m.code for m in members if not m.until and not _is_whole(m.code, code)]
        parts: list[Rule] = [*ranges]
        if whole:
            parts.append(_one_of("postal_code", whole))
        if prefixes:
            parts.append(Condition("postal_code", "begins with", tuple(sorted(set(prefixes)))))
        geography = join_any(*parts)
        rules.append(join_all(Condition("country", "=", code), geography) if code else geography)
    return rules


def _is_whole(code: str, country: str) -> bool:
    """US codes of fewer than five digits are prefixes (as in a map of three-digit ZIP areas)."""
    return not (country == "US" and code.isdigit() and len(code) < 5)


def _one_of(name: str, codes: Iterable[str]) -> Condition:
    unique = tuple(sorted(set(codes)))
    return Condition(name, "=", unique[0]) if len(unique) == 1 else Condition(name, "in", unique)


# --- levels


def _make_levels(
    rows: Sequence[PatchRow], rules: Mapping[str, Rule], name_country: Callable[[str], str]
) -> tuple[list[Territory], dict[str, str]]:
    """The inner nodes above the territories, and each territory's parent among them."""
    taken = {row.code for row in rows}
    codes: dict[tuple[str, ...], str] = {}
    below: dict[str, list[str]] = {}
    parents: dict[str, str] = {}
    country_names: dict[str, str] = {}
    for row in rows:
        way = tuple(level for level in row.levels if level)
        for depth in range(1, len(way) + 1):
            step = way[:depth]
            if step not in codes:
                codes[step] = _choose_code(step, taken)
                taken.add(codes[step])
            below.setdefault(codes[step], []).append(row.code)
            if way[depth - 1] == row.country:
                country_names[codes[step]] = name_country(row.country)
        if way and not row.parent:
            parents[row.code] = codes[way]
    levels = [
        Territory(
            code,
            name=country_names.get(code) or (step[-1] if step[-1] != code else None),
            parent=codes[step[:-1]] if len(step) > 1 else None,
            rule=_cover([rules.get(member) for member in below[code]]),
        )
        for step, code in codes.items()
    ]
    return levels, parents


def _choose_code(step: tuple[str, ...], taken: set[str]) -> str:
    if step[-1] not in taken:
        return step[-1]
    code = "/".join(step)
    return code if code not in taken else f"{code} (level {len(step)})"


def _cover(rules: Sequence[Rule | None]) -> Rule | None:
    """`country in [...]` for all countries that the rules name; none when one of them names no country."""
    countries: set[str] = set()
    for rule in rules:
        named = _list_countries(rule) if rule is not None else None
        if named is None:
            return None
        countries |= named
    return _one_of("country", countries) if countries else None


def _list_countries(rule: Rule) -> set[str] | None:
    """The countries outside of which the rule cannot match; None when it says nothing of the kind."""
    if isinstance(rule, Condition):
        if rule.field != "country" or rule.operator not in ("=", "in"):
            return None
        values = rule.value if isinstance(rule.value, tuple) else (rule.value,)
        return {str(value) for value in values}
    if isinstance(rule, And):
        return next((named for part in rule.rules if (named := _list_countries(part)) is not None), None)
    if not isinstance(rule, Or):
        return None
    every: set[str] = set()
    for part in rule.rules:
        named = _list_countries(part)
        if named is None:
            return None
        every |= named
    return every


# --- seats and leaves


def _find_code(written: str, territories: Mapping[str, Territory]) -> str:
    """A seat may name a territory or a level above by its code, whatever the case; or by its name."""
    if written in territories:
        return written
    folded = fold_code(written)
    by_code = [code for code in territories if fold_code(code) == folded]
    by_name = [code for code, territory in territories.items() if fold_code(territory.name) == folded]
    return (by_code or by_name or [written])[0]


def _make_leaves(
    files: PatchFiles, seats: Sequence[SeatRow], rows: Mapping[str, PatchRow]
) -> tuple[list[Territory], list[SeatRow]]:
    """A leaf for each primary seat in a territory of the file; seats elsewhere stay where they are."""
    holders: dict[str, list[str]] = {}
    for seat in seats:
        if (
            seat.territory in rows
            and seat.seat == "primary"
            and seat.rep not in holders.get(seat.territory, ())
        ):
            holders.setdefault(seat.territory, []).append(seat.rep)
    leaves: list[Territory] = []
    named: set[str] = set()
    for code, reps in holders.items():
        for rep in reps:
            key = fold_code(rep) or ""
            # A rep with two patches: the accounts are named in the first; a name in two places would be a
            # tie.
            accounts = () if key in named else tuple(sorted(files.owned.get(key, ())))
            named.add(key)
            leaves.append(
                Territory(
                    f"{code}-{rep}",
                    name=f"{rows[code].name or code} – {files.rep_names.get(key, rep)}",
                    parent=code,
                    accounts=accounts,
                    # Alone in the patch, the rep also takes whatever is new in it.
                    rule=ALL if len(reps) == 1 else None,
                )
            )
    moved = [
        replace(seat, territory=f"{seat.territory}-{seat.rep}")
        if seat.territory in holders and seat.seat == "primary"
        else seat
        for seat in seats
    ]
    return leaves, moved
