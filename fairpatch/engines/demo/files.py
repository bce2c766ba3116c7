"""How are the demo company's files written, small or large?"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from fairpatch.core.plans.export import print_plan
from fairpatch.core.plans.text import read_plan
from fairpatch.engines.demo.company import Columns, draw_accounts
from fairpatch.engines.demo.markets import build_market
from fairpatch.engines.demo.trouble import PEOPLE_COLUMNS, Cast, finish_plan, read_people, write_people
from fairpatch.engines.demo.work import (
    ACTIVITY_COLUMNS,
    DEAL_COLUMNS,
    QUOTA_COLUMNS,
    draw_activities,
    draw_deals,
    draw_quotas,
)
from fairpatch.engines.geo.places import open_places

STANDARD_ACCOUNTS = 5_000
SEED = 20_27
MOST_DEALS, MOST_ACTIVITIES = 100_000, 400_000
_ROWS_AT_ONCE = 50_000

Format = Literal["csv", "parquet"]
Tell = Callable[[int, int, str], None]


@dataclass(slots=True)
class Written:
    """What was written, in rows."""

    rows: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Sample:
    """Accounts that deals and activities are drawn from: all of a small company, the first of a large one."""

    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    revenues: list[int] = field(default_factory=list)

    def take(self, accounts: Columns) -> None:
        room = MOST_DEALS - len(self.ids)
        self.ids += accounts["id"][:room]
        self.names += accounts["name"][:room]
        self.revenues += accounts["annual_revenue"][:room]


def write_company(
    folder: Path,
    today: dt.date,
    accounts: int = STANDARD_ACCOUNTS,
    *,
    seed: int = SEED,
    form: Format = "csv",
    tell: Tell = lambda done, total, message: None,
) -> Written:
    """Writes a whole company with its mapping.toml. Equal arguments give equal files."""
    folder.mkdir(parents=True, exist_ok=True)
    data = resources.files("fairpatch") / "starters" / "demo"
    people = read_people((data / "people.csv").read_text("utf-8"))
    cast, sample, written = Cast(), _Sample(), Written()

    def draw() -> Iterator[Columns]:
        done = 0
        for chunk in draw_accounts(build_market(open_places()), accounts, seed):
            cast.meet(chunk)
            sample.take(chunk)
            done += len(chunk["id"])
            tell(done, accounts, "Writing accounts")
            yield chunk

    written.rows["accounts"] = _write_columns(folder / f"accounts.{form}", draw(), form)
    plan = finish_plan(read_plan((data / "plan.yaml").read_text("utf-8"), "plan.yaml"), people, cast, today)
    (folder / "plan.yaml").write_text(print_plan(plan), encoding="utf-8")
    deals = draw_deals(
        sample.names, sample.revenues, sample.ids, min(accounts * 3 // 5, MOST_DEALS), today, seed
    )
    activities = draw_activities(sample.ids, sample.revenues, min(accounts * 4, MOST_ACTIVITIES), today, seed)
    for name, columns, rows in (
        ("reps", PEOPLE_COLUMNS, iter(write_people(people, today))),
        ("deals", DEAL_COLUMNS, deals),
        ("activities", ACTIVITY_COLUMNS, activities),
        ("quotas", QUOTA_COLUMNS, draw_quotas(people, today, seed)),
    ):
        tell(0, 0, f"Writing {name}")
        written.rows[name] = _write_columns(folder / f"{name}.{form}", _turn(columns, rows), form)
    mapping = (data / "mapping.toml").read_text("utf-8")
    (folder / "mapping.toml").write_text(mapping.replace(".csv", f".{form}"), encoding="utf-8")
    return written


def _turn(columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[Columns]:
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _ROWS_AT_ONCE:
            yield dict(zip(columns, map(list, zip(*batch, strict=True)), strict=True))
            batch = []
    if batch:
        yield dict(zip(columns, map(list, zip(*batch, strict=True)), strict=True))


def _write_columns(path: Path, chunks: Iterator[Columns], form: Format) -> int:
    return _write_csv(path, chunks) if form == "csv" else _write_parquet(path, chunks)


def _write_csv(path: Path, chunks: Iterator[Columns]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for chunk in chunks:
            if not count:
                writer.writerow(chunk)
            rows = list(zip(*chunk.values(), strict=True))
            writer.writerows(rows)
            count += len(rows)
    return count


def _write_parquet(path: Path, chunks: Iterator[Columns]) -> int:
    count, writer = 0, None
    try:
        for chunk in chunks:
            table = pa.table({name: _make_array(name, values) for name, values in chunk.items()})
            if writer is None:
                writer = pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
            count += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return count


def _make_array(name: str, values: list[Any]) -> Any:
    if name == "product_lines":
        return pa.array([value.split("|") if value else [] for value in values], pa.list_(pa.string()))
    if name.endswith("_on"):
        return pa.array(values, pa.date32())
    return pa.array(values)
