"""Does a design keep its own bars: gap, deviation, memory, sweeps, disruption and whole pieces?"""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import numpy as np

from benchmarks.design_against import draw_problems, print_comparison, print_peers_head
from benchmarks.design_cells import draw_capacities, draw_homes, give_owners, loosen_bands
from benchmarks.design_counties import TOLERANCE, state_counties, state_grid, tear_apart
from benchmarks.design_judge import deviate_elsewhere, judge_assignment, prove_from_prices, weigh_surplus
from benchmarks.design_process import run_method
from benchmarks.design_rows import print_head, print_row, show_bar, show_spread
from fairpatch.engines.design.problem import DesignProblem

QUALITY_BARS = {  # deviation, gap, added MB
    "10k/50 one": (0.01, 0.01, np.inf),
    "10k/50 two": (0.02, 0.02, np.inf),
    "10k/50 three": (0.02, 0.04, np.inf),
    "100k/200 one": (0.01, 0.01, np.inf),
    "1M/200 one": (0.01, 0.005, 1024),
}
SLACK = 1e-9
GRID_TOLERANCES = np.round(np.linspace(0.01, 0.105, 20), 4)
GRID_DISRUPTIONS = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10])
MOST_SWEEP_CPU_S, MOST_WARM_SHARE = 120, 1 / 8
MOST_MOVED, MOST_SPREAD_OUT = 1.2, 1.35
SWEEP_LIMIT_CPU_S = 1800
REGION_LIMIT_CPU_S = 120


def print_quality(seeds: int | None) -> None:
    print_head(
        "case", "seeds", "within all bands", "deviation", "gap", "claimed bound ÷ recomputed − 1",
        "whole CPU s", "added MB", "bar",
    )  # fmt: skip
    for name, bars in QUALITY_BARS.items():
        print_quality_row(name, draw_problems(name, seeds), bars)


def print_quality_row(
    case: str, problems: Iterator[tuple[int, DesignProblem]], bars: tuple[float, float, float]
) -> None:
    deviations, gaps, apart, seconds, memory, within = [], [], [], [], [], []
    for seed, problem in problems:
        answer = run_method("design", problem, seed=seed)
        assert answer is not None
        figures = judge_assignment(problem, answer.territory)
        proven = prove_from_prices(problem, dict(answer.found))
        deviations.append(figures.deviation)
        within.append(figures.is_within)
        gaps.append(figures.cost / proven - 1)
        apart.append(abs(float(answer.found["lower_bound"]) / proven - 1))
        seconds.append(answer.cpu_s)
        memory.append(answer.added_mb)
    is_met = (
        all(within) and max(deviations) <= bars[0] + SLACK and max(gaps) <= bars[1] and max(memory) <= bars[2]
    )
    print_row(
        case,
        len(gaps),
        f"{sum(within)} of {len(within)}",
        show_spread(deviations, ".2%"),
        show_spread(gaps, ".2%"),
        f"{max(apart):.0e}",
        show_spread(seconds, ".1f"),
        show_spread(memory, ".0f"),
        show_bar(is_met),
    )


def inherit_books(problem: DesignProblem, seed: int, kind: str) -> np.ndarray:
    """Today's owners: `drifted` books were fair under other capacities, `nearest` ones never were."""
    if kind == "nearest":
        return draw_homes(problem, seed)
    past = replace(problem, capacity=draw_capacities(len(problem.codes), seed))
    answer = run_method("design", past, seed=seed + 1)
    assert answer is not None
    return answer.territory.astype(np.int32)


def print_sweep(seeds: int | None) -> None:
    print_head(
        "case", "scenarios", "seeds", "sweep CPU s", "a scenario ÷ a cold design", "gap of the cold one",
        "gaps in the sweep", "not ok", "bar",
    )  # fmt: skip
    totals, shares, cold, gaps, faults = [], [], [], [], 0
    scenarios = len(GRID_TOLERANCES) * len(GRID_DISRUPTIONS)
    for seed, problem in draw_problems("10k/50 two", seeds or 2):
        asked = give_owners(problem, inherit_books(problem, seed, "drifted"), disruption=1.0)
        answer = run_method(
            "sweep",
            asked,
            seed=seed,
            most_cpu_s=SWEEP_LIMIT_CPU_S,
            grid_tolerances=GRID_TOLERANCES,
            grid_disruptions=GRID_DISRUPTIONS,
        )
        assert answer is not None
        totals.append(float(answer.found["sweep_s"]))
        shares.append(float(answer.found["alone_s"]) / scenarios / float(answer.found["cold_s"]))
        cold.append(float(answer.found["cold_gap"]))
        gaps += answer.found["gaps"].tolist()
        faults += int((answer.found["statuses"] != "ok").sum())
    is_met = median(totals) <= MOST_SWEEP_CPU_S and median(shares) <= MOST_WARM_SHARE and not faults
    print_row(
        "10k/50 two, drifted books",
        scenarios,
        len(totals),
        show_spread(totals, ".0f"),
        f"1 ÷ {1 / median(shares):.1f} / 1 ÷ {1 / max(shares):.1f}",
        show_spread(cold, ".2%"),
        show_spread(gaps, ".2%"),
        faults,
        show_bar(is_met),
    )


def print_disruption(seeds: int | None) -> None:
    """A move budget of 1.2 times what any balanced plan must move, at ±10 %."""
    print_head(
        "case at ±10 %", "seeds", "deviation today", "must move at least", "moved ÷ that",
        "rms ÷ free design's", "within the bands", "budget kept", "bar",
    )  # fmt: skip
    for kind, number in (("drifted", 5), ("nearest", 3)):
        today, least, moved, spread, within, kept = [], [], [], [], [], []
        for seed, drawn in draw_problems("10k/50 two", seeds or number):
            problem = loosen_bands(drawn, 0.1)
            free = run_method("design", problem, seed=seed)
            assert free is not None
            owner = inherit_books(problem, seed, kind)
            surplus = weigh_surplus(give_owners(problem, owner))
            asked = give_owners(problem, owner, budget=MOST_MOVED * surplus)
            answer = run_method("design", asked, seed=seed)
            today.append(judge_assignment(asked, owner).deviation)
            least.append(surplus)
            if answer is None:
                within.append(False)
                continue
            figures = judge_assignment(asked, answer.territory)
            within.append(figures.is_within)
            kept.append(figures.move_value <= (asked.budget or 0.0) * (1 + SLACK))
            moved.append(figures.moved_share / surplus)
            spread.append(figures.rms_km / judge_assignment(problem, free.territory).rms_km)
        print_row(
            f"10k/50 two, {kind} books",
            len(within),
            show_spread(today, ".0%"),
            show_spread(least, ".1%"),
            show_spread(moved, ".2f"),
            show_spread(spread, ".2f"),
            f"{sum(within)} of {len(within)}",
            f"{sum(kept)} of {len(kept)}",
            show_bar(
                all(within)
                and all(kept)
                and max(moved) <= MOST_MOVED + SLACK
                and max(spread) <= MOST_SPREAD_OUT
            ),
        )


def print_pieces(seeds: int | None) -> None:
    print_head(
        "whole units in one piece, ±3 %", "units", "seeds", "extra pieces", "deviation", "proven floor",
        "deviation where no unit is too large", "rms ÷ free to scatter", "CPU s", "bar",
    )  # fmt: skip
    for k in (20, 50, 100):
        counties = state_counties(k)
        print_pieces_row(f"US counties/{k}", [(seed, counties) for seed in range(seeds or 2)])
    for side, k in ((40, 20), (60, 30)):
        grids = [(seed, state_grid(side, k, seed)) for seed in range(1000, 1000 + (seeds or 10))]
        print_pieces_row(f"grid {side} × {side}/{k}", grids)


def print_pieces_row(case: str, problems: list[tuple[int, DesignProblem]]) -> None:
    pieces, deviations, elsewhere, floors, spread, seconds = [], [], [], [], [], []
    for seed, problem in problems:
        answer = run_method("design", problem, seed=seed)
        loose = run_method("design", tear_apart(problem), seed=seed)
        if answer is None or loose is None:
            continue
        figures = judge_assignment(problem, answer.territory)
        pieces.append(figures.fragments)
        deviations.append(figures.deviation)
        elsewhere.append(deviate_elsewhere(problem, answer.territory))
        floors.append(float(answer.found["floor"]))
        spread.append(figures.rms_km / judge_assignment(problem, loose.territory).rms_km)
        seconds.append(answer.cpu_s)
    allowed = [max(TOLERANCE, floor) + SLACK for floor in floors]
    is_met = len(pieces) == len(problems) and not any(pieces)
    print_row(
        case,
        len(problems[0][1].accounts),
        f"{len(pieces)} of {len(problems)}",
        show_spread(pieces, ".0f"),
        show_spread(deviations, ".2%"),
        show_spread(floors, ".2%"),
        show_spread(elsewhere, ".2%"),
        show_spread(spread, ".3f"),
        show_spread(seconds, ".1f"),
        show_bar(is_met and all(d <= a for d, a in zip(deviations, allowed, strict=True))),
    )


def print_regions(seeds: int | None) -> None:
    """The peers that keep pieces whole, on the connected part of the country."""
    print_peers_head()
    counties = state_counties(20, mainland_only=True)
    problems = [(seed, counties) for seed in range(seeds or 1)]
    peers = ("metis", "skater", "azp", "maxp")
    print_comparison("US mainland counties/20", iter(problems), peers, most_cpu_s=REGION_LIMIT_CPU_S)
    grids = [(seed, state_grid(14, 6, seed)) for seed in range(1000, 1000 + (seeds or 1))]
    print_comparison("grid 14 × 14/6", iter(grids), peers, most_cpu_s=REGION_LIMIT_CPU_S)
    print(
        "\nskater, azp and maxp are spopt's: they join alike (here: near) units; none is told an upper load."
    )
