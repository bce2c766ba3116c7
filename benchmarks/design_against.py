"""Who is better on the same accounts: Fairpatch, or those that split them otherwise?"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np

from benchmarks.design_cells import FIRST_SEED, draw_accounts, find_cell
from benchmarks.design_judge import cost_at, judge_assignment, prove_from_prices
from benchmarks.design_process import MOST_CPU_S, Answer, run_method
from benchmarks.design_rows import print_head, print_row, show_bar, show_better, show_spread
from fairpatch.engines.design.problem import DesignProblem

UNIT_BARS = {  # inertia at the median and at worst, CPU of whole processes, ours ÷ theirs
    "2k/20 unit": (0.99, np.inf, 1.0),
    "5k/25 unit": (0.99, np.inf, 1.0),
    "10k/50 unit": (1.01, 1.01, 0.25),
}
MOST_POINTS_BEHIND, MOST_CPU_OF_MIP = 0.01, 1 / 20
BOUND_BELOW_LP = 0.001
ROUNDING = 1e-9


def draw_problems(name: str, seeds: int | None) -> Iterator[tuple[int, DesignProblem]]:
    cell = find_cell(name)
    for seed in range(FIRST_SEED, FIRST_SEED + (seeds or cell.seeds)):
        yield seed, draw_accounts(cell, seed)


def split_by_all(
    problem: DesignProblem, seed: int, peers: Sequence[str], most_cpu_s: int
) -> dict[str, Answer]:
    """Ours and each peer's answer, one after the other; those without an answer are left out."""
    answers = {"design": run_method("design", problem, seed=seed)}
    for peer in peers:
        extra = {}
        if peer == "flow":
            if answers["design"] is None:
                continue
            extra["centres"] = answers["design"].found["centres"]
        answers[peer] = run_method(peer, problem, seed=seed, most_cpu_s=most_cpu_s, **extra)
    return {name: answer for name, answer in answers.items() if answer and answer.territory.min() >= 0}


def print_comparison(
    case: str,
    problems: Iterator[tuple[int, DesignProblem]],
    peers: Sequence[str],
    bars: tuple[float, float, float] | None = None,
    most_cpu_s: int = MOST_CPU_S,
) -> None:
    """A row for ours and one for each peer of one cell."""
    ratios: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    total = 0
    for seed, problem in problems:
        total += 1
        answers = split_by_all(problem, seed, peers, most_cpu_s)
        ours = judge_assignment(problem, answers["design"].territory)
        for name, answer in answers.items():
            theirs = judge_assignment(problem, answer.territory)
            ratios[name].append(
                (
                    theirs.deviation,
                    theirs.is_within,
                    ours.inertia / theirs.inertia,
                    answers["design"].cpu_s / answer.cpu_s,
                    answer.cpu_s,
                    theirs.fragments,
                )
            )
    for name in ("design", *peers):
        rows = ratios[name]
        if not rows:
            print_row(case, name, f"0 of {total}", *("–",) * 7)
            continue
        deviation, within, inertia, cpu, seconds, pieces = (
            list(column) for column in zip(*rows, strict=True)
        )
        verdict = ""
        if bars and name == "kmeans":
            verdict = show_bar(
                median(inertia) <= bars[0] and max(inertia) <= bars[1] and median(cpu) <= bars[2]
            )
        is_peer = name != "design"
        print_row(
            case,
            name if is_peer else "**Fairpatch**",
            f"{len(rows)} of {total}",
            f"{sum(within)} of {len(rows)}",
            show_spread(deviation, ".2%"),
            show_spread(pieces, ".0f"),
            show_spread(inertia) if is_peer else "",
            (show_better(inertia) if is_peer else ""),
            show_spread(cpu, ".2f") if is_peer else f"{show_spread(seconds, '.2f')} s",
            verdict,
        )


def print_peers_head() -> None:
    print_head(
        "case", "by", "answers", "within the bands", "deviation", "extra pieces",
        "inertia ours ÷ theirs", "more compact", "CPU ours ÷ theirs", "bar",
    )  # fmt: skip


def print_unit_cells(seeds: int | None) -> None:
    print_peers_head()
    for name, bars in UNIT_BARS.items():
        print_comparison(name, draw_problems(name, seeds), ("kmeans", "flow", "metis"), bars)
    print("\n`flow` is OR-Tools' min-cost flow at our centres: exact there, so only centres can beat it.")


def print_peers(seeds: int | None) -> None:
    print_peers_head()
    print_comparison(
        "10k/50 one", draw_problems("10k/50 one", (seeds and min(seeds, 3)) or 3), ("metis", "lpt")
    )
    print_comparison("400/8 one", draw_problems("400/8 one", seeds), ("median", "metis", "lpt"))
    print("\n`lpt` is b2b-territory-optimization: it deals out one measure and knows no places.")
    print("`median` is spopt's capacitated p-median over 60 candidate sites: nothing holds a least load.")


def print_given_centres(seeds: int | None) -> None:
    """Ours next to HiGHS at the centres ours reports: the program itself, and its relaxation."""
    print_head(
        "case", "seeds", "ours over the LP", "MIP over the LP", "behind the MIP, points", "MIP found none",
        "our solve, CPU s", "÷ the MIP's", "our bound ÷ the LP − 1, least", "most", "bar",
    )  # fmt: skip
    for name in ("1k/10 two", "2k/20 two", "2k/20 unit", "5k/25 unit"):
        print_exact_row(name, draw_problems(name, seeds), with_mip=name.endswith("two"))


def print_exact_row(case: str, problems: Iterator[tuple[int, DesignProblem]], *, with_mip: bool) -> None:
    ours, theirs, behind, cpu, seconds, bounds = [], [], [], [], [], []
    total = 0
    for seed, problem in problems:
        total += 1
        answer = run_method("design", problem, seed=seed, is_loaded=with_mip)
        assert answer is not None
        centres = answer.found["centres"]
        lp = run_method("lp", problem, seed=seed, centres=centres)
        assert lp is not None
        least = float(lp.found["optimum"])
        bounds.append(prove_from_prices(problem, dict(answer.found)) / least - 1)
        ours.append(cost_at(problem, answer.territory, centres) / least - 1)
        mip = run_method("mip", problem, seed=seed, centres=centres) if with_mip else None
        if mip is not None:
            seconds.append(float(answer.found["loaded_s"]))
            cpu.append(seconds[-1] / mip.solve_s)
            if np.isfinite(mip.found["optimum"]):
                theirs.append(float(mip.found["optimum"]) / least - 1)
                behind.append(ours[-1] - theirs[-1])
    is_met = min(bounds) >= -BOUND_BELOW_LP and max(bounds) <= ROUNDING
    if with_mip:
        is_met &= max(behind, default=0.0) <= MOST_POINTS_BEHIND and median(cpu) <= MOST_CPU_OF_MIP
    print_row(
        case,
        total,
        show_spread(ours, ".2%"),
        show_spread(theirs, ".2%"),
        show_spread([100 * points for points in behind], ".2f"),
        total - len(theirs) if with_mip else "–",
        show_spread(seconds, ".2f"),
        f"1/{1 / median(cpu):.0f}, 1/{1 / max(cpu):.0f}" if cpu else "–",
        f"{min(bounds):.5%}",
        f"{max(bounds):.5%}",
        show_bar(is_met),
    )
