"""Which accounts were decided in a certain way in one layer?

What few accounts have in common is looked up in the company's columns, and the list starts from them; what
many have, a list in its order meets soon enough.
"""

from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet

from fairpatch.core.realignment.moves import CAUSES
from fairpatch.records.models import Account, Assignment
from fairpatch.records.queries.id_lists import select_ids
from fairpatch.records.queries.snapshot import load_snapshot
from fairpatch.records.routing_engine import Mask
from fairpatch.records.snapshot import NOBODY, Ids

FEW = 30_000
"""At about so many of a million accounts, both ways take equally long."""


@dataclass(frozen=True)
class Decided:
    """What was decided in a layer. None asks nothing."""

    layer_id: int
    territories: tuple[int, ...] | None = None
    cause: str | None = None
    is_unassigned: bool = False
    tie: bool | None = None

    @property
    def asks_nothing(self) -> bool:
        return self.territories is None and self.cause is None and not self.is_unassigned and self.tie is None


def match_decided(rows: QuerySet[Account], wanted: Decided) -> QuerySet[Account]:
    """Those of the accounts that were decided so. Ended accounts may be missing."""
    if wanted.asks_nothing:
        return rows
    ids = _find_ids(wanted)
    if len(ids) <= FEW:
        return rows.filter(id__in=select_ids(ids.tolist()))
    asked = Q(layer_id=wanted.layer_id)
    if wanted.territories is not None:
        asked &= Q(territory_id__in=wanted.territories)
    if wanted.cause is not None:
        asked &= Q(cause=wanted.cause)
    if wanted.is_unassigned:
        asked &= Q(territory_id__isnull=True)
    if wanted.tie is not None:
        asked &= Q(tie=wanted.tie)
    return rows.filter(Exists(Assignment.objects.filter(asked, account_id=OuterRef("id"))))


def _find_ids(wanted: Decided) -> Ids:
    snapshot = load_snapshot()
    decided = snapshot.read_layer(wanted.layer_id)
    is_asked: Mask = decided["cause"] >= 0  # decided at all
    if wanted.territories is not None:
        is_asked &= np.isin(decided["territory"], wanted.territories)
    if wanted.cause is not None:
        is_asked &= decided["cause"] == list(CAUSES).index(wanted.cause)
    if wanted.is_unassigned:
        is_asked &= decided["territory"] == NOBODY
    if wanted.tie is not None:
        is_asked &= decided["tie"] == wanted.tie
    return snapshot.ids[is_asked]
