"""Does the snapshot always say what the tables say, however it came to be? Is a doubtful file left alone?"""

import itertools
import multiprocessing
import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from fairpatch.actions.imports import import_folder
from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.records.models import Account, Assignment, Deal
from fairpatch.records.queries import snapshot as queries
from fairpatch.records.queries.snapshot import forget_snapshots, load_snapshot
from fairpatch.records.routing_engine import get_engine
from fairpatch.records.snapshot import Snapshot
from fairpatch.records.snapshot_reading import read_accounts
from tests.worlds.import_files import read_small_mapping, write_files
from tests.worlds.late_commit import hold_back_commit
from tests.worlds.staff import Company, add_accounts, add_deal, found_company

numbers = itertools.count(10**6)


@pytest.fixture
def folder(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A database and a DATA directory for this test alone."""
    monkeypatch.setattr(settings, "DATA", tmp_path)
    forget_snapshots()
    yield tmp_path / "snapshots"
    forget_snapshots()


@pytest.fixture
def company(folder: Path) -> Company:
    made = found_company(8)
    Account.objects.filter(key="a2").update(parent=made.accounts["a1"], custom={"floor": 7, "tags": ["x"]})
    add_deal(made, "a3", "d1", "ann")
    return made


def spell(snapshot: Snapshot) -> dict[str, Any]:
    """What a snapshot says, whatever its codes are."""
    columns = {
        name: column.values.take(column.codes).to_pylist() for name, column in snapshot.columns.items()
    }
    return {
        "ids": snapshot.ids.tolist(),
        "columns": {name: values for name, values in columns.items() if any(v is not None for v in values)},
        "figures": {name: values.tolist() for name, values in snapshot.figures.items()},
        "layers": {
            layer: {name: values.tolist() for name, values in figures.items()}
            for layer, figures in snapshot.layers.items()
        },
    }


def assert_true() -> Snapshot:
    known = load_snapshot()
    assert spell(known) == spell(read_accounts())
    return known


def change_something(company: Company, r: random.Random) -> None:
    account = Account.objects.filter(key=r.choice(sorted(company.accounts)))
    pk = account.get().pk
    match r.randrange(10):
        case 0:
            account.update(state=r.choice(["CA", "NY", "", "ZÜ"]), name=f"Renamed {r.random()}")
        case 1:
            account.update(
                annual_revenue_minor=r.choice([None, 0, 2**60, 12_345]), employees=r.choice([None, 5])
            )
        case 2:
            account.update(custom=r.choice([{}, {"floor": 1.5}, {"new": "ö", "floor": None}]))
        case 3:
            account.update(ended_at=r.choice([None, company.plan.created_at]))
        case 4:
            other = r.choice([None, *Account.objects.exclude(pk=pk)])
            account.update(parent=other)
        case 5:
            new = f"k{next(numbers)}"
            account.update(key=new, external_id=new)
            company.accounts[new] = company.accounts.pop(
                next(k for k, a in company.accounts.items() if a.pk == pk)
            )
        case 6:
            add_accounts(company, 1, first=next(numbers))
        case 7:
            account.update(owner=company.reps[r.choice(["ann", "bob"])], latitude=1.5, longitude=r.random())
        case 8:
            Assignment.objects.filter(account_id=pk).update(tie=r.random() < 0.5, other_claims=r.randrange(9))
            Assignment.objects.filter(account_id=pk, layer=company.layers["cloud"]).delete()
        case 9:
            deals = Deal.objects.all()
            deals.update(account_id=pk, amount_minor=r.randrange(10**9), outcome=r.choice(["open", "won"]))


@effort(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), steps=st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_a_patched_snapshot_is_a_rebuilt_one(company: Company, seed: int, steps: list[int]) -> None:
    r = random.Random(seed)
    assert_true()
    for edits in steps:
        for _ in range(edits):
            change_something(company, r)
        assert_true()
    queries._write_file(queries._identify_database(), load_snapshot())
    forget_snapshots()
    change_something(company, r)
    assert_true()


def test_it_is_read_once_and_then_only_patched(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_snapshot()
    with CaptureQueriesContext(connection) as asked:
        assert load_snapshot().columns is first.columns
    assert len(asked) <= 2, "the positions, and on PostgreSQL which database this is"
    asked_for: list[Any] = []
    monkeypatch.setattr(
        queries, "read_accounts", lambda ids=None: asked_for.append(ids) or read_accounts(ids)
    )
    Account.objects.filter(key="a4").update(city="Reno")
    second = assert_true()
    assert [ids.tolist() for ids in asked_for] == [[company.accounts["a4"].pk]]
    assert second.facts_serial != first.facts_serial
    assert second.columns["state"].codes is first.columns["state"].codes, "what stays is shared"
    add_deal(company, "a5", "d2", "bob")
    third = assert_true()
    assert (third.serial != second.serial, third.facts_serial) == (True, second.facts_serial)


def test_an_office_follows_the_key_of_its_parent(company: Company) -> None:
    load_snapshot()
    Account.objects.filter(key="a1").update(key="z1", external_id="Z1")
    parent = assert_true().columns["parent"]
    assert "z1" in parent.values.take(parent.codes).to_pylist()


def test_values_are_listed_by_how_many_have_them(company: Company) -> None:
    Account.objects.update(city="")
    for city, keys in (("Oslo", ["a1"]), ("Lima", ["a2", "a3", "a4"]), ("Rome", ["a5", "a6"])):
        Account.objects.filter(key__in=keys).update(city=city)
    assert load_snapshot().list_values("city") == ["Lima", "Rome", "Oslo"]


def test_what_is_rolled_back_never_was(company: Company) -> None:
    before = load_snapshot()
    with transaction.atomic():
        Account.objects.filter(key="a4").update(city="Nowhere")
        inside = assert_true()
        assert "Nowhere" in inside.columns["city"].values.to_pylist()
        transaction.set_rollback(True)
    assert load_snapshot().columns is before.columns
    Account.objects.filter(key="a4").update(city="Somewhere")
    column = load_columns(assert_true()).fold("city")
    assert "nowhere" not in column.values


def load_columns(known: Snapshot, *fields: Field) -> Any:
    parts = {name: (column.values, column.codes, None, 0) for name, column in known.columns.items()}
    keys = known.columns["key"]
    return get_engine().code_columns(keys.values.take(keys.codes), parts, Catalogue(fields), known.books)


def test_another_catalogue_reads_the_same_values_in_its_own_way(company: Company) -> None:
    known = load_snapshot()
    floor = known.columns["custom.floor"]
    keys = known.columns["key"].values.take(known.columns["key"].codes)
    found = []
    for kind in ("number", "text"):
        catalogue = Catalogue((Field("floor", kind),))
        columns = get_engine().code_columns(
            keys, {"floor": (floor.values, floor.codes, int, 0)}, catalogue, known.books
        )
        found.append(columns.fold("floor").values)
    assert found == [[None, 7], [None, "7"]]


@pytest.mark.parametrize("harm", ["cut", "byte", "shape", "empty", "other", "older"])
def test_a_doubtful_file_is_not_believed(company: Company, folder: Path, harm: str) -> None:
    load_snapshot()
    [path] = folder.glob("*.snapshot")
    whole = path.read_bytes()
    match harm:
        case "cut":
            path.write_bytes(whole[:-100])
        case "byte":
            path.write_bytes(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
        case "shape":
            path.write_bytes(whole.replace(b'"shape":"', b'"shape":"0'))
        case "empty":
            path.write_bytes(b"")
        case "other":
            path.write_bytes(whole.replace(b"fairpatch-snapshot/1", b"fairpatch-snapshot/0"))
        case "older":
            # As if the database had been put back to a state before the file's.
            at = whole.index(b'"signature":"') + len(b'"signature":"')
            path.write_bytes(whole[:at] + b"0" * 128 + whole[at + 128 :])
    forget_snapshots()
    assert queries._read_file(queries._identify_database()) is None
    assert_true()
    assert queries._read_file(queries._identify_database()) is not None, "written again"


def test_a_count_that_does_not_fit_is_found_out(company: Company) -> None:
    known = load_snapshot()
    fewer = read_accounts(known.ids[:-1])
    queries._write_file(
        queries._identify_database(), Snapshot(**{**vars(fewer), "positions": known.positions})
    )
    forget_snapshots()
    assert_true()


def test_a_crash_before_the_renaming_leaves_the_old_file(
    company: Company, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_snapshot()
    [path] = folder.glob("*.snapshot")
    before = path.read_bytes()
    Account.objects.filter(key="a4").update(city="Reno")
    fresh = load_snapshot()

    def crash(*_: object) -> None:
        raise OSError("power cut")

    database = queries._identify_database()
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", crash)
        with pytest.raises(OSError, match="power cut"):
            queries._write_file(database, fresh)
    assert path.read_bytes() == before
    forget_snapshots()
    assert_true()


def test_threads_share_one(company: Company) -> None:
    found: list[Snapshot] = []

    def look() -> None:
        found.append(load_snapshot())
        connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({id(snapshot.columns) for snapshot in found}) == 1


def build_elsewhere(name: str, data: str, told: Any) -> None:
    connections["default"].settings_dict["NAME"] = name
    settings.DATA = Path(data)
    known = load_snapshot()
    told.put((os.getpid(), known.size, known.positions))
    connections.close_all()


def test_two_processes_at_once_leave_one_sound_file(company: Company, folder: Path) -> None:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    told = context.Queue()
    name = connection.settings_dict["NAME"]
    both = [context.Process(target=build_elsewhere, args=(name, str(folder.parent), told)) for _ in range(2)]
    for process in both:
        process.start()
    said = [told.get(timeout=30) for _ in both]
    for process in both:
        process.join(30)
    assert len({pid for pid, _, _ in said}) == 2
    assert {size for _, size, _ in said} == {8}
    assert [path.suffix for path in sorted(folder.iterdir())] == [".lock", ".snapshot"]
    assert queries._read_file(queries._identify_database()) is not None
    assert_true()


@pytest.mark.skipif("settings.IS_SQLITE", reason="SQLite has one writer: numbers are given in order")
def test_a_smaller_number_that_commits_later_is_seen(company: Company, own_database: str) -> None:
    """The first transaction takes its numbers, the second one takes larger ones and commits before it."""
    load_snapshot()
    with hold_back_commit(lambda: Account.objects.filter(key="a4").update(city="Early")):
        Account.objects.filter(key="a5").update(city="Late")
        cities = assert_true().columns["city"].values.to_pylist()
        assert ("Late" in cities, "Early" in cities) == (True, False)
    assert "Early" in assert_true().columns["city"].values.to_pylist()
    assert np.array_equal(load_snapshot().ids, read_accounts().ids)


def test_an_import_leaves_statistics_and_the_snapshot_behind(folder: Path, tmp_path: Path) -> None:
    import_folder(write_files(tmp_path / "files"), read_small_mapping())
    assert len(list(folder.glob("*.snapshot"))) == 1
    assert assert_true().size == 4
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM pg_stats WHERE tablename = 'records_account'")
            assert cursor.fetchone()[0] > 0
