"""How long does it take to say what a large import would move, and how much memory?

Writes the accounts of the demo company as a file in which some have another address, adds new ones, checks
it, and times only what foretelling adds. An empty database is filled first, which takes its time.

    DATA=/some/directory python -m benchmarks.import_effect [--accounts 1000000] [--repeat 5]
"""

import argparse
import csv
import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.snapshot import Stopwatch, enter_demo

COLUMNS = ("id", "name", "country", "state", "city", "postal_code", "industry", "employees")
PLACE = slice(2, 6)
SHARES = (0.001, 0.01, 0.1, 1.0)
NEW = 10_000


def write_files(folder: Path, share: float) -> None:
    """Every account; this share of them with the address of another one. And new ones."""
    from fairpatch.records.models import Account

    r = random.Random(1)
    before: tuple[Any, ...] = ("US", "NY", "New York", "10001")
    with (folder / "accounts.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        rows = Account.objects.filter(ended_at=None).order_by("id")
        for account in rows.values_list("external_id", *COLUMNS[1:]).iterator(chunk_size=10_000):
            row = list(account)
            if r.random() < share:
                row[PLACE], before = before, tuple(row[PLACE])
            writer.writerow(row)
        writer.writerows((f"NEW-{place}", "New", *before, "541511", 10) for place in range(NEW))


def measure_share(share: float, repeat: int) -> None:
    from fairpatch.actions.imports import check_folder, drop_import, foretell_import
    from fairpatch.core.accounts.mapping import read_mapping
    from fairpatch.records.models import User
    from fairpatch.records.queries.import_effects import describe_import_effect
    from fairpatch.records.visibility import load_company_scope

    columns = {name: name for name in COLUMNS}
    spec = read_mapping({"files": [{"file": "accounts.csv", "kind": "accounts", "columns": columns}]})
    with tempfile.TemporaryDirectory(prefix="fairpatch-bench-") as home:
        write_files(Path(home), share)
        start = time.process_time()
        checked = check_folder(Path(home), spec)
        print(f"the check itself: cpu {time.process_time() - start:.1f} s")
    Path("/proc/self/clear_refs").write_text("5")
    watch = Stopwatch(None, repeat)
    watch.measure(
        f"foretold, {share:.1%} of the accounts changed", lambda _: foretell_import(checked.import_id)
    )
    effect = describe_import_effect(load_company_scope(), checked.import_id)
    print(f"    {effect['changed']:,} changed, {effect['moved']:,} move; peak {read_peak():,} MB")
    drop_import(User.objects.filter(role="planner").order_by("id")[0], checked.import_id)


def read_peak() -> int:
    """The most memory this process has held since it was last asked to forget, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "fairpatch.site.settings"
    enter_demo(given.accounts)
    for share in SHARES:
        measure_share(share, given.repeat)


if __name__ == "__main__":
    main()
