"""Is what a check foretells exactly what applying the import then does?"""

import csv
import datetime as dt
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from fairpatch.actions.imports import apply_import, check_folder, foretell_import, import_folder
from fairpatch.actions.imports_effect import ATTACHED
from fairpatch.actions.imports_folder import STAGE_NAME, find_import_folder
from fairpatch.actions.imports_sql import attach_stage, fetch_sql
from fairpatch.connectors.stage_effect import EFFECT_NAME, write_effect
from fairpatch.connectors.staging import open_stage
from fairpatch.core.accounts.mapping import ImportSpec, read_mapping
from fairpatch.core.errors import FairpatchError
from fairpatch.core.plans.plan import fold_account_id
from fairpatch.records.models import (
    Account,
    Assignment,
    Deal,
    Import,
    Move,
    Ownership,
    Rep,
    WaitingMove,
)
from fairpatch.records.queries.import_effects import (
    describe_import_effect,
    is_effect_current,
    read_effect_about,
)
from fairpatch.records.queries.routing import find_day
from fairpatch.records.visibility import load_company_scope
from tests.conformance.rich_plans import FIELDS, draw_rich_accounts
from tests.seeds import list_seeds
from tests.worlds.import_files import edit_file, read_small_mapping, write_files
from tests.worlds.late_commit import hold_back_commit
from tests.worlds.rich import START, found_rich_company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])
SEEDS = list_seeds(24, quick=6)
NOW = START + dt.timedelta(hours=1)
COLUMNS = (
    *("id", "name", "owner", "country", "state", "city", "postal_code", "latitude", "longitude", "industry"),
    *("sic", "employees", "annual_revenue", "product_lines", "segment", "parent"),
)
POLICIES = ("at_once", "propose", "next_cycle")


def draw_files(r: random.Random, folder: Path) -> ImportSpec:
    """Some accounts drawn anew, some new ones, deals old and new, and people who come and go."""
    drawn = draw_rich_accounts(r)
    new = [{**row, "id": f"N{place}"} for place, row in enumerate(draw_rich_accounts(r)[: r.randint(0, 5)])]
    for row in new:
        row["parent"] = r.choice([None, "A1", "N0", row["parent"]])
    rows = [*r.sample(drawn, r.randint(1, 12)), *new]
    for row in rows:
        row["owner"] = r.choice([None, None, "ann", "dora"])
        row["name"] = row.get("name") or "Nameless"
        row |= {name: value.isoformat() for name, value in row.items() if isinstance(value, dt.date)}
    optional = [name for name in COLUMNS[3:] if r.random() < 0.8]
    custom = [field for field in FIELDS if r.random() < 0.8]
    columns: dict[str, Any] = {name: name for name in ("id", "name", "owner", *optional)}
    columns |= {f"custom.{field.name}": {"column": field.name, "type": field.type} for field in custom}
    write_table(folder / "accounts.csv", [*COLUMNS, *(field.name for field in FIELDS)], rows)
    people = [("dora", "boss", "active"), ("ann", r.choice(["boss", "dora"]), r.choice(["active", "left"]))]
    write_table(
        folder / "reps.csv",
        ["id", "name", "manager", "status"],
        [{"id": i, "name": i.title(), "manager": m, "status": s} for i, m, s in people],
    )
    write_table(folder / "deals.csv", ["id", "account", "name", "stage", "amount"], draw_deals(r, rows))
    deals = ["id", "account", "name", "stage", *r.choice([["amount"], []])]
    files = [
        {"file": "reps.csv", "kind": "reps", "columns": {n: n for n in ("id", "name", "manager", "status")}},
        {"file": "accounts.csv", "kind": "accounts", "columns": columns},
        {"file": "deals.csv", "kind": "deals", "columns": {name: name for name in deals}},
    ]
    return read_mapping({"name": "Drawn", "system": "crm", "files": files})


def draw_deals(r: random.Random, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for place in range(r.randint(0, 6)):
        known = f"{fold_account_id(r.choice(rows)['id'])}-{r.randint(0, 1)}"
        yield {
            "id": r.choice([known, f"new {place}"]), "account": r.choice(rows)["id"], "name": "Deal",
            "stage": r.choice(["offer", "Closed won"]), "amount": r.randrange(10**4),
        }  # fmt: skip


def write_table(path: Path, names: list[str], rows: Any) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def upset_some(r: random.Random) -> None:
    """Before the import already: accounts that wait, one that ended."""
    accounts = list(Account.objects.order_by("id"))
    Account.objects.filter(pk=r.choice(accounts).pk).update(state="CA", employees=50)
    if r.random() < 0.5:
        Account.objects.filter(pk=r.choice(accounts).pk).update(ended_at=START)


def read_effect(import_id: int, table: str) -> list[tuple[Any, ...]]:
    path = find_import_folder(Import.objects.get(pk=import_id)) / EFFECT_NAME
    with closing(sqlite3.connect(path)) as file:
        return file.execute(f"SELECT * FROM {table}").fetchall()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_foretold_is_what_comes(seed: int, tmp_path: Path) -> None:
    r = random.Random(seed)
    organisation, _ = found_rich_company(r, POLICIES)
    assert organisation.active_plan is not None
    upset_some(r)
    spec = draw_files(r, tmp_path)
    checked = check_folder(tmp_path, spec)
    before = set(Account.objects.values_list("id", flat=True))
    foretell_import(checked.import_id, now=NOW)
    foretold = [row[1:] for row in read_effect(checked.import_id, "effect_move")]
    landings = {row[:3]: row[3:] for row in read_effect(checked.import_id, "effect_landing")}
    assert set(Account.objects.values_list("id", flat=True)) == before, "nothing is written"
    unknown = Rep.objects.order_by("-id").values_list("id", flat=True)[0] + 1

    applied = apply_import(None, checked.import_id, leave_out_faulty=True, folder=tmp_path, now=NOW)
    new_rep = {unknown: Rep.objects.get(key="dora").pk}

    def settle(pk: int) -> int:
        return new_rep.get(pk, pk)

    policies = {x.layer_id: x.on_change or "propose" for x in organisation.active_plan.layout.layers.all()}
    came = {
        (move.account_id, move.layer_id, move.from_territory_id or 0, move.to_territory_id or 0,
         move.from_rep_id or 0, move.to_rep_id or 0, move.cause)
        for move in Move.objects.filter(realignment_id__in=applied.realignment_ids)
    }  # fmt: skip
    assert {
        (*row[:4], settle(row[4]), settle(row[5]), row[6])
        for row in foretold
        if policies[row[1]] != "next_cycle"
    } == came
    waits = WaitingMove.objects.filter(policy="next_cycle")
    assert {(row[0], row[1], row[3]) for row in foretold if policies[row[1]] == "next_cycle"} == {
        (wait.account_id, wait.layer_id, wait.territory_id or 0) for wait in waits
    }
    assert len({row[0] for row in foretold}) == applied.reassigned
    for row in foretold:
        assert row[7:] == weigh(row[0])
    assert {(*key[:2], settle(key[2])): value for key, value in landings.items()} == find_landings(
        set(Account.objects.values_list("id", flat=True)) - before
    )


def weigh(account_id: int) -> tuple[int, int, int]:
    deals = list(
        Deal.objects.filter(account=account_id, outcome="open").values_list("amount_minor", flat=True)
    )
    return Account.objects.get(pk=account_id).annual_revenue_minor or 0, len(deals), sum(deals)


def find_landings(new: set[int]) -> dict[tuple[int, int, int], tuple[int, int]]:
    found: dict[tuple[int, int, int], tuple[int, int]] = {}
    for account, layer, territory in Assignment.objects.filter(account__in=new).values_list(
        "account_id", "layer_id", "territory_id"
    ):
        owned = Ownership.objects.filter(account=account, layer=layer, realignment=None).first()
        key = (layer, territory or 0, owned.rep_id or 0 if owned else 0)
        count, revenue = found.get(key, (0, 0))
        found[key] = (count + 1, revenue + weigh(account)[0])
    return found


def change_account() -> None:
    Account.objects.filter(key="a3").update(state="ZZ")


def change_standing() -> None:
    Assignment.objects.filter(account__key="a3").update(other_claims=77)


def change_people() -> None:
    Rep.objects.filter(key="bob").update(status="left")


def change_deals() -> None:
    deal = Deal.objects.exclude(outcome="lost").first()
    assert deal is not None
    Deal.objects.filter(pk=deal.pk).update(outcome="lost")


@pytest.mark.parametrize("happen", [change_account, change_standing, change_people, change_deals])
def test_who_has_read_an_effect_gets_that_one_or_is_refused(
    happen: Callable[[], None], tmp_path: Path
) -> None:
    r = random.Random(1)
    found_rich_company(r, POLICIES)
    checked = check_folder(tmp_path, draw_files(r, tmp_path))

    def apply(seen: dt.datetime) -> None:
        apply_import(
            None, checked.import_id, leave_out_faulty=True, seen_effect=seen, folder=tmp_path, now=NOW
        )

    foretell_import(checked.import_id, now=NOW)
    happen()
    before = Account.objects.count()
    with pytest.raises(FairpatchError, match="Nothing was imported"):
        apply(NOW)
    assert Account.objects.count() == before
    foretell_import(checked.import_id, now=NOW + dt.timedelta(minutes=1))
    with pytest.raises(FairpatchError, match="read it"):
        apply(NOW)
    apply(NOW + dt.timedelta(minutes=1))
    assert Import.objects.get(pk=checked.import_id).status == "applied"


def test_a_process_killed_while_it_writes_leaves_the_earlier_effect(tmp_path: Path) -> None:
    """As the operating system sees it: everything written so far stays, nothing is finished or undone."""
    rows = [(pk, 1, 1, 2, 3, 4, "rule", 5, 6, 7) for pk in range(3)]
    left = tmp_path / "left"
    left.mkdir()

    def break_off() -> Iterator[tuple[Any, ...]]:
        for pk in range(600_000):
            yield (2**40 + pk, 2**40, *[2**40] * 4, "rule", *[2**40] * 3)
        for path in tmp_path.glob("*.sqlite3*"):
            (left / path.name).write_bytes(path.read_bytes())

    write_effect(tmp_path, {"at": "then"}, rows)
    write_effect(tmp_path, {"at": "now"}, break_off())
    sizes = sorted(path.stat().st_size for path in left.iterdir())
    assert sizes[-1] > 2**20 > sizes[0], "it had begun to write"
    with closing(sqlite3.connect(left / EFFECT_NAME)) as file:
        assert file.execute("SELECT * FROM effect_move").fetchall() == [
            (n + 1, *row) for n, row in enumerate(rows)
        ]
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    write_effect(left, {"at": "again"}, rows[:1])
    assert [path.name for path in left.iterdir()] == [EFFECT_NAME]


def describe(folder: Path, spec: ImportSpec) -> dict[str, Any]:
    checked = check_folder(folder, spec)
    foretell_import(checked.import_id)
    return describe_import_effect(load_company_scope(), checked.import_id)


def test_a_plan_that_comes_along_moves_nobody(tmp_path: Path) -> None:
    folder, spec = write_files(tmp_path / "files"), read_small_mapping()
    first = describe(folder, spec)
    assert (first["state"], first["brings_plan"]) == ("no_live_plan", True)
    import_folder(folder, spec)
    edit_file(folder, "territories.csv", '""WA"", ""OR""', '""OR"", ""NV""')
    second = describe(folder, spec)
    assert (second["state"], second["brings_plan"], second["moved"]) == ("foretold", True, 0)


def test_that_no_plan_is_live_is_an_effect_too(tmp_path: Path) -> None:
    folder, spec = write_files(tmp_path / "files"), read_small_mapping()
    checked = check_folder(folder, spec)
    foretell_import(checked.import_id, now=NOW)
    import_folder(folder, spec)
    assert not describe_import_effect(load_company_scope(), checked.import_id)["is_current"]
    with pytest.raises(FairpatchError, match="read it"):
        apply_import(None, checked.import_id, seen_effect=NOW, folder=folder)
    deals = replace(spec, files=tuple(entry for entry in spec.files if entry.kind == "deals"))
    checked = check_folder(folder, deals)
    foretell_import(checked.import_id, now=NOW)
    change_account()
    said = describe_import_effect(load_company_scope(), checked.import_id)
    assert (said["state"], said["is_current"]) == ("no_accounts", True)
    apply_import(None, checked.import_id, seen_effect=NOW, folder=folder)


@pytest.mark.django_db(databases=["default", "jobs"], transaction=True)
@pytest.mark.skipif(settings.IS_SQLITE, reason="SQLite has one writer: numbers are given in order")
def test_a_change_that_was_begun_before_and_comes_to_light_later_outdates_an_effect(tmp_path: Path) -> None:
    """The first transaction takes its numbers, the second one takes larger ones and commits before it."""
    r = random.Random(1)
    organisation, _ = found_rich_company(r, POLICIES)
    checked = check_folder(tmp_path, draw_files(r, tmp_path))
    with hold_back_commit(lambda: Account.objects.filter(key="a4").update(state="ZZ")):
        change_account()
        foretell_import(checked.import_id, now=NOW)
        about = read_effect_about(Import.objects.get(pk=checked.import_id))
        today = find_day(organisation, NOW)
        assert about is not None
        assert is_effect_current(about, organisation.active_plan, today)
    assert not is_effect_current(about, organisation.active_plan, today)
    with pytest.raises(FairpatchError, match="read it"):
        apply_import(
            None, checked.import_id, leave_out_faulty=True, seen_effect=NOW, folder=tmp_path, now=NOW
        )


def test_staged_rows_that_cannot_be_copied_leave_nothing_behind(tmp_path: Path) -> None:
    checked = check_folder(write_files(tmp_path / "files"), read_small_mapping())
    with open_stage(find_import_folder(Import.objects.get(pk=checked.import_id)) / STAGE_NAME) as stage:
        stage.connection.execute("ALTER TABLE stage_deals RENAME TO stage_lost")
        for _ in range(2):  # the second attempt finds the connection as the first one did
            with (
                pytest.raises(sqlite3.OperationalError, match="no such table"),
                attach_stage(stage, ATTACHED),
            ):
                pass
        stage.connection.execute("ALTER TABLE stage_lost RENAME TO stage_deals")
        with attach_stage(stage, ATTACHED):
            assert sum(map(len, fetch_sql("SELECT id FROM stage_deals"))) == 2
