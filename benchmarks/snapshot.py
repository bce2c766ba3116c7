"""How long does a large company take to show what a rule would do, and to open its pages?

Asks the application itself, without a network between: requests in, JSON out. Processor time is what counts
on a shared machine. An empty database is filled with the demo company first, which takes its time.

    DATA=/some/directory python -m benchmarks.snapshot [--accounts 1000000] [--repeat 7]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FAIRPATCH = [str(Path(sys.executable).with_name("fairpatch"))]


class Stopwatch:
    """Medians and worst of repeated requests."""

    def __init__(self, client: Any, repeat: int) -> None:
        self._client, self._repeat = client, repeat

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        import orjson

        content = b"" if body is None else orjson.dumps(body)
        response = self._client.generic(
            method.upper(), f"/api/v1{path}", content, content_type="application/json"
        )
        if response.status_code >= 400:
            raise SystemExit(f"{method} {path}: {response.status_code} {response.content[:300]!r}")
        return orjson.loads(response.content) if response.content else None

    def measure(self, name: str, work: Callable[[int], Any], repeat: int | None = None) -> None:
        times: list[tuple[float, float]] = []
        for turn in range(repeat or self._repeat):
            cpu, wall = time.process_time(), time.perf_counter()
            work(turn)
            times.append((time.process_time() - cpu, time.perf_counter() - wall))
        cpus, walls = zip(*times, strict=True)
        print(
            f"{name:<58} cpu {statistics.median(cpus) * 1000:6.0f} ms, worst {max(cpus) * 1000:6.0f}; "
            f"clock {statistics.median(walls) * 1000:6.0f} ms, worst {max(walls) * 1000:6.0f}",
            flush=True,
        )


def load_demo(accounts: int) -> None:
    from django.core.management import call_command

    from fairpatch.records.models import Organisation

    call_command("migrate", verbosity=0)
    if not Organisation.objects.exists():
        subprocess.run([*FAIRPATCH, "demo", "--accounts", str(accounts)], check=True)


def find_largest_territory() -> str:
    from django.db.models import Count

    from fairpatch.records.models import Assignment, Organisation
    from fairpatch.records.queries.tree import load_tree

    plan = Organisation.objects.select_related("active_plan").get().active_plan
    assert plan is not None
    leaves = {node.id: node.code for node in load_tree(plan).nodes if node.is_leaf and node.has_rule}
    rows = Assignment.objects.filter(territory_id__in=leaves).values_list("territory_id")
    largest = rows.annotate(count=Count("id")).order_by("-count")[0]
    return leaves[largest[0]]


def enter_demo(accounts: int) -> Any:
    """A planner of the demo company, who asks the application itself; an empty database is filled first."""
    import django

    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    load_demo(accounts)
    from fairpatch.records.models import User

    client = Client()
    client.force_login(User.objects.filter(role="planner").order_by("id")[0])
    return client


def run(accounts: int, repeat: int) -> None:
    client = enter_demo(accounts)
    from fairpatch.records.queries.snapshot import forget_snapshots, load_snapshot

    watch = Stopwatch(client, repeat)
    watch.measure("the snapshot, from its file or the tables", lambda _: load_snapshot(), 1)
    forget_snapshots()
    watch.measure("the snapshot, from its file", lambda _: load_snapshot(), 1)
    code = find_largest_territory()
    print(f"{load_snapshot().size:,} accounts; {code} is edited; load {os.getloadavg()[0]:.1f}")
    measure_typing(watch, code)
    for path in ("/home", "/territories", "/accounts?list=misplaced", "/accounts?list=unassigned"):
        watch.measure(f"GET {path}, first", lambda _, path=path: watch.ask("get", path), 1)
        watch.measure(f"GET {path}", lambda _, path=path: watch.ask("get", path))
    measure_carve_outs(watch, code)
    watch.measure("nothing changed: is the snapshot still true?", lambda _: load_snapshot())
    measure_saving(watch, code)


def measure_carve_outs(watch: Stopwatch, code: str) -> None:
    for asked in ("STRAT-AMER", code, "AMER"):
        path = f"/territories/{asked}/carve_outs"
        watch.measure(f"GET {path}, first", lambda _, path=path: watch.ask("get", path), 1)
        watch.measure(f"GET {path}", lambda _, path=path: watch.ask("get", path))
    listed = "/accounts?territory=STRAT-AMER&list=carved_out"
    watch.measure(f"GET {listed}", lambda _: watch.ask("get", listed))


def measure_typing(watch: Stopwatch, code: str) -> None:
    rule = watch.ask("get", f"/territories/{code}")["rule"]["text"]
    typed = [f"({rule}) and employees >= {10 + turn}" for turn in range(40)]
    typed += [f'({rule}) or postal_code begins with "{turn}"' for turn in range(10, 40)]

    def preview(turn: int) -> None:
        watch.ask("post", "/rules/preview", {"territory": code, "rule": {"text": typed[turn % len(typed)]}})

    watch.measure("matches N, takes M: the first one, nothing routed yet", preview, 1)
    watch.measure("matches N, takes M: a condition typed", preview)
    watch.measure("matches N, takes M: a wider rule typed", lambda turn: preview(40 + turn))


def measure_saving(watch: Stopwatch, code: str) -> None:
    draft = watch.ask("post", "/plans", {"name": "Measured"})["id"]
    rule = watch.ask("get", f"/territories/{code}?plan={draft}")["rule"]["text"]

    def save(turn: int) -> None:
        text = f"({rule}) and employees >= {100 + turn}"
        watch.ask("patch", f"/plans/{draft}/territories/{code}", {"rule": text})
        watch.ask("get", f"/territories?plan={draft}")

    def propose(_: int) -> None:
        made = watch.ask("post", "/realignments/preview", {"kind": "plan", "plan_id": draft})
        print(f"    {made['move_count']:,} moves")

    watch.measure("a rule saved in a draft, the tree with its new totals", save)
    watch.measure("the impact of proposing the draft, made in full", propose, 1)
    watch.ask("delete", f"/plans/{draft}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATA", folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "fairpatch.site.settings"
        run(asked.accounts, asked.repeat)
    return 0


if __name__ == "__main__":
    sys.exit(main())
