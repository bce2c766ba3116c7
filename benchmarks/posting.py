"""How long does it take until a new account is decided, stored and signed?

Asks the application itself (POST /accounts), without a network between, once it has learnt the company as
every server does at its start. Half of the new accounts are offices of another account. An empty database is
filled with the demo company first. DATABASE_URL chooses PostgreSQL, whose own processes count by the clock
only.

    DATA=/some/directory python -m benchmarks.posting [--accounts 5000] [--posts 400]
"""

import argparse
import itertools
import os
import random
import sys
import tempfile
import time
from typing import Any

from benchmarks.snapshot import Stopwatch, enter_demo

BAR_MS = 20
PLACES = (
    ("US", "CA", "94105", "San Francisco"),
    ("US", "TX", "77002", "Houston"),
    ("US", "NY", "10013", "New York"),
    ("US", "OH", "43202", "Columbus"),
    ("DE", "BY", "80331", "Munich"),
    ("GB", "ENG", "SW1A 1AA", "London"),
)
INDUSTRIES = ("622110", "541511", "333415", "424910", "52", "")


def make_account(number: int, parents: list[int], r: random.Random) -> dict[str, Any]:
    """What a form or a CRM would send."""
    country, state, postal_code, city = r.choice(PLACES)
    made = {
        "name": f"Measured {number}",
        "country": country,
        "state": state,
        "postal_code": postal_code,
        "city": city,
        "industry": r.choice(INDUSTRIES),
        "employees": int(r.paretovariate(0.8) * 10),
    }
    return {**made, "parent_id": r.choice(parents)} if number % 2 else made


def tell_percentiles(name: str, milliseconds: list[float], bar: float | None = None) -> None:
    """Middle, 99th of 100 and worst, beside the bar."""
    ordered = sorted(milliseconds)
    late = ordered[len(ordered) * 99 // 100]
    verdict = "" if bar is None else f"  bar <= {bar:g} ms: {'met' if late <= bar else 'NOT MET'}"
    print(
        f"{name:<44} middle {ordered[len(ordered) // 2]:7.1f} ms, 99 of 100 within {late:7.1f}, "
        f"worst {ordered[-1]:7.1f}{verdict}",
        flush=True,
    )


def run(accounts: int, posts: int) -> None:
    client = enter_demo(accounts)
    from fairpatch.records.models import Account
    from fairpatch.site.server import learning

    learning.join()
    watch, r = Stopwatch(client, 1), random.Random(7)
    parents = list(Account.objects.order_by("id").values_list("id", flat=True)[:200])
    spent, clock = [], []
    numbers = itertools.count()
    watch.measure("the first one", lambda _: watch.ask("post", "/accounts", make_account(0, parents, r)))
    for _ in range(posts):
        body = make_account(next(numbers), parents, r)
        cpu, wall = time.process_time(), time.perf_counter()
        made = watch.ask("post", "/accounts", body)
        spent.append((time.process_time() - cpu) * 1000)
        clock.append((time.perf_counter() - wall) * 1000)
        assert made["id"], "not stored"
    print(f"{Account.objects.count():,} accounts; load {os.getloadavg()[0]:.1f}")
    tell_percentiles("a posted account, processor time", spent, BAR_MS)
    tell_percentiles("a posted account, by the clock", clock, BAR_MS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=5_000)
    parser.add_argument("--posts", type=int, default=400)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATA", folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "fairpatch.site.settings"
        run(asked.accounts, asked.posts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
