"""How do two plans that grew out of the same one come together? Both sides' changes, or every conflict.

A three-way merge by element and attribute. Lists are merged account by account (value by value). Where both
sides changed one attribute to different things, or one removed what the other changed, nobody but a person
can decide.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.core.plans.lock_keys import LockKey, key_locks
from fairpatch.core.plans.plan import Layer, Lock, Plan, Seat, SeatKind, Territory, fold_account_id
from fairpatch.core.rules.fields import Field
from fairpatch.core.rules.text import print_rule
from fairpatch.core.rules.tree import Rule
from fairpatch.core.rules.words import join_words
from fairpatch.core.territories.hierarchy import Hierarchy

CONFLICT = "conflict"
GIVE_WAY = (
    "Write in the draft what the live plan says here, bring it up to date, and then change it again if you "
    "still want to."
)
REMOVE_TOO = "Remove it from the draft too, bring the draft up to date, and then add it again if needed."
PUT_BACK = (
    "Put it back into the draft as it is in the live plan, bring the draft up to date, and then remove it "
    "again if you still want to."
)
FIT = "Change the draft so that it fits the live plan of today, and then bring it up to date."
SHOWN = 90

Side: TypeAlias = Literal["draft", "live"]

_Key = TypeVar("_Key", bound=Hashable)
Facts: TypeAlias = Mapping[str, Any]
Things: TypeAlias = Mapping[_Key, Facts]
# Where there was nothing before; equal to nothing else.
_NOTHING = object()
_PLACE = re.compile(r"\b(fields|layers|territories|locks|seats)\[(\d+)\](?:\.(\w+))?")


@dataclass(frozen=True, slots=True)
class _Values:
    """A list whose order carries no meaning, and the form in which its entries are compared."""

    texts: tuple[str, ...] = ()
    fold: Callable[[str], str] = str

    @property
    def by_key(self) -> dict[str, str]:
        return {self.fold(text): text for text in reversed(self.texts)}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a territory stands: under another or, at the top, in a layer. Decided as one."""

    parent: str | None
    layer: str | None

    def __str__(self) -> str:
        return f"at the top of the layer {self.layer}" if self.parent is None else f"under {self.parent}"


def merge_plans(base: Plan, draft: Plan, live: Plan, prefer: Side | None = None) -> Plan:
    """The draft with what the live plan changed since `base`, under the draft's name and day.

    All three are plans without faults. `prefer`: whose word counts where both sides changed one thing.
    FaultyInputError with every conflict, or with the faults of what the two would be together.
    """
    merger = _Merger(prefer)
    sides = (base, draft, live)
    fields = merger.merge_things('the field "{}"', *map(_list_fields, sides))
    sets = merger.merge_things('the value set "{}"', *(_list_sets(plan.value_sets) for plan in sides))
    regions = merger.merge_things('the region "{}"', *(_list_sets(plan.regions) for plan in sides))
    areas = merger.merge_things('the area "{}"', *(_list_areas(plan) for plan in sides))
    layers = merger.merge_things('the layer "{}"', *map(_list_layers, sides))
    territories = merger.merge_things("{}", *map(_list_territories, sides))
    locks = merger.merge_things("the lock of account {}", *_list_locks(sides))
    seats = merger.merge_things("the seat of {}", *map(_list_seats, sides))
    currency = merger.merge_value("the plan", "currency", *(plan.currency for plan in sides))
    order = merger.order_layers(sides, layers)
    if merger.findings:
        raise FaultyInputError(merger.findings, CONFLICT)
    merged = Plan(
        name=draft.name,
        layers=tuple(_make_layer(code, layers[code]) for code in order),
        territories=tuple(_make_territory(code, facts, order[0]) for code, facts in territories.items()),
        locks=tuple(_make_lock(key, facts) for key, facts in locks.items()),
        seats=tuple(seat for key, facts in seats.items() for seat in _make_seats(key, facts)),
        fields=tuple(_make_field(name, facts) for name, facts in fields.items()),
        value_sets={name: facts["values"].texts for name, facts in sets.items()},
        regions={name: facts["values"].texts for name, facts in regions.items()},
        areas={name: facts["corners"] for name, facts in areas.items()},
        effective=draft.effective,
        currency=currency,
    )
    faults = [fault for fault in find_plan_faults(merged) if fault.is_error]
    if faults:
        raise FaultyInputError([_explain_fault(fault, merged) for fault in faults], CONFLICT)
    return merged


class _Merger:
    """Merges part by part and gathers every conflict on the way, unless one side's word counts."""

    def __init__(self, prefer: Side | None) -> None:
        self.prefer = prefer
        self.findings: list[Finding] = []

    def merge_things(
        self, naming: str, base: Things[_Key], draft: Things[_Key], live: Things[_Key]
    ) -> dict[_Key, Facts]:
        """The things that are there afterwards, each with its merged facts."""
        merged: dict[_Key, Facts] = {}
        # In one order from either side, so that findings read alike too.
        for key in sorted({*draft, *live}, key=lambda key: (_spell_key(key), repr(key))):
            name = naming.format(_spell_key(key))
            before, here, there = base.get(key), draft.get(key), live.get(key)
            if here is not None and there is not None:
                merged[key] = {
                    attribute: self.merge_value(
                        name,
                        attribute,
                        _NOTHING if before is None else before[attribute],
                        here[attribute],
                        value,
                    )
                    for attribute, value in there.items()
                }
                continue
            left = here if here is not None else there
            assert left is not None, "a key comes from one of the two"
            if before is None:
                merged[key] = left
            elif changed := [name_ for name_ in left if not _is_same(before[name_], left[name_])]:
                if self.prefer is None:
                    self._report_removal(name, changed, is_in_draft=here is not None)
                elif (self.prefer == "draft") == (here is not None):
                    merged[key] = left
        return merged

    def merge_value(self, name: str, attribute: str, base: Any, draft: Any, live: Any) -> Any:
        """What an attribute is afterwards."""
        # As written first, so that an untouched list keeps its very order.
        if draft == live or base == live:
            return draft
        if base == draft:
            return live
        if isinstance(draft, _Values):
            return _merge_values(base if isinstance(base, _Values) else _Values(), draft, live)
        if _is_same(draft, live) or _is_same(base, live):
            return draft
        if _is_same(base, draft):
            return live
        if self.prefer is not None:
            return draft if self.prefer == "draft" else live
        deed = "added" if base is _NOTHING else "changed"
        what = f"{name}, with different values for its {attribute}" if base is _NOTHING else ""
        self._report(
            name,
            f"Both the draft and the live plan {deed} {what or f'the {attribute} of {name}'}: the draft says "
            f"{_show(draft)}, the live plan says {_show(live)}.",
            GIVE_WAY,
        )
        return draft

    def order_layers(self, sides: tuple[Plan, Plan, Plan], layers: Mapping[str, Facts]) -> list[str]:
        """The layers in order, of which only the first place has a meaning."""
        base, draft, live = ([layer.code for layer in plan.layers] for plan in sides)
        if base == live or draft == live:
            order = draft
        elif base == draft:
            order = live
        else:
            firsts = (codes[0] if codes else None for codes in (base, draft, live))
            first = self.merge_value("the plan", "first layer", *firsts)
            order = sorted(layers, key=lambda code: (code != first, code not in base, code))
        assert self.findings or set(order[:1]) <= set(layers), "removing what became the first is a conflict"
        return [code for code in order if code in layers]

    def _report_removal(self, name: str, changed: list[str], is_in_draft: bool) -> None:
        remover, changer = ("live plan", "draft") if is_in_draft else ("draft", "live plan")
        attributes = join_words([f"its {attribute}" for attribute in changed], "and")
        sentence = f"The {remover} removed {name}, but the {changer} changed {attributes}."
        self._report(name, sentence, REMOVE_TOO if is_in_draft else PUT_BACK)

    def _report(self, where: str, sentence: str, suggestion: str) -> None:
        self.findings.append(Finding("error", where.removeprefix("the "), sentence, suggestion=suggestion))


def _is_same(one: Any, other: Any) -> bool:
    if one == other:
        return True
    if isinstance(one, _Values) and isinstance(other, _Values):
        return one.by_key.keys() == other.by_key.keys()
    return isinstance(one, Rule) and isinstance(other, Rule) and print_rule(one) == print_rule(other)


def _merge_values(base: _Values, draft: _Values, live: _Values) -> _Values:
    """What both kept and what either added. Two sides never disagree about an entry: it is there or not."""
    before, here, there = base.by_key, draft.by_key, live.by_key
    kept = {key for key in here.keys() | there.keys() if (key in here and key in there) or key not in before}
    texts = (_choose_spelling(before.get(key), here.get(key), there.get(key)) for key in kept)
    return _Values(tuple(sorted(texts)), draft.fold)


def _choose_spelling(before: str | None, here: str | None, there: str | None) -> str:
    """The changed spelling where one side changed it, else the first in text order."""
    spellings = {text for text in (here, there) if text is not None}
    return min(spellings - {before} or spellings)


def _show(value: Any) -> str:
    if value in (None, ()):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return join_words(["an open end" if one is None else str(one) for one in value], "and")
    text = print_rule(value) if isinstance(value, Rule) else str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _spell_key(key: Hashable) -> str:
    return key.words if isinstance(key, LockKey | _SeatKey) else str(key)


def _explain_fault(fault: Finding, merged: Plan) -> Finding:
    """A fault of the merged plan, which nobody can look up, in words for what stands there."""

    def spell(found: re.Match[str]) -> str:
        noun, place, attribute = found.groups()
        thing = _describe_part(getattr(merged, noun)[int(place)])
        return f"{attribute} of {thing}" if attribute else thing

    where, sentence = (_PLACE.sub(spell, text) for text in (fault.where, fault.sentence))
    told = f"The draft and the live plan do not fit together ({where}): {sentence}"
    return replace(fault, where=where, sentence=told, suggestion=fault.suggestion or FIT)


def _describe_part(part: Field | Layer | Territory | Lock | Seat) -> str:
    if isinstance(part, Field):
        return f"field {part.name}"
    if isinstance(part, Lock):
        return f"lock of account {part.account} in {part.territory}"
    if isinstance(part, Seat):
        return f"{part.kind} seat of {part.rep} in {part.territory}"
    return part.code if isinstance(part, Territory) else f"layer {part.code}"


@dataclass(frozen=True, slots=True)
class _SeatKey:
    territory: str
    rep: str
    kind: SeatKind
    start: dt.date | None

    @property
    def words(self) -> str:
        return f"{self.rep} in {self.territory} ({self.kind}) from {self.start or 'the beginning'}"


def _list_fields(plan: Plan) -> Things[str]:
    return {
        own.name: {
            "type": own.type,
            "label": own.label,
            "dimension": own.dimension,
            "choices": _Values(own.choices),
        }
        for own in plan.fields
    }


def _make_field(name: str, facts: Facts) -> Field:
    return Field(name, **{**facts, "choices": facts["choices"].texts})


def _list_sets(sets: Mapping[str, tuple[str, ...]]) -> Things[str]:
    return {name: {"values": _Values(values)} for name, values in sets.items()}


def _list_areas(plan: Plan) -> Things[str]:
    return {name: {"corners": ring} for name, ring in plan.areas.items()}


def _list_layers(plan: Plan) -> Things[str]:
    return {
        layer.code: {
            "role": layer.role,
            "engagement": layer.engagement,
            "credit": layer.credit,
            "families": layer.families,
            "placement": layer.placement,
            "on_change": layer.on_change,
            # The first layer is the default one.
            "place": "first" if place == 0 else "later",
        }
        for place, layer in enumerate(plan.layers)
    }


def _make_layer(code: str, facts: Facts) -> Layer:
    return Layer(code, **{attribute: value for attribute, value in facts.items() if attribute != "place"})


def _list_territories(plan: Plan) -> Things[str]:
    """As written, but with the layer said at every top and nowhere below, whatever the default layer is."""
    tree = Hierarchy(plan)
    return {
        territory.code: {
            "name": territory.name,
            "place": _Place(
                territory.parent, tree.layer_of(territory.code) if territory.parent is None else None
            ),
            "type": territory.type,
            "description": territory.description,
            "priority": territory.priority,
            "rule": territory.rule,
            "inheriting of rules": territory.inherit,
            "holding of accounts": territory.assignable,
            "named accounts": _Values(territory.accounts, fold_account_id),
            "excluded accounts": _Values(territory.exclude, fold_account_id),
        }
        for territory in plan.territories
    }


def _make_territory(code: str, facts: Facts, default_layer: str) -> Territory:
    return Territory(
        code,
        name=facts["name"],
        parent=facts["place"].parent,
        layer=None if facts["place"].layer == default_layer else facts["place"].layer,
        type=facts["type"],
        description=facts["description"],
        priority=facts["priority"],
        rule=facts["rule"],
        inherit=facts["inheriting of rules"],
        assignable=facts["holding of accounts"],
        accounts=facts["named accounts"].texts,
        exclude=facts["excluded accounts"].texts,
    )


def _list_locks(sides: tuple[Plan, Plan, Plan]) -> list[Things[LockKey]]:
    """Of base, draft and live: only seen together do they tell which lock is which."""
    return [
        {
            key: {
                "account": _Values((lock.account,), fold_account_id),
                "territory": lock.territory,
                "reason": lock.reason,
                "approver": lock.approver,
                "last day": lock.end,
            }
            for key, lock in keyed.items()
        }
        for keyed in key_locks(*sides)
    ]


def _make_lock(key: LockKey, facts: Facts) -> Lock:
    """Its layer is its territory's, also where that moved."""
    return Lock(
        facts["account"].texts[0],
        facts["territory"],
        reason=facts["reason"],
        approver=facts["approver"],
        start=key.start,
        end=facts["last day"],
    )


def _list_seats(plan: Plan) -> Things[_SeatKey]:
    """Nothing forbids two seats that differ only in their last day: a key has all of them."""
    ends: dict[_SeatKey, list[dt.date | None]] = {}
    for seat in plan.seats:
        ends.setdefault(_SeatKey(seat.territory, seat.rep, seat.kind, seat.start), []).append(seat.end)
    return {
        key: {"last day": tuple(sorted(days, key=lambda day: day or dt.date.max))}
        for key, days in ends.items()
    }


def _make_seats(key: _SeatKey, facts: Facts) -> list[Seat]:
    return [Seat(key.territory, key.rep, key.kind, key.start, end) for end in facts["last day"]]
