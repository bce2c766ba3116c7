"""What does a realignment cost and bring, in all and for each rep and territory?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple


class Load(NamedTuple):
    """A sum over accounts. Money in minor units of the organisation's currency.

    `relationships` are accounts that the rep who leaves them had worked (activities or deals).
    """

    accounts: int = 0
    revenue_minor: int = 0
    open_deals: int = 0
    pipeline_minor: int = 0
    activities: int = 0
    relationships: int = 0

    def plus(self, other: Load, sign: int = 1) -> Load:
        return Load(*(mine + sign * theirs for mine, theirs in zip(self, other, strict=True)))


class Flow(NamedTuple):
    """What goes from one rep and territory to another."""

    from_rep_id: int | None
    to_rep_id: int | None
    from_territory_id: int | None
    to_territory_id: int | None
    load: Load


def measure_impact(
    flows: Iterable[Flow],
    held_by_rep: Mapping[int, Load],
    held_by_territory: Mapping[int, Load],
    changes: Mapping[str, int],
) -> dict[str, Any]:
    """Totals over owners that change; in, out, before and after for every rep and territory concerned.

    `held_by_…` is what each holds now; `changes` counts moves by kind over all layers.
    """
    total = Load()
    reps: dict[int, list[Load]] = defaultdict(lambda: [Load(), Load()])
    territories: dict[int, list[Load]] = defaultdict(lambda: [Load(), Load()])
    for flow in flows:
        if flow.from_rep_id != flow.to_rep_id:
            total = total.plus(flow.load)
            _pour(reps, flow.from_rep_id, flow.to_rep_id, flow.load)
        if flow.from_territory_id != flow.to_territory_id:
            _pour(territories, flow.from_territory_id, flow.to_territory_id, flow.load)
    totals = total._asdict()
    totals["activities_due"] = totals.pop("activities")
    return {
        **totals,
        "changes": dict(sorted(changes.items())),
        "reps": [{"rep_id": pk, **row} for pk, row in _compare(reps, held_by_rep)],
        "territories": [{"territory_id": pk, **row} for pk, row in _compare(territories, held_by_territory)],
    }


def _pour(into: dict[int, list[Load]], source: int | None, target: int | None, load: Load) -> None:
    if target is not None:
        into[target][0] = into[target][0].plus(load)
    if source is not None:
        into[source][1] = into[source][1].plus(load)


def _compare(
    moved: Mapping[int, list[Load]], held: Mapping[int, Load]
) -> Iterator[tuple[int, dict[str, Any]]]:
    for pk, (came, went) in sorted(moved.items()):
        before = held.get(pk, Load())
        after = before.plus(came).plus(went, -1)
        sides = {"in": came, "out": went, "before": before, "after": after}
        yield pk, {name: _weigh(load) for name, load in sides.items()}


def _weigh(load: Load) -> dict[str, int]:
    """A load as one side of a comparison; relationships are no stock that one holds."""
    weight = load._asdict()
    del weight["relationships"]
    return weight
