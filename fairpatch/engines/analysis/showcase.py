"""Which account shows what was found, and what does the reference say about it?

An account is made of one sample per axis; what a finding says of it is read off the same claims that routing
ranks, never off the analysis itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from fairpatch.core.routing.claims import ClaimFinder
from fairpatch.core.routing.precedence import Claim
from fairpatch.core.rules.account import AccountReader
from fairpatch.core.rules.fields import Catalogue
from fairpatch.core.rules.normal import Conjunct
from fairpatch.core.rules.tree import Not, join_all
from fairpatch.core.rules.words import describe_rule, describe_scalar
from fairpatch.engines.analysis.boxes import Ground
from fairpatch.engines.analysis.classes import Mask, list_bits
from fairpatch.engines.analysis.values import judge_text
from fairpatch.engines.analysis.worlds import Sample

_NEW_ID = "example"


class Showcase:
    """Accounts for the findings of one layer."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._reader = AccountReader(ground.plan.catalogue, ground.plan.regions)
        self._places = {item.code: place for place, item in enumerate(ground.plan.territories)}

    @cached_property
    def _finder(self) -> ClaimFinder:
        return ClaimFinder(self._ground.plan, self._ground.hierarchy, self._ground.layer)

    def locate(self, code: str, part: str = "rule") -> str:
        """Where a territory stands in the plan."""
        return f"territories[{self._places[code]}].{part}"

    def show_account(self, world: int, box: Sequence[Mask]) -> dict[str, Any]:
        """An account out of a box, by the plan format's field names; without an id unless one is needed."""
        found: dict[str, Any] = {}
        for axis, mask in zip(self._ground.worlds[world].axes, box, strict=True):
            sample = min(
                (axis.samples[bit] for bit in list_bits(mask)), key=lambda one: _judge(axis.fields, one)
            )
            found.update(zip(axis.fields, sample, strict=True))
        catalogue = self._ground.plan.catalogue
        order = {field.name: place for place, field in enumerate(catalogue.fields)}
        shown = {name: _spell(catalogue, name, found[name]) for name in sorted(found, key=order.__getitem__)}
        listed = {name: value for name, value in shown.items() if value is not None}
        if "id" in listed and not self._is_listed(found["id"]):
            del listed["id"]
        return listed

    def claim_account(self, account: Mapping[str, Any]) -> list[Claim]:
        """Every claim to a shown account, the winning one first."""
        seen = self._reader.read({"id": _NEW_ID, **account})
        return self._finder.find_claims(seen["id"], seen)

    def _is_listed(self, account_id: str) -> bool:
        return account_id in self._listed_ids

    @cached_property
    def _listed_ids(self) -> frozenset[str]:
        """Ids that lists, locks or rules name."""
        scope, field = self._ground.plan.scope, self._ground.plan.catalogue["id"]
        found: set[str] = set()
        for literal in self._ground.id_literals():
            if literal.condition.operator in ("=", "in"):
                found |= scope.fold_members(field, literal.condition.value)
        return frozenset(found)


def describe_example(account: Mapping[str, Any], catalogue: Catalogue) -> str:
    """ "country US, state CA"; an account of which nothing matters is any account."""
    if not account:
        return "an account of which nothing is known"
    return ", ".join(f"{catalogue[name].title} {_say(value)}" for name, value in account.items())


def describe_conjunct(conjunct: Conjunct, catalogue: Catalogue) -> str:
    """One alternative of a rule in words."""
    rules = (literal.condition if literal.is_positive else Not(literal.condition) for literal in conjunct)
    return describe_rule(join_all(*rules), catalogue)


def _say(value: Any) -> str:
    return describe_scalar(value) if isinstance(value, bool | int | float) else str(value)


def _judge(fields: Sequence[str], sample: Sample) -> tuple[int, int]:
    """What is simplest to read comes first: nothing said, then plain words; a home country is no burden."""
    burden = odd = 0
    for name, value in zip(fields, sample, strict=True):
        if name == "country":
            burden += 0 if value == "us" else 1 if value is None else 2
        elif value is not None:
            burden += 1
        odd += judge_text(value)[0] if isinstance(value, str) else 0
    return odd, burden


def _spell(catalogue: Catalogue, name: str, value: Any) -> Any:
    """A compared value as people and files write it."""
    if isinstance(value, frozenset):
        return "|".join(sorted(value))
    if isinstance(value, dt.date):
        return value.isoformat()
    if name in ("latitude", "longitude") and value is not None:
        return round(value, 6)
    is_code = isinstance(value, str) and catalogue[name].type == "code"
    return value.upper() if is_code and value.upper().lower() == value else value
