"""How fast is routing: whole tables, one account, one edited rule, the command; and next to others?

Run `python -m benchmarks.routing --accounts 1000000 --territories 5000`. Contestants take turns; every
figure is the median of some rounds and the worst, in processor seconds, since on a shared machine only
these tell anything. Beside it stands the bar and whether the median meets it.
"""

import argparse
import datetime as dt
import functools
import os
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

from benchmarks.routing_peers import (
    PlainJoins,
    order_rules,
    plain_account,
    prepare_datalogic,
    prepare_rule_engine,
    time_accounts,
)
from benchmarks.routing_world import draw_rule, make_accounts, make_plan, make_wide_plan
from fairpatch.core.plans.plan import Plan
from fairpatch.core.plans.text import read_plan
from fairpatch.core.rules.text import parse_rule
from fairpatch.engines.routing.changes import StandingPlan
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.families import FamilyColumns
from fairpatch.engines.routing.result import tabulate_layers
from fairpatch.engines.routing.single import SingleRouter
from fairpatch.engines.routing.tables import LayerRun, TableRouter

ON = dt.date(2027, 1, 31)
COMMAND = "from fairpatch.cli.main import main; main()"
FLOOR = """
import sys, duckdb, yaml
plan, accounts, out = sys.argv[1:]
territories = yaml.load(open(plan), Loader=yaml.CSafeLoader)["territories"]
codes = {f"S{number:02d}": territories[number]["code"] for number in range(51)}
db = duckdb.connect()
db.execute("SET enable_progress_bar = false")
db.execute("CREATE TABLE rules (state VARCHAR, territory VARCHAR)")
db.executemany("INSERT INTO rules VALUES (?, ?)", list(codes.items()))
kind = "PARQUET" if out.endswith("parquet") else "CSV"
db.execute(
    f"COPY (SELECT a.id, r.territory FROM '{accounts}' a LEFT JOIN rules r ON r.state = a.state)"
    f" TO '{out}' (FORMAT {kind})"
)
"""


def tell(
    name: str, values: list[float], bar: float | None = None, unit: str = "s", is_least: bool = False
) -> float:
    """Prints the median and the worst beside the bar; returns the median."""
    middle, worst = statistics.median(values), min(values) if is_least else max(values)
    line = f"{name:52} median {middle:12,.4g} {unit:3} worst {worst:12,.4g} {unit:3}"
    if bar is not None:
        is_met = middle >= bar if is_least else middle <= bar
        line += f"  bar {'>=' if is_least else '<='} {bar:g} {unit}: {'met' if is_met else 'NOT MET'}"
    print(line, flush=True)
    return middle


def take_turns(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Processor seconds of each contestant, one after the other in every round."""
    took: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            start = time.process_time()
            work()
            took[name].append(time.process_time() - start)
    return took


def route_table(plan: Plan, router: TableRouter, table: pa.Table) -> None:
    columns = take_columns(plan, table)
    tabulate_layers(router, columns, router.decide(columns))


def measure_tables(plan: Plan, table: pa.Table, rounds: int) -> None:
    """Whole tables in memory, and the peers (bar 1)."""
    router = TableRouter(plan, ON)
    columns = take_columns(plan, table)
    run = LayerRun(router.layers[0], columns, FamilyColumns(columns))
    joins = PlainJoins(plan, router, table)
    took = take_turns(
        {
            "all": functools.partial(route_table, plan, router, table),
            "winner": run.decide,
            "joins": joins.run,
        },
        rounds + 1,
    )
    took = {name: values[1:] for name, values in took.items()}  # the first round warms up
    all_columns = tell("all result columns, from Arrow in memory", took["all"], 1.5)
    tell("winner, tie and counts, codes at hand", took["winner"], 0.3)
    tell("plain DuckDB joins, winner only, encoding included", took["joins"])
    ratios = [other / own for own, other in zip(took["all"], took["joins"], strict=True)]
    tell("times as fast as plain DuckDB, all columns or not", ratios, 1.5, "x", is_least=True)
    compare_rule_engines(plan, router, table, all_columns / table.num_rows)


def compare_rule_engines(plan: Plan, router: TableRouter, table: pa.Table, per_account: float) -> None:
    """Rule by rule, on a few accounts; the winners must be the same."""
    rules = order_rules(plan, router)
    few = table.slice(0, 200).to_pylist()
    single = SingleRouter(plan, ON)
    ours = [single.decide_account(account)[0].territory for account in few]
    for name, prepare, count, bar in (
        ("rule-engine", prepare_rule_engine, 12, 10_000),
        ("datalogic-py", prepare_datalogic, 200, 300),
    ):
        decide = prepare(rules)
        if decide is None:
            print(f"{name} is not installed: left out")
            continue
        ratios = []
        for _ in range(3):
            took, won = time_accounts(decide, [plain_account(account) for account in few[:count]])
            assert won == ours[:count], f"{name} decides differently"
            ratios.append(took / per_account)
        tell(f"times as fast as {name}, per account", ratios, bar, "x", is_least=True)


def take_columns(plan: Plan, table: pa.Table) -> AccountColumns:
    return AccountColumns({name: table.column(name) for name in table.column_names}, plan.catalogue)


def measure_growth(table: pa.Table, rounds: int) -> Plan:
    """From 1,000 to 20,000 territories (bar 2), and reading a large plan (bar 7)."""
    texts = {size: make_plan(size, table.num_rows) for size in (1_000, 20_000)}
    shorter = make_plan(20_000, table.num_rows, length=0.5)
    took = take_turns({"read": functools.partial(read_plan, shorter)}, rounds)
    listed = shorter.count('", "') + shorter.count(", A")
    tell(f"read and check 20,000 territories, {listed:,} listed", took["read"], 5)
    plans = {size: read_plan(text) for size, text in texts.items()}
    routers = {size: TableRouter(plan, ON) for size, plan in plans.items()}
    took = take_turns({"build": functools.partial(TableRouter, plans[20_000], ON)}, rounds)
    tell("compile rules and build tables, 20,000 territories", took["build"], 5)
    contestants = {
        str(size): functools.partial(route_table, plans[size], routers[size], table) for size in plans
    }
    took = take_turns(contestants, rounds + 1)
    for size in plans:
        tell(f"all result columns, {size:,} territories", took[str(size)][1:])
    pairs = zip(took["1000"][1:], took["20000"][1:], strict=True)
    tell("20,000 territories against 1,000", [large / small for small, large in pairs], 1.5, "x")
    return plans[20_000]


def measure_single(name: str, plan: Plan, accounts: list[dict], bar: float) -> None:
    """One account at a time (bar 3): the 99th percentile, of the best of some tries of each account.

    A try that another process interrupts says nothing of the account.
    """
    router = SingleRouter(plan, ON)
    rounds = []
    for _ in range(5):
        times = []
        for account in accounts:
            start = time.perf_counter_ns()
            router.decide_account(account)
            times.append((time.perf_counter_ns() - start) / 1000)
        rounds.append(times)
    count = len(TableRouter(plan, ON).layers[0].index.tables)
    late = len(accounts) * 99 // 100
    tell(
        f"one account, {name}, {count} tables: middle",
        [sorted(each)[len(each) // 2] for each in rounds],
        None,
        "µs",
    )
    tell("  99 of 100 within", [sorted(each)[late] for each in rounds], bar, "µs")
    best = sorted(map(min, zip(*rounds, strict=True)))
    tell("  99 of 100 within, best of five tries", [best[late]], bar, "µs")
    tell("  the slowest account, best of five tries", [best[-1]], None, "µs")
    tell(
        "  99 of 100 empty loops as long as the middle", [time_empty_loops(best[len(best) // 2])], None, "µs"
    )


def time_empty_loops(length: float, times: int = 5_000) -> float:
    """Within what are 99 of 100 when nothing is asked but to count for so many microseconds?"""
    turns, took = 100, []
    while turns < 100_000 and min(time_loop(turns) for _ in range(20)) < length:
        turns += turns // 10
    for _ in range(times):
        took.append(time_loop(turns))
    return sorted(took)[times * 99 // 100]


def time_loop(turns: int) -> float:
    start = time.perf_counter_ns()
    for _ in range(turns):
        pass
    return (time.perf_counter_ns() - start) / 1000


def measure_edit(plan: Plan, table: pa.Table) -> None:
    """Which accounts one edited rule moves (bar 4), each checked against the full difference."""
    columns = take_columns(plan, table)
    standing = StandingPlan(plan, columns, ON)
    before = standing.decisions[0].territory
    r = random.Random(4)
    took = []
    for _ in range(8):
        territories = list(plan.territories)
        place = r.randrange(len(territories))
        territories[place] = replace(territories[place], rule=parse_rule(draw_rule(r)))
        edited = replace(plan, territories=tuple(territories))
        start = time.process_time()
        found = standing.find_changes(edited)[0]
        took.append((time.process_time() - start) * 1000)
        after = TableRouter(edited, ON).decide(columns)[0].territory
        assert (found.rows == (before != after).nonzero()[0]).all(), "not the full difference"
        assert (found.after == after[found.rows]).all()
    tell("one rule edited: the accounts that move", took, 50 * table.num_rows / 1e6, "ms")


def run_process(command: list[str], folder: Path) -> tuple[float, float]:
    """Processor seconds of a process that finds its modules compiled, and its memory at most in GB."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); "
    code += "use = resource.getrusage(resource.RUSAGE_CHILDREN); "
    code += "print(use.ru_utime + use.ru_stime, use.ru_maxrss / 2**20)"
    done = subprocess.run(
        [sys.executable, "-c", code, sys.executable, "-c", *command],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")},
    )
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


def measure_command(plan_text: str, table: pa.Table, rounds: int) -> None:
    """The command as a whole process, against reading the same plan and one join (bar 7)."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "plan.yaml").write_text(plan_text, encoding="utf-8")
        pyarrow.csv.write_csv(table, at / "accounts.csv")
        pyarrow.parquet.write_table(table, at / "accounts.parquet")
        for engine, ending in (("numpy", "csv"), ("numpy", "parquet"), ("duckdb", "parquet")):
            accounts, out = f"accounts.{ending}", f"out.{ending}"
            files = ("--plan", "plan.yaml", "--accounts", accounts, "--out", out, "--engine", engine)
            run_process([COMMAND, "route", *files], at)  # compiles what the engine imports
            own, floor, memory = [], [], []
            for _ in range(rounds):
                seconds, peak = run_process([COMMAND, "route", *files], at)
                own.append(seconds)
                memory.append(peak)
                floor.append(run_process([FLOOR, "plan.yaml", accounts, f"floor.{ending}"], at)[0])
            tell(f"fairpatch route, {engine}, {ending} in and out", own)
            tell("  floor: YAML read in C, one DuckDB join", floor)
            ratios = [one / other for one, other in zip(own, floor, strict=True)]
            tell("  against the floor", ratios, 4 if engine == "numpy" else None, "x")
            tell("  memory at most", memory, 3, "GB")


def measure_command_growth(table: pa.Table) -> None:
    """What a million accounts add to the command, at 1,000 and at 20,000 territories (bar 7)."""
    added = {}
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        for size in (10_000, table.num_rows):
            pyarrow.parquet.write_table(table.slice(0, size), at / f"{size}.parquet")
        for territories in (1_000, 20_000):
            (at / "plan.yaml").write_text(make_plan(territories, table.num_rows), encoding="utf-8")
            took = {}
            for size in (10_000, table.num_rows):
                files = ("--plan", "plan.yaml", "--accounts", f"{size}.parquet", "--out", "out.parquet")
                took[size] = min(run_process([COMMAND, "route", *files], at)[0] for _ in range(2))
            added[territories] = took[table.num_rows] - took[10_000]
            tell(f"added by {table.num_rows:,} accounts, {territories:,} territories", [added[territories]])
    tell("  20,000 territories against 1,000", [added[20_000] / added[1_000]], 3, "x")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--territories", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    sizes = parser.parse_args()
    print(f"{sizes.accounts:,} accounts, {sizes.territories:,} territories, processor time")
    text, table = make_plan(sizes.territories, sizes.accounts), make_accounts(sizes.accounts)
    plan = read_plan(text)
    measure_tables(plan, table, sizes.rounds)
    measure_edit(plan, table)
    measure_single(f"{sizes.territories:,} territories", plan, table.slice(0, 5000).to_pylist(), 50)
    large = measure_growth(table, sizes.rounds)
    measure_single("20,000 territories", large, table.slice(0, 5000).to_pylist(), 50)
    del large
    wide = read_plan(make_wide_plan(sizes.territories))
    measure_single("wide rules", wide, table.slice(0, 5000).to_pylist(), 200)
    measure_command(text, table, sizes.rounds)
    measure_command_growth(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"this whole process took {peak:.1f} GB at most")


if __name__ == "__main__":
    main()
