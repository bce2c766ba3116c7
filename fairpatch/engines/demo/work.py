"""What was and is being sold, what was done for it, and what is each rep asked for?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

# Open stages in order, with the share of open deals in each.
OPEN_STAGES = (("Qualification", 0.34), ("Discovery", 0.27), ("Proposal", 0.22), ("Negotiation", 0.17))
DEAL_NAMES = (
    "pilot",
    "expansion",
    "renewal",
    "line upgrade",
    "monitoring",
    "platform",
    "site roll-out",
    "service plan",
)
ACTIVITY_KINDS = (("call", 0.38), ("email", 0.30), ("meeting", 0.17), ("task", 0.10), ("visit", 0.05))
SUBJECTS = {
    "call": ("Check in", "Qualify need", "Follow up on offer", "Renewal call"),
    "email": ("Send case study", "Share pricing", "Confirm next steps", "Introduce specialist"),
    "meeting": ("Discovery workshop", "Demo", "Quarterly review", "Negotiation"),
    "task": ("Prepare proposal", "Update forecast", "Review contract", "Build business case"),
    "visit": ("Site visit", "Plant walk-through", "Executive visit"),
}
OPEN_SHARE, WON_SHARE = 0.36, 0.29
HISTORY_DAYS = 730
LEVEL_QUOTA = {"junior": 260_000, "mid": 380_000, "senior": 520_000, "principal": 900_000}

Row = tuple[Any, ...]
DEAL_COLUMNS = ("id", "account", "name", "stage", "outcome", "amount", "opened_on", "close_on", "closed_on")
ACTIVITY_COLUMNS = ("id", "account", "kind", "subject", "due_on", "done_on")
QUOTA_COLUMNS = ("rep", "territory", "starts_on", "ends_on", "amount")


def draw_deals(
    names: Sequence[str], revenues: Sequence[int], ids: Sequence[str], count: int, today: dt.date, seed: int
) -> Iterator[Row]:
    """Deals of two years. Larger accounts have more and larger ones; a third is still open."""
    rng = np.random.default_rng([seed, 2])
    weights = np.sqrt(np.array(revenues, dtype=np.float64) + 1)
    chosen = np.searchsorted(np.cumsum(weights / weights.sum())[:-1], rng.random(count))
    fate, stage_draw = rng.random(count), rng.random(count)
    age, cycle = (
        rng.integers(0, HISTORY_DAYS, count),
        np.clip(rng.gamma(3.0, 32.0, count), 10, 400).astype(int),
    )
    amounts = np.exp(rng.normal(10.3, 0.9, count)) * (1 + np.log10(np.array(revenues)[chosen] + 10) / 8)
    labels = rng.integers(0, len(DEAL_NAMES), count)
    stages = np.searchsorted(np.cumsum([share for _, share in OPEN_STAGES])[:-1], stage_draw)
    for place in range(count):
        at = int(chosen[place])
        amount = int(round(float(amounts[place]), -2))
        name = f"{names[at]} {DEAL_NAMES[labels[place]]}"
        if fate[place] < OPEN_SHARE:
            opened = today - dt.timedelta(days=int(age[place]) % 170)
            close = max(today, opened) + dt.timedelta(days=5 + int(cycle[place]) // 2)
            row: Row = (OPEN_STAGES[stages[place]][0], "open", amount, opened, close, None)
        else:
            opened = today - dt.timedelta(days=int(age[place]) + int(cycle[place]) + 1)
            closed = opened + dt.timedelta(days=int(cycle[place]))
            is_won = fate[place] < OPEN_SHARE + WON_SHARE
            row = (
                "Closed won" if is_won else "Closed lost",
                "won" if is_won else "lost",
                amount,
                opened,
                closed,
                closed,
            )
        yield (f"D-{place + 1:06d}", ids[at], name, *row)


def draw_activities(
    ids: Sequence[str], revenues: Sequence[int], count: int, today: dt.date, seed: int
) -> Iterator[Row]:
    """A year of activities and the month ahead: what lies behind is mostly done, what lies ahead is not."""
    rng = np.random.default_rng([seed, 3])
    weights = np.sqrt(np.array(revenues, dtype=np.float64) + 1)
    chosen = np.searchsorted(np.cumsum(weights / weights.sum())[:-1], rng.random(count))
    kinds = np.searchsorted(np.cumsum([share for _, share in ACTIVITY_KINDS])[:-1], rng.random(count))
    days = rng.integers(-365, 31, count)
    is_done = rng.random(count) < 0.97
    subject = rng.random(count)
    for place in range(count):
        kind = ACTIVITY_KINDS[kinds[place]][0]
        options = SUBJECTS[kind]
        due = today + dt.timedelta(days=int(days[place]))
        done = due if days[place] < 0 and (is_done[place] or days[place] < -45) else None
        yield (
            f"T-{place + 1:06d}",
            ids[int(chosen[place])],
            kind,
            options[int(subject[place] * len(options))],
            due,
            done,
        )


def draw_quotas(people: Sequence[Mapping[str, str]], today: dt.date, seed: int) -> Iterator[Row]:
    """Quarterly quotas of last year and this year: for each rep with a patch, and for each patch its part."""
    rng = np.random.default_rng([seed, 4])
    for person in people:
        base = LEVEL_QUOTA.get(person["level"])
        if base is None:
            continue
        patches = person["seats"].split("|")
        for start, end in list_quarters(today):
            growth = 1.0 if start.year < today.year else 1.08
            part = int(round(base * growth * float(rng.uniform(0.92, 1.08)) / len(patches), -3))
            yield person["id"], "", start, end, part * len(patches)
            for patch in patches:
                yield "", patch, start, end, part


def list_quarters(today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """First and last day of the eight quarters of last year and this one."""
    starts = [dt.date(year, month, 1) for year in (today.year - 1, today.year) for month in (1, 4, 7, 10)]
    ends = [*starts[1:], dt.date(today.year + 1, 1, 1)]
    return [(start, end - dt.timedelta(days=1)) for start, end in zip(starts, ends, strict=True)]
