"""How long do 10,000,000 accounts take in memory, and how much of it?

The accounts are written to a Parquet file first; another process reads it and is measured: from Arrow in
memory to all result columns in Arrow, in processor seconds, and its memory at most.

    python -m benchmarks.routing_large [--accounts 10000000] [--territories 5000]
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.routing_world import make_accounts, make_plan

BLOCK = 1_000_000
CHILD = """
import datetime, resource, sys, time
import pyarrow as pa, pyarrow.parquet as pq
from fairpatch.core.plans.text import read_plan
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.result import tabulate_layers
from fairpatch.engines.routing.tables import TableRouter

def take_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20

plan = read_plan(open(sys.argv[1]).read())
table = pq.read_table(sys.argv[2], memory_map=True)
held = take_memory()
start = time.process_time()
router = TableRouter(plan, datetime.date(2027, 1, 31))
built = time.process_time()
columns = AccountColumns({name: table.column(name) for name in table.column_names}, plan.catalogue)
decided = router.decide(columns)
winner = time.process_time()
result = tabulate_layers(router, columns, decided)
end = time.process_time()
print(f"tables built in {built - start:.2f} s; encoded and decided in {winner - built:.2f} s; "
      f"result written as columns in {end - winner:.2f} s")
total, peak = end - built, take_memory()
print(f"{result.num_rows:,} rows: {total:.2f} s  bar <= 10 s: {'met' if total <= 10 else 'NOT MET'}")
print(f"plan and accounts alone held {held:.1f} GB; at most {peak:.1f} GB  "
      f"bar <= 4 GB: {'met' if peak <= 4 else 'NOT MET'}")
"""


def write_accounts(path: Path, size: int) -> None:
    """Blocks of a million, each with ids of its own."""
    writer = None
    for start in range(0, size, BLOCK):
        block = make_accounts(min(BLOCK, size - start), seed=start // BLOCK)
        ids = pa.array([f"A{n}" for n in range(start, start + block.num_rows)])
        block = block.set_column(0, "id", ids)
        writer = writer or pq.ParquetWriter(path, block.schema)
        writer.write_table(block)
    assert writer is not None, "no accounts were asked for"
    writer.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000_000)
    parser.add_argument("--territories", type=int, default=5_000)
    asked = parser.parse_args()
    print(f"{asked.accounts:,} accounts, {asked.territories:,} territories, processor time", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        plan, accounts = Path(folder) / "plan.yaml", Path(folder) / "accounts.parquet"
        plan.write_text(make_plan(asked.territories, asked.accounts), encoding="utf-8")
        write_accounts(accounts, asked.accounts)
        return subprocess.run([sys.executable, "-c", CHILD, str(plan), str(accounts)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
