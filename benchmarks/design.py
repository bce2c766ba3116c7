"""How good and how fast are designs: gap, deviation and CPU per case, next to peers in the same run?

    python benchmarks/design.py [--seeds 10] [--cells small|medium|large] [--peers]

Accounts are drawn around Zipf-sized cities over an area like the United States, with log-normal potential.
Every figure is of this process's CPU; inertia is recomputed here. Peers need the `bench` extra.
"""

import argparse
import statistics
import time
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from fairpatch.engines.design.problem import COUNT, DesignProblem, Measure, state_problem
from fairpatch.engines.design.run import design
from fairpatch.engines.geo.distance import to_unit_vectors

EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Cell:
    name: str
    n: int
    k: int
    measures: tuple[Measure, ...]
    size: str


POTENTIAL, WORK = Measure("potential", 0.02), Measure("work", 0.02)
CELLS = (
    Cell("1k/10 two", 1_000, 10, (POTENTIAL, WORK), "small"),
    Cell("2k/20 two", 2_000, 20, (POTENTIAL, WORK), "small"),
    Cell("2k/20 unit", 2_000, 20, (Measure(COUNT, 0.01),), "small"),
    Cell("5k/25 unit", 5_000, 25, (Measure(COUNT, 0.01),), "small"),
    Cell("10k/50 one", 10_000, 50, (Measure("potential", 0.01),), "medium"),
    Cell("10k/50 two", 10_000, 50, (POTENTIAL, WORK), "medium"),
    Cell("10k/50 three", 10_000, 50, (POTENTIAL, WORK, Measure("high", 0.1, "spread")), "medium"),
    Cell("10k/50 unit", 10_000, 50, (Measure(COUNT, 0.01),), "medium"),
    Cell("100k/200 one", 100_000, 200, (Measure("potential", 0.01),), "large"),
    Cell("1M/200 one", 1_000_000, 200, (Measure("potential", 0.01),), "large"),
)


def draw_accounts(cell: Cell, seed: int) -> DesignProblem:
    """Cities by Zipf's law, one account in eight in the country."""
    rng = np.random.default_rng(seed)
    cities = 300
    longitude = np.where(
        rng.random(cities) < 0.65, rng.uniform(-97, -70, cities), rng.uniform(-124, -67, cities)
    )
    latitude = rng.uniform(26, 49, cities)
    share = 1 / np.arange(1, cities + 1) ** 0.9
    city = rng.choice(cities, cell.n, p=share / share.sum())
    width = 0.12 + 0.35 * rng.random(cell.n)
    at = np.column_stack(
        (
            latitude[city] + rng.normal(0, 1, cell.n) * width,
            longitude[city] + rng.normal(0, 1.25, cell.n) * width,
        )
    )
    rural = rng.random(cell.n) < 0.12
    at[rural] = np.column_stack((rng.uniform(26, 49, rural.sum()), rng.uniform(-122, -70, rural.sum())))
    potential = rng.lognormal(0, 1.1, cell.n)
    columns = {
        "potential": potential,
        "work": rng.gamma(2, 1, cell.n) * (0.5 + 0.5 * potential**0.3),
        "high": (potential >= np.quantile(potential, 0.9)).astype(np.float64),
        COUNT: np.ones(cell.n),
    }
    return state_problem(
        latitude=at[:, 0],
        longitude=at[:, 1],
        measures=cell.measures,
        values=np.column_stack([columns[measure.name] for measure in cell.measures]),
        capacity=np.ones(cell.k),
    )


def sum_inertia(problem: DesignProblem, territory: np.ndarray) -> float:
    """Weighted squared chords in km² to each group's own mean: nobody's objective exactly, fair to both."""
    points = to_unit_vectors(problem.latitude, problem.longitude) * EARTH_KM
    weight = np.bincount(territory, problem.weight)
    middles = np.column_stack([np.bincount(territory, problem.weight * axis) / weight for axis in points.T])
    return float((problem.weight * ((points - middles[territory]) ** 2).sum(axis=1)).sum())


def cluster_with_constraints(problem: DesignProblem, seed: int) -> np.ndarray:
    from k_means_constrained import KMeansConstrained

    k, n = len(problem.codes), len(problem.accounts)
    points = to_unit_vectors(problem.latitude, problem.longitude) * EARTH_KM
    model = KMeansConstrained(
        k,
        size_min=int(np.ceil(n / k * 0.99)),
        size_max=int(np.floor(n / k * 1.01)),
        n_init=1,
        random_state=seed,
    )
    return np.asarray(model.fit_predict(points), np.int32)


def run_cell(cell: Cell, seeds: int, *, with_peers: bool) -> None:
    gaps, deviations, seconds, ratios, speeds = [], [], [], [], []
    for seed in range(1000, 1000 + seeds):
        problem = draw_accounts(cell, seed)
        began = time.process_time()
        result = design(problem, seed)
        seconds.append(time.process_time() - began)
        assert result.territory is not None
        assert result.deviations is not None
        gaps.append(result.gap if result.gap is not None else float("nan"))
        deviations.append(float(np.abs(result.deviations).max()))
        if with_peers and cell.measures[0].name == COUNT:
            began = time.process_time()
            other = cluster_with_constraints(problem, seed)
            speeds.append(seconds[-1] / (time.process_time() - began))
            ratios.append(sum_inertia(problem, result.territory) / sum_inertia(problem, other))
    cells = [cell.name, *(f"{statistics.median(x):.4f} / {max(x):.4f}" for x in (gaps, deviations, seconds))]
    cells += [f"{statistics.median(x):.3f} / {max(x):.3f}" if x else "–" for x in (ratios, speeds)]
    print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--cells", choices=("small", "medium", "large"), default="small")
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    if options.peers and find_spec("k_means_constrained") is None:
        parser.error("the peers are not installed: pip install 'fairpatch[bench]'")
    design(draw_accounts(CELLS[0], 0), 0)  # load the compiled kernels
    print(
        "| case (median / worst) | gap | deviation | CPU s | inertia ÷ k-means-constrained | CPU ÷ the same |"
    )
    print("|---|---|---|---|---|---|")
    for cell in CELLS:
        if cell.size == options.cells:
            run_cell(cell, options.seeds, with_peers=options.peers)


if __name__ == "__main__":
    main()
