"""Where should territories lie before anything is priced: at home, around today's books, or by bisection?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.problem import NOBODY, Codes, DesignProblem, Flags, Floats, Positions
from fairpatch.engines.geo.distance import sum_by_group, to_unit_vectors

DIRECTIONS = 6
JITTER = 0.3
OVERSHOOT = 1.5


def find_middles(frame: Frame, territory: Codes, fallback: Floats) -> Floats:
    """Weighted middles as unit vectors; an empty territory keeps its fallback."""
    sums = sum_by_group(frame.unit, frame.weight, territory, len(fallback))
    length = np.linalg.norm(sums, axis=1)
    return np.where((length > 1e-12)[:, None], sums / np.maximum(length, 1e-12)[:, None], fallback)


def overshoot_middles(centres: Floats, middles: Floats) -> Floats:
    """Beyond the middles by half the way there: prices and middles in turn creep, and so need fewer turns."""
    beyond = centres + OVERSHOOT * (middles - centres)
    return np.asarray(beyond / np.maximum(np.linalg.norm(beyond, axis=1)[:, None], 1e-12))


def bisect_accounts(
    unit: Floats, weight: Floats, shares: Floats, rng: np.random.Generator, jitter: float
) -> Codes:
    """Cut the accounts into cells of the given weight shares by straight cuts, each the tightest of six."""
    cell = np.zeros(len(unit), np.int32)
    todo = [(np.arange(len(unit)), np.arange(len(shares)))]
    while todo:
        rows, cells = todo.pop()
        if len(cells) == 1 or len(rows) == 0:
            cell[rows] = cells[0]
            continue
        half = len(cells) // 2
        fraction = shares[cells[:half]].sum() / shares[cells].sum()
        first, second = _cut(unit[rows], weight[rows], fraction, (half, len(cells) - half), rng, jitter)
        todo.append((rows[first], cells[:half]))
        todo.append((rows[second], cells[half:]))
    return cell


def _cut(
    unit: Floats,
    weight: Floats,
    fraction: float,
    least: tuple[int, int],
    rng: np.random.Generator,
    jitter: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    flat = _flatten(unit, weight)
    square = weight * (flat**2).sum(axis=1)
    turn = rng.random() * np.pi
    best, chosen = np.inf, (np.arange(0), np.arange(0))
    for step in range(DIRECTIONS):
        angle = turn + step * np.pi / DIRECTIONS
        order = np.argsort(flat @ np.array([np.cos(angle), np.sin(angle)]), kind="stable")
        run = np.cumsum(weight[order])
        at = int(np.searchsorted(run, fraction * run[-1]))
        at = min(max(at, least[0]), max(len(order) - least[1], least[0]))
        parts = order[:at], order[at:]
        spread = sum(_sum_spread(flat[part], weight[part], square[part]) for part in parts)
        spread *= 1 + jitter * rng.random()
        if spread < best:
            best, chosen = spread, parts
    return chosen


def _flatten(unit: Floats, weight: Floats) -> Floats:
    """The plane that touches the sphere at the middle of the points."""
    middle = weight @ unit
    middle = middle / max(float(np.linalg.norm(middle)), 1e-12)
    east = np.cross(np.array([0.0, 0.0, 1.0]), middle)
    if np.linalg.norm(east) < 1e-9:
        east = np.array([1.0, 0.0, 0.0])
    east = east / np.linalg.norm(east)
    return np.column_stack((unit @ east, unit @ np.cross(middle, east)))


def _sum_spread(flat: Floats, weight: Floats, square: Floats) -> float:
    total = float(weight.sum())
    if total <= 0:
        return 0.0
    middle = weight @ flat / total
    return float(square.sum() - total * (middle @ middle))


def propose_centres(
    problem: DesignProblem, frame: Frame, rng: np.random.Generator, starts: int
) -> Iterator[Floats]:
    """Start centres, k × 3, best bets first; one only where homes, fixed centres or moves tie them down."""
    home, has_home = _find_homes(problem)
    if problem.has_fixed_centres or has_home.all():
        yield home
        return
    keeps_books = problem.disruption > 0 or problem.budget_share is not None or bool(problem.held.any())
    if bool(problem.owned.any()):
        centres = _start_from_books(problem, frame, rng)
        yield np.where(has_home[:, None], home, centres)
        if keeps_books:
            return
    for start in range(starts):
        centres = _start_from_cells(problem, frame, rng, JITTER if start else 0.0)
        yield np.where(has_home[:, None], home, centres[match_cells(problem, frame, centres)])


def group_alike(problem: DesignProblem) -> Positions:
    """Each territory's group: those of one group may draw on the same accounts, but for locked ones."""
    open_to = np.vstack((problem.masks[~_find_locks(problem)], np.ones(len(problem.capacity), np.bool_)))
    return np.asarray(np.unique(open_to, axis=1, return_inverse=True)[1], np.int64).ravel()


def _start_from_cells(
    problem: DesignProblem, frame: Frame, rng: np.random.Generator, jitter: float
) -> Floats:
    """Bisect, for each group of territories open to the same accounts, the accounts it may draw on."""
    k = len(problem.capacity)
    centres = np.zeros((k, 3))
    alike = group_alike(problem)
    for group in range(int(alike.max()) + 1):
        members = np.flatnonzero(alike == group)
        theirs = problem.masks[:, members] @ problem.capacity[members]
        draw = theirs / np.maximum(problem.masks @ problem.capacity, 1e-12)
        rows = np.flatnonzero(draw[frame.access])
        if len(rows) == 0:
            rows = np.arange(len(frame.weight))
            weight = frame.weight
        else:
            weight = (frame.weight * draw[frame.access])[rows]
        cell = bisect_accounts(frame.unit[rows], weight, problem.capacity[members], rng, jitter)
        fallback = np.tile(weight @ frame.unit[rows], (len(members), 1))
        sums = sum_by_group(frame.unit[rows], weight, cell, len(members))
        sums = np.where(np.linalg.norm(sums, axis=1)[:, None] > 1e-12, sums, fallback)
        centres[members] = sums / np.maximum(np.linalg.norm(sums, axis=1)[:, None], 1e-12)
    return centres


def _start_from_books(problem: DesignProblem, frame: Frame, rng: np.random.Generator) -> Floats:
    """Today's middles; a territory without a book gets half of the fullest one's ground."""
    k = len(problem.capacity)
    book = frame.owner.copy()
    rows = np.flatnonzero(book != NOBODY)
    load = np.bincount(book[rows], frame.weight[rows], k) / problem.capacity
    for empty in np.flatnonzero(np.bincount(book[rows], minlength=k) == 0):
        fullest = int(load.argmax())
        mine = np.flatnonzero(book == fullest)
        if len(mine) > 1:
            cell = bisect_accounts(frame.unit[mine], frame.weight[mine], np.ones(2), rng, 0.0)
            book[mine[cell == 1]] = empty
        for t in (fullest, empty):
            load[t] = frame.weight[book == t].sum() / problem.capacity[t]
    rows = np.flatnonzero(book != NOBODY)
    sums = sum_by_group(frame.unit[rows], frame.weight[rows], book[rows], k)
    sums = np.where(np.linalg.norm(sums, axis=1)[:, None] > 1e-12, sums, frame.weight @ frame.unit)
    return np.asarray(sums / np.linalg.norm(sums, axis=1)[:, None])


def match_cells(problem: DesignProblem, frame: Frame, centres: Floats) -> Positions:
    """Which cell each territory takes: equal ones those that suit them best.

    That is the one nearest its home, else where most of its book lies, else nearest to what is locked to it.
    """
    k = len(centres)
    home, has_home = _find_homes(problem)
    wish = np.zeros((k, k))
    is_locked = _find_locks(problem)[frame.access]
    tied = np.where(is_locked, problem.masks.argmax(axis=1)[frame.access], frame.owner)
    for t in range(k):
        if has_home[t]:
            wish[:, t] = -1e6 * (centres @ home[t])
            continue
        mine = np.flatnonzero((tied == t) & ~is_locked)
        locked = np.flatnonzero((tied == t) & is_locked)
        if len(mine):
            near = (frame.unit[mine] @ centres.T).argmax(axis=1)
            wish[:, t] = -np.bincount(near, frame.weight[mine], k)
        wish[:, t] -= centres @ (frame.weight[locked] @ frame.unit[locked])
    if not wish.any():
        return np.arange(k)
    from scipy.optimize import linear_sum_assignment  # slow to import, rarely needed

    alike = np.column_stack((problem.capacity, problem.max_accounts, group_alike(problem)))
    kind = np.unique(alike, axis=0, return_inverse=True)[1].ravel()
    wish = np.where(kind[:, None] == kind[None, :], wish, 1e12)
    cells, territories = linear_sum_assignment(wish)
    return np.asarray(cells[np.argsort(territories)])


def _find_locks(problem: DesignProblem) -> Flags:
    """Which rows of `masks` leave an account a single territory."""
    return np.asarray(problem.masks.sum(axis=1) == 1)


def _find_homes(problem: DesignProblem) -> tuple[Floats, Flags]:
    """Homes as unit vectors, and which territories have one."""
    home = to_unit_vectors(np.nan_to_num(problem.home[:, 0]), np.nan_to_num(problem.home[:, 1]))
    return home, ~np.isnan(problem.home[:, 0])
