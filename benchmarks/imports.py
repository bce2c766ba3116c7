"""How fast are accounts imported, and how much memory does it take?

    python benchmarks/imports.py [10000 100000 1000000]

Writes generated accounts and 45 reps as CSV, imports each size into a fresh SQLite database in a child
process, and prints rows a second and the peak of resident memory above what the process held before the
import began. Sizes up to ROUTED bring a plan of 56 territories too: every account is routed and its owner
recorded in the ledger. Larger ones bring none: routing a million accounts by the reference engine would
measure the router, not the import.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SIZES = (10_000, 100_000, 1_000_000)
ROUTED = 50_000
TODAY = "2026-11-21"


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    heads = ("accounts", "routed", "check s", "apply s", "rows/s", "again s", "added MB")
    print("".join(f"{head:>11}" for head in heads))
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="fairpatch-bench-") as home:
            command = [sys.executable, __file__, "--child", str(size), home]
            done = subprocess.run(command, env={**os.environ, "DATA": home}, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        found = json.loads(done.stdout.splitlines()[-1])
        seconds = found["check"] + found["apply"]
        figures = (found["check"], found["apply"], size / seconds, found["again"], found["megabytes"])
        routed = "yes" if size <= ROUTED else "no"
        print(f"{size:>11,}{routed:>11}" + "".join(f"{figure:>11,.1f}" for figure in figures))


def measure(size: int, home: Path) -> dict[str, float]:
    """One import and its repetition, in this process."""
    import datetime as dt

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "fairpatch.site.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("migrate", database="jobs", verbosity=0)
    folder = home / "files"
    write = "from fairpatch.engines.demo.files import write_company; import datetime, pathlib, sys;"
    write += (
        "write_company(pathlib.Path(sys.argv[1]), datetime.date.fromisoformat(sys.argv[2]), int(sys.argv[3]))"
    )
    # In another process: what generating takes must not count.
    subprocess.run([sys.executable, "-c", write, str(folder), TODAY, str(size)], check=True)
    from fairpatch.actions.imports import apply_import, check_folder
    from fairpatch.connectors.mapping_file import load_mapping_file
    from fairpatch.core.accounts.mapping import read_mapping, write_mapping

    whole = write_mapping(load_mapping_file(folder / "mapping.toml"))
    wanted = ("reps", "accounts", "plan") if size <= ROUTED else ("reps", "accounts")
    spec = read_mapping({**whole, "files": [x for x in whole["files"] if x["kind"] in wanted]})
    now = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    with Peak() as peak:
        start = time.perf_counter()
        checked = check_folder(folder, spec)
        middle = time.perf_counter()
        applied = apply_import(None, checked.import_id, folder=folder, now=now)
        end = time.perf_counter()
    assert applied.kinds["accounts"]["added"] == size, applied
    again = time.perf_counter()
    checked = check_folder(folder, spec)
    assert apply_import(None, checked.import_id, folder=folder).changes == 0
    return {
        "check": middle - start,
        "apply": end - middle,
        "again": time.perf_counter() - again,
        "megabytes": peak.added / 1024,
    }


class Peak:
    """The most resident memory above that at the beginning, in KiB, sampled every 20 ms."""

    def __enter__(self) -> "Peak":
        self.before = self.most = read_resident()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self.most = max(self.most, read_resident())

    @property
    def added(self) -> int:
        return self.most - self.before


def read_resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("this system does not say how much memory a process holds")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(measure(int(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main()
