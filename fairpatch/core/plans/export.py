"""How is a plan written as text, so that a small change is a small difference?

Canonical: sections, territories, lists and keys in a fixed order, long lists one value a line. Reading
what was written and writing it again gives the same text.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from fairpatch.core.plans.plan import FORMAT_VERSION, Lock, Plan, Seat, Territory
from fairpatch.core.rules.fields import Field
from fairpatch.core.rules.text import print_rule
from fairpatch.core.rules.tree import Rule
from fairpatch.core.territories.hierarchy import Hierarchy

MAX_LINE = 100
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*")
# Words some YAML reader somewhere takes for something other than text.
_MISREAD = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_Scalar = str | int | float | dt.date | bool


def print_plan(plan: Plan) -> str:
    """The canonical YAML of a plan without faults."""
    hierarchy = Hierarchy(plan)
    lines = [f"fairpatch: {FORMAT_VERSION}", f"name: {quote_text(plan.name)}"]
    if plan.effective:
        lines.append(f"effective: {plan.effective.isoformat()}")
    if plan.currency:
        lines.append(f"currency: {quote_text(plan.currency)}")
    fields = sorted(plan.fields, key=lambda field: field.name)
    lines += _print_section("fields", (_flow(_list_field(field)) for field in fields))
    lines += _print_lists("value_sets", plan.value_sets)
    lines += _print_lists("regions", plan.regions)
    lines += _print_areas(plan.areas)
    lines += _print_section("layers", (_flow(_list_layer(plan, place)) for place in range(len(plan.layers))))
    if plan.territories:
        lines.append("territories:")
        for territory in hierarchy.walk_preorder():
            lines += _print_territory(territory, hierarchy)
    lines += _print_section("locks", (_flow(_list_lock(lock, hierarchy)) for lock in _sort_locks(plan.locks)))
    lines += _print_section("seats", (_flow(_list_seat(seat)) for seat in _sort_seats(plan.seats)))
    return "\n".join(lines) + "\n"


def quote_text(text: str) -> str:
    """Text as YAML: bare where no reader can mistake it, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _MISREAD:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if _is_printable(char) else _escape(char) for char in quoted)


def _is_printable(char: str) -> bool:
    return char.isprintable() and not 0xD800 <= ord(char) <= 0xDFFF


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _spell(value: _Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return format(Decimal(repr(value)), "f")


def _flow(pairs: Iterable[tuple[str, _Scalar | tuple[str, ...] | None]]) -> str:
    """One mapping on one line, without the keys that say nothing."""
    shown = (
        f"{key}: [{', '.join(map(quote_text, value))}]"
        if isinstance(value, tuple)
        else f"{key}: {_spell(value)}"
        for key, value in pairs
        if value is not None and value != ()
    )
    return "{" + ", ".join(shown) + "}"


def _print_section(name: str, items: Iterable[str]) -> list[str]:
    lines = [f"  - {item}" for item in items]
    return [f"{name}:", *lines] if lines else []


def _print_list(head: str, values: Iterable[str], indent: str) -> Iterator[str]:
    """A set of values in text order: on the line when short, else one a line."""
    quoted = [quote_text(value) for value in sorted(set(values))]
    line = f"{head} [{', '.join(quoted)}]" if len(quoted) <= MAX_LINE // 4 else ""
    if line and len(line) <= MAX_LINE:
        yield line
        return
    yield head
    yield from (f"{indent}- {value}" for value in quoted)


def _print_lists(name: str, lists: Mapping[str, Iterable[str]]) -> Iterator[str]:
    if lists:
        yield f"{name}:"
    for key in sorted(lists):
        yield from _print_list(f"  {quote_text(key)}:", lists[key], "    ")


def _print_areas(areas: Mapping[str, Iterable[tuple[float, float]]]) -> Iterator[str]:
    if areas:
        yield "areas:"
    for key in sorted(areas):
        yield f"  {quote_text(key)}:"
        yield from (f"    - [{_spell(x)}, {_spell(y)}]" for x, y in areas[key])


def _print_territory(territory: Territory, hierarchy: Hierarchy) -> Iterator[str]:
    is_root = hierarchy.parent_of(territory.code) is None
    layer = hierarchy.layer_of(territory.code)
    pairs: list[tuple[str, _Scalar | None]] = [
        ("name", territory.name),
        ("parent", territory.parent),
        ("layer", layer if is_root and layer != hierarchy.default_layer else None),
        ("type", territory.type),
        ("description", territory.description),
        ("priority", territory.priority),
        ("inherit", None if territory.inherit else False),
        ("assignable", territory.assignable),
    ]
    yield f"  - code: {quote_text(territory.code)}"
    yield from (f"    {key}: {_spell(value)}" for key, value in pairs if value is not None)
    if territory.rule is not None:
        yield f"    rule: {_quote_rule(territory.rule)}"
    if territory.accounts:
        yield from _print_list("    accounts:", territory.accounts, "      ")
    if territory.exclude:
        yield from _print_list("    exclude:", territory.exclude, "      ")


def _quote_rule(rule: Rule) -> str:
    """Single quotes, in which rules stay legible; double ones when the text holds a control character."""
    text = print_rule(rule)
    if not all(map(_is_printable, text)):
        return quote_text(text)
    return text if text == "all" else "'" + text.replace("'", "''") + "'"


def _list_field(field: Field) -> list[tuple[str, _Scalar | tuple[str, ...] | None]]:
    return [
        ("name", field.name),
        ("type", field.type),
        ("label", field.label),
        ("dimension", field.dimension),
        ("choices", field.choices),
    ]


def _list_layer(plan: Plan, place: int) -> list[tuple[str, _Scalar | None]]:
    layer = plan.layers[place]
    return [
        ("code", layer.code),
        ("role", layer.role),
        ("engagement", layer.engagement),
        ("credit", layer.credit),
        ("families", None if layer.families == "apart" else layer.families),
        ("placement", None if layer.placement == "own" else layer.placement),
        ("on_change", None if layer.on_change == "propose" else layer.on_change),
    ]


def _list_lock(lock: Lock, hierarchy: Hierarchy) -> list[tuple[str, _Scalar | None]]:
    return [
        ("account", lock.account),
        ("territory", lock.territory),
        ("layer", lock.layer if lock.layer != hierarchy.layer_of(lock.territory) else None),
        ("reason", lock.reason),
        ("approver", lock.approver),
        ("from", lock.start),
        ("until", lock.end),
    ]


def _list_seat(seat: Seat) -> list[tuple[str, _Scalar | None]]:
    return [
        ("territory", seat.territory),
        ("rep", seat.rep),
        ("seat", seat.kind),
        ("from", seat.start),
        ("until", seat.end),
    ]


def _sort_locks(locks: Iterable[Lock]) -> list[Lock]:
    return sorted(locks, key=lambda lock: (lock.account, lock.territory, str(lock.start or ""), repr(lock)))


def _sort_seats(seats: Iterable[Seat]) -> list[Seat]:
    return sorted(
        seats, key=lambda seat: (seat.territory, seat.kind, str(seat.start or ""), seat.rep, repr(seat))
    )
