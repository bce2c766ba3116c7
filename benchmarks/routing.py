"""How fast is routing: whole tables, one account, one edited rule, the command?

Run `python -m benchmarks.routing --accounts 1000000 --territories 5000`. Every figure is the median and
the worst of some runs, wall time and processor time; on a busy machine only the latter tells anything.
The reference is measured on a few accounts.
"""

import argparse
import datetime as dt
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from benchmarks.routing_world import draw_rule, make_accounts, make_plan
from fairpatch.core.plans.plan import Plan
from fairpatch.core.plans.text import read_plan
from fairpatch.core.routing.route import route_plan
from fairpatch.core.rules.text import parse_rule
from fairpatch.engines.routing.changes import StandingPlan
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.result import tabulate_layers
from fairpatch.engines.routing.single import SingleRouter
from fairpatch.engines.routing.tables import TableRouter

ON = dt.date(2027, 1, 31)
COMMAND = "from fairpatch.cli.main import main; main()"


def measure(name: str, work: Callable[[], object], runs: int = 3) -> float:
    """Prints the median and the worst of some runs; returns the median processor time."""
    walls, busy = [], []
    for _ in range(runs):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        busy.append(time.process_time() - processor)
    middle = statistics.median(busy)
    print(
        f"{name:44} wall {statistics.median(walls):9.4f} s (worst {max(walls):.4f}), "
        f"processor {middle:9.4f} s (worst {max(busy):.4f})"
    )
    return middle


def measure_tables(plan: Plan, table: pa.Table) -> tuple[AccountColumns, float]:
    """Compiling, reading columns, and routing with and without codes at hand."""
    measure("compile rules and build tables", lambda: TableRouter(plan, ON), 2)
    router = TableRouter(plan, ON)

    def route() -> None:
        columns = take_columns(plan, table)
        tabulate_layers(router, columns, router.decide(columns))

    first = measure("route, all columns, from Arrow in memory", route)
    columns = take_columns(plan, table)
    measure(
        "route, all columns, codes at hand", lambda: tabulate_layers(router, columns, router.decide(columns))
    )
    return columns, first


def take_columns(plan: Plan, table: pa.Table) -> AccountColumns:
    return AccountColumns({name: table.column(name) for name in table.column_names}, plan.catalogue)


def measure_single(plan: Plan, table: pa.Table) -> None:
    """One account at a time."""
    router = SingleRouter(plan, ON)
    times = []
    for account in table.slice(0, 5000).to_pylist():
        start = time.perf_counter_ns()
        router.decide_account(account)
        times.append((time.perf_counter_ns() - start) / 1000)
    times.sort()
    middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"{'one account, all columns':44} median {middle:.1f} µs, 99 of 100 within {late:.1f} µs")


def measure_edit(plan: Plan, columns: AccountColumns) -> None:
    """Which accounts one edited rule moves."""
    standing = StandingPlan(plan, columns, ON)
    r = random.Random(4)
    edits = []
    for _ in range(6):
        territories = list(plan.territories)
        place = r.randrange(len(territories))
        territories[place] = replace(territories[place], rule=parse_rule(draw_rule(r)))
        edits.append(replace(plan, territories=tuple(territories)))
    waiting = iter(edits)
    measure(
        "one rule edited: the accounts that move", lambda: standing.find_changes(next(waiting)), len(edits)
    )


def measure_command(plan_text: str, table: pa.Table) -> None:
    """The command as a whole process."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "plan.yaml").write_text(plan_text, encoding="utf-8")
        pyarrow.csv.write_csv(table, at / "accounts.csv")
        pyarrow.parquet.write_table(table, at / "accounts.parquet")
        for ending in ("csv", "parquet"):
            files = ("--plan", "plan.yaml", "--accounts", f"accounts.{ending}", "--out", f"out.{ending}")
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", COMMAND, "route", *files], cwd=at, check=True, capture_output=True
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(
                f"{f'fairpatch route, {ending} in and out':44} wall {time.perf_counter() - start:9.4f} s, "
                f"processor {after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime:.4f} s, "
                f"{after.ru_maxrss / 1024:.0f} MB"
            )


def compare_reference(plan: Plan, table: pa.Table, per_account: float) -> None:
    """The reference, on a few accounts."""
    few = table.slice(0, 500).to_pylist()
    took = measure("reference, 500 accounts, binding included", lambda: route_plan(plan, few, ON), 1)
    print(f"{'':44} the engine routes {took / len(few) / per_account:,.0f} times as many in the same time")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--territories", type=int, default=5_000)
    sizes = parser.parse_args()
    print(f"{sizes.accounts:,} accounts, {sizes.territories:,} territories")
    text, table = make_plan(sizes.territories, sizes.accounts), make_accounts(sizes.accounts)
    measure("read the plan", lambda: read_plan(text), 1)
    plan = read_plan(text)
    columns, first = measure_tables(plan, table)
    measure_single(plan, table)
    measure_edit(plan, columns)
    measure_command(text, table)
    compare_reference(plan, table, first / sizes.accounts)


if __name__ == "__main__":
    main()
