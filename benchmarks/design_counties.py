"""Which whole units must stay in one piece here: the counties of the United States, and grids?

Outlines are the front end's us-atlas (counties touch where their outlines share an arc); people are
counted by postal code. Both come from packages.
"""

import json
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from fairpatch.engines.design.problem import DesignProblem, Measure, state_problem
from fairpatch.engines.geo.adjacency import label_pieces, link_neighbours
from fairpatch.engines.geo.places import open_places

ATLAS = Path(__file__).parent.parent / "ui" / "node_modules" / "us-atlas" / "counties-10m.json"
LAST_STATE = "56"  # what follows are the territories overseas
TOLERANCE = 0.03


@cache
def read_outlines() -> tuple[list[str], np.ndarray, np.ndarray]:
    """FIPS codes, the middle of each outline (latitude, longitude), and the pairs that share an arc."""
    atlas = json.loads(ATLAS.read_text(encoding="utf-8"))
    counties = sorted(
        (shape for shape in atlas["objects"]["counties"]["geometries"] if shape["id"][:2] <= LAST_STATE),
        key=lambda shape: shape["id"],
    )
    scale, shift = (np.array(atlas["transform"][name]) for name in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + shift for arc in atlas["arcs"]]
    touching: dict[int, set[int]] = defaultdict(set)
    middles = np.zeros((len(counties), 2))
    for at, shape in enumerate(counties):
        own = {arc if arc >= 0 else ~arc for arc in _flatten(shape["arcs"])}
        middles[at] = np.concatenate([arcs[arc] for arc in sorted(own)]).mean(axis=0)[::-1]
        for arc in own:
            touching[arc].add(at)
    pairs = sorted({(min(both), max(both)) for both in touching.values() if len(both) == 2})
    return [shape["id"] for shape in counties], middles, np.array(pairs, np.int64)


def _flatten(nested: list[Any]) -> list[int]:
    return [nested] if isinstance(nested, int) else [arc for part in nested for arc in _flatten(part)]


@cache
def count_people() -> tuple[np.ndarray, np.ndarray]:
    """People per county and where they live on average; a ZIP without a known county goes to the nearest."""
    codes, middles, _ = read_outlines()
    place = {code: at for at, code in enumerate(codes)}
    people, sums = np.zeros(len(codes)), np.zeros((len(codes), 2))
    for _, area in sorted(open_places().postal_areas.items()):
        if not area.population:
            continue
        position = np.array([area.latitude, area.longitude])
        at = place.get(area.county)
        if at is None:
            if area.county[:2] > LAST_STATE:
                continue
            at = int(((middles - position) ** 2).sum(axis=1).argmin())
        people[at] += area.population
        sums[at] += area.population * position
    lived_in = people > 0
    centres = np.where(lived_in[:, None], sums / np.maximum(people, 1)[:, None], middles)
    return people, centres


def state_counties(k: int, *, mainland_only: bool = False) -> DesignProblem:
    """Counties for k territories, balanced by people; whole or only the largest connected part."""
    codes, _, pairs = read_outlines()
    people, centres = count_people()
    rows = np.arange(len(codes))
    if mainland_only:
        part = label_pieces(link_neighbours(pairs, len(codes)), np.zeros(len(codes), np.int32))
        rows = np.flatnonzero(part == np.bincount(part).argmax())
    at = np.full(len(codes), -1)
    at[rows] = np.arange(len(rows))
    kept = at[pairs]
    return state_problem(
        accounts=[codes[row] for row in rows],
        latitude=centres[rows, 0],
        longitude=centres[rows, 1],
        measures=[Measure("people", TOLERANCE)],
        values=people[rows][:, None],
        capacity=np.ones(k),
        neighbours=kept[(kept >= 0).all(axis=1)],
    )


def state_grid(side: int, k: int, seed: int) -> DesignProblem:
    """A square of units some 25 km apart whose sizes vary by half."""
    rng = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(side * side), side)
    right = np.column_stack((np.arange(side * side), np.arange(side * side) + 1))[column < side - 1]
    down = np.column_stack((np.arange(side * side), np.arange(side * side) + side))[row < side - 1]
    return state_problem(
        latitude=38 + row * 0.225,
        longitude=-100 + column * 0.285,
        measures=[Measure("size", TOLERANCE)],
        values=rng.lognormal(0, 0.5, side * side)[:, None],
        capacity=np.ones(k),
        neighbours=np.concatenate((right, down)),
    )


def tear_apart(problem: DesignProblem) -> DesignProblem:
    """The same units, free to lie anywhere."""
    return replace(problem, neighbours=None)
