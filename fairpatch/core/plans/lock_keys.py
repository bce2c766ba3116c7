"""Which lock of one plan is which of another, also where a territory went to another layer meanwhile?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from fairpatch.core.plans.plan import Lock, Plan, fold_account_id
from fairpatch.core.territories.hierarchy import Hierarchy


@dataclass(frozen=True, slots=True)
class LockKey:
    """What the same lock has in common in all plans. `territory` is where it was, not where it went."""

    account: str
    start: dt.date | None
    territory: str
    layer: str = field(compare=False)
    written: str = field(compare=False)

    @property
    def words(self) -> str:
        return f"{self.written} in the layer {self.layer} from {self.start or 'the beginning'}"


Keyed: TypeAlias = Mapping[LockKey, Lock]


def key_locks(base: Plan, draft: Plan, live: Plan) -> tuple[Keyed, Keyed, Keyed]:
    """The locks of `base`, and of two plans without faults that grew out of it, by keys they share.

    It is the same lock of an account from the same day where its territory is the same, wherever that
    moved; failing that, where its layer is, which has one lock at a time.
    """
    before, here, there = (_place_locks(plan) for plan in (base, draft, live))
    in_draft, in_live = _pair_locks(before, here), _pair_locks(before, there)
    added = [[one for one in here if one not in in_draft], [one for one in there if one not in in_live]]
    in_both = _pair_locks(*added)
    keys = {one: _make_key(one, one) for one in (*before, *added[0], *added[1])}
    for later, earlier in in_both.items():
        keys[later] = keys[earlier] = _make_key(earlier, later)
    return (
        {keys[one]: one.lock for one in before},
        {keys[in_draft.get(one, one)]: one.lock for one in here},
        {keys[in_live.get(one, one)]: one.lock for one in there},
    )


class _Placed(NamedTuple):
    """A lock, and the layer that its territory belongs to in its plan."""

    lock: Lock
    layer: str


def _spell_territory(one: _Placed) -> Hashable:
    return fold_account_id(one.lock.account), one.lock.start, one.lock.territory


def _spell_layer(one: _Placed) -> Hashable:
    return fold_account_id(one.lock.account), one.lock.start, one.layer


def _place_locks(plan: Plan) -> list[_Placed]:
    tree = Hierarchy(plan)
    return [_Placed(lock, tree.layer_of(lock.territory)) for lock in plan.locks]


def _pair_locks(earlier: Iterable[_Placed], later: Iterable[_Placed]) -> dict[_Placed, _Placed]:
    """Which of the earlier locks each later one is, for those that are one."""
    pairs: dict[_Placed, _Placed] = {}
    for spell in (_spell_territory, _spell_layer):
        taken = set(pairs.values())
        free = {spell(one): one for one in earlier if one not in taken}
        pairs |= {one: free[spell(one)] for one in later if one not in pairs and spell(one) in free}
    return pairs


def _make_key(one: _Placed, other: _Placed) -> LockKey:
    """Of the two that are one lock, alike from either side."""
    return LockKey(
        fold_account_id(one.lock.account),
        one.lock.start,
        min(one.lock.territory, other.lock.territory),
        min(one.layer, other.layer),
        min(one.lock.account, other.lock.account),
    )
