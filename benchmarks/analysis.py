"""How long does it take to check a whole plan: all overlaps, and every rule that never wins?

    python benchmarks/analysis.py [--territories 5000] [--seeds 2]

Every figure is of this process's CPU. The answers are compared with the reference on accounts drawn
at random: no rule called dead wins one, and no two territories claim one that were said not to meet.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

from benchmarks.routing_world import make_accounts, make_plan
from fairpatch.core.plans.text import read_plan
from fairpatch.core.routing.claims import ClaimFinder
from fairpatch.core.rules.account import AccountReader
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.analysis.analyse import analyse_plan
from fairpatch.engines.analysis.boxes import Ground, build_ground
from fairpatch.engines.analysis.meetings import Pairs, find_pairs
from fairpatch.engines.analysis.shadows import find_shadows

Result = TypeVar("Result")
ACCOUNTS = 1_000_000
TRIED = 5_000
BARS = {"overlaps": 10.0, "rules that never win": 60.0}


def take_time(figures: dict[str, list[float]], name: str, work: Callable[[], Result]) -> Result:
    start = time.process_time()
    result = work()
    figures.setdefault(name, []).append(time.process_time() - start)
    return result


def count_contradicted(ground: Ground, dead: set[str], pairs: Pairs, seed: int) -> int:
    """How many of the accounts tried speak against what was found."""
    plan = ground.plan
    finder, reader = ClaimFinder(plan, ground.hierarchy, ground.layer), AccountReader(plan.catalogue, {})
    place_of = {code: place for place, code in enumerate(pairs.codes)}
    wrong = 0
    for row in make_accounts(TRIED, seed).to_pylist():
        seen = reader.read(row)
        claims = finder.find_claims(seen["id"], seen)
        ruled = [place_of[claim.territory] for claim in claims if claim.cause == "rule"]
        wins_dead = bool(claims) and claims[0].cause == "rule" and claims[0].territory in dead
        wrong += wins_dead or any(not pairs.meets[pair] for pair in itertools.combinations(ruled, 2))
    return wrong


def measure_plan(territories: int, seed: int, figures: dict[str, list[float]]) -> None:
    plan = read_plan(make_plan(territories, ACCOUNTS, seed))
    hierarchy = Hierarchy(plan)
    ground = take_time(figures, "boxes", lambda: build_ground(plan, hierarchy, "sales"))
    found = take_time(figures, "overlaps alone", lambda: find_pairs(ground))
    figures.setdefault("overlaps", []).append(figures["boxes"][-1] + figures["overlaps alone"][-1])
    shadows = take_time(figures, "rules that never win", lambda: list(find_shadows(ground)))
    report = take_time(figures, "whole report", lambda: analyse_plan(plan, most=200))
    undecided = sum(not shadow.is_certain for shadow in shadows)
    dead = {shadow.territory for shadow in shadows}
    wrong = count_contradicted(ground, dead, found, seed)
    print(
        f"seed {seed}: {len(ground.parts):,} boxes, {found.count_pairs(found.meets):,} pairs overlap, "
        f"{report.totals.get('tie', 0):,} tie, {len(shadows):,} rules never win, {undecided} undecided; "
        f"{wrong} of {TRIED:,} accounts tried contradict it",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--territories", type=int, default=5000)
    parser.add_argument("--seeds", type=int, default=2)
    asked = parser.parse_args()
    figures: dict[str, list[float]] = {}
    for seed in range(3, 3 + asked.seeds):
        measure_plan(asked.territories, seed, figures)
    for name, seconds in figures.items():
        bar = f" (bar {BARS[name]:.0f})" if name in BARS else ""
        print(f"{name:22} median {statistics.median(seconds):6.2f} CPU-s, worst {max(seconds):6.2f}{bar}")


if __name__ == "__main__":
    main()
