"""How do few accounts stand for many? Neighbours who may go to the same territories merge into one.

Wherever a group of neighbours goes as a whole, its cost differs from that of its middle by a constant: how
far it spreads. So merged accounts tell where territories lie far better than a sample of as many.
"""

from __future__ import annotations

import numpy as np

from fairpatch.engines.design.frame import Frame, temper_weights
from fairpatch.engines.design.problem import Floats, Positions
from fairpatch.engines.geo.distance import sum_by_group

ONE_PLACE = 1e-8  # radians, six centimetres: accounts within are not told apart


def merge_neighbours(frame: Frame, most: int) -> Frame:
    """The frame, or where it has more than `most` accounts so many of them merged, totals unchanged.

    Only accounts with the same owner and the same territories open to them merge; where there are more such
    kinds than `most`, one account of each is left.
    """
    if len(frame.weight) <= most:
        return frame
    kind = frame.access.astype(np.int64) * (len(frame.low) + 1) + frame.owner + 1
    first, group = np.unique(_group_neighbours(frame, kind, most), return_index=True, return_inverse=True)[1:]
    middle = sum_by_group(frame.unit, _count_weight(frame), group.astype(np.int32), len(first))
    weight = _sum_by(group, frame.weight, len(first))
    load = [_sum_by(group, column, len(first)) for column in frame.load.T]
    return frame._replace(
        unit=np.ascontiguousarray(middle / np.linalg.norm(middle, axis=1)[:, None]),
        weight=weight,
        temper=temper_weights(weight),
        load=np.ascontiguousarray(np.column_stack(load)),
        access=np.ascontiguousarray(frame.access[first]),
        owner=np.ascontiguousarray(frame.owner[first]),
        move_cost=_sum_by(group, frame.move_cost, len(first)),
        move_load=_sum_by(group, frame.move_load, len(first)),
    )


def _group_neighbours(frame: Frame, kind: Positions, most: int) -> Positions:
    """Each account's group: the heaviest and widest are halved until there are `most`."""
    group = np.unique(kind, return_inverse=True)[1].astype(np.int64).ravel()
    groups = int(group.max()) + 1
    weight = _count_weight(frame)
    while groups < most:
        mass = _sum_by(group, weight, groups)
        off = [_leave_middle(frame.unit[:, axis], weight, group, mass) for axis in range(3)]
        spread = np.column_stack([_sum_by(group, weight * along * along, groups) for along in off])
        wide = spread.sum(axis=1)
        is_wide = wide > ONE_PLACE**2 * mass
        number = min(groups if 4 * groups < most else max(1, groups // 2), most - groups, int(is_wide.sum()))
        if number == 0:
            break
        urgency = np.where(is_wide, wide / wide.sum() + mass / mass.sum(), 0.0)
        halved = np.sort(np.argsort(-urgency, kind="stable")[:number])
        other = np.full(groups, -1)
        other[halved] = groups + np.arange(number)
        longest = spread.argmax(axis=1)[group]
        beyond = np.choose(longest, off) > 0
        group = np.where(beyond & (other[group] >= 0), other[group], group)
        groups += number
    return group


def _count_weight(frame: Frame) -> Floats:
    """Weights of which none is nothing: a group of weightless accounts has a middle too."""
    return np.asarray(np.maximum(frame.weight, 1e-9 * frame.weight.mean()))


def _leave_middle(along: Floats, weight: Floats, group: Positions, mass: Floats) -> Floats:
    """How far each account lies from its group's middle along one axis."""
    middle = _sum_by(group, weight * along, len(mass)) / mass
    return along - middle[group]


def _sum_by(group: Positions, values: Floats, groups: int) -> Floats:
    return np.asarray(np.bincount(group, values, groups), np.float64)
