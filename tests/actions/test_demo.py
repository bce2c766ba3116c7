"""Is the demo company the same for everyone, and does it have the problems that docs/use/demo.md promises?"""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from fairpatch.actions.demo import load_demo
from fairpatch.actions.imports import check_folder
from fairpatch.connectors.mapping_file import load_mapping_file
from fairpatch.connectors.sources import open_source
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import sees_whole_company
from fairpatch.core.plans.text import read_plan
from fairpatch.engines.demo.files import write_company
from fairpatch.records.models import (
    Account,
    Activity,
    Assignment,
    Deal,
    LayoutTerritory,
    Lock,
    Organisation,
    Quota,
    Rep,
    Seat,
    User,
)
from fairpatch.records.queries.misplaced import count_company_misplaced
from fairpatch.records.queries.organisation import DEMO_PASSWORD

TODAY = dt.date(2026, 11, 21)
database = pytest.mark.django_db(databases=["default", "jobs"])


@database
def test_the_demo_company_has_what_its_page_promises() -> None:
    applied = load_demo(TODAY, accounts=2_000, now=dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC))
    assert Organisation.objects.get().is_demo
    assert Account.objects.count() == 2_000
    assert Rep.objects.filter(kind="person").count() == 45
    assert Deal.objects.count() == 1_200
    assert Activity.objects.count() == 8_000
    assert Quota.objects.filter(rep__isnull=False).count() == 36 * 8
    assert Counter(Account.objects.values_list("country", flat=True)).most_common(1)[0][0] == "US"
    assert Account.objects.filter(parent__isnull=False).count() > 150

    layout = LayoutTerritory.objects.all()
    assert layout.count() == 56
    assert not layout.filter(rule="").exists()
    assert Counter(layout.values_list("layer__code", flat=True)) == {"sales": 51, "cloud": 5}
    assert max(layout.values_list("depth", flat=True)) == 2

    # The planted problems.
    sales = Assignment.objects.filter(layer__code="sales")
    sizes = Counter(sales.exclude(territory=None).values_list("territory__code", flat=True))
    assert sizes.most_common(1)[0][0] == "US-NYC"  # overloaded
    assert 0 < sizes["CA-ATLANTIC"] < sizes["US-NYC"] / 10  # starved
    assert sizes["US-OREGON"] == 0  # shadowed by a higher priority
    assert not Seat.objects.filter(territory__code="US-GULF", until_on=None).exists()  # vacant
    assert sales.filter(territory__code="US-GULF").first().account.owner.external_id == "P-05"  # type: ignore[union-attr]
    unassigned = Account.objects.filter(id__in=sales.filter(territory=None).values("account_id"))
    assert set(unassigned.values_list("country", flat=True)) == {"PL", "PT", "CZ"}
    assert applied.unassigned == unassigned.count()
    assert set(sales.filter(tie=True).values_list("territory__code", "account__state")) == {
        ("US-MIDWEST", "MO")
    }
    assert sales.filter(territory__code="STRAT-EMEA", cause="named").count() == 3
    assert count_company_misplaced() > 30
    assert sorted((lock.until_on - TODAY).days for lock in Lock.objects.all() if lock.until_on) == [9, 45, 75]


@database
def test_there_is_a_log_in_for_each_role() -> None:
    load_demo(TODAY, accounts=200)
    users = list(User.objects.all())
    assert {user.role for user in users} == {role for role, _ in User.Role.choices}
    assert all(user.is_demo and user.check_password(DEMO_PASSWORD) for user in users)
    assert all(user.rep is not None for user in users if not sees_whole_company(user.role))
    rep = next(user for user in users if user.role == "rep")
    assert Account.objects.filter(owner=rep.rep).exists()


@database
def test_the_demo_never_mixes_with_data() -> None:
    load_demo(TODAY, accounts=200)
    with pytest.raises(FairpatchError) as refused:
        load_demo(TODAY, accounts=200)
    assert refused.value.code == "not_empty"


def test_equal_arguments_write_equal_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_company(tmp_path / name, TODAY, 300)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == [
        "accounts.csv",
        "activities.csv",
        "deals.csv",
        "mapping.toml",
        "plan.yaml",
        "quotas.csv",
        "reps.csv",
    ]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)
    write_company(tmp_path / "c", TODAY, 300, seed=1)
    assert (tmp_path / "c" / "accounts.csv").read_bytes() != (tmp_path / "a" / "accounts.csv").read_bytes()


@database
def test_parquet_files_hold_the_same(tmp_path: Path) -> None:
    write_company(tmp_path / "csv", TODAY, 300)
    write_company(tmp_path / "parquet", TODAY, 300, form="parquet")
    checked = check_folder(tmp_path / "parquet", load_mapping_file(tmp_path / "parquet" / "mapping.toml"))
    assert checked.faulty == 0
    ids = [
        next(open_source(tmp_path / form / f"accounts.{form}").read_batches()).columns[0]
        for form in ("csv", "parquet")
    ]
    assert ids[0] == ids[1]


def test_dates_follow_the_day(tmp_path: Path) -> None:
    write_company(tmp_path, dt.date(2031, 3, 5), 300)
    plan = read_plan((tmp_path / "plan.yaml").read_text("utf-8"), "plan.yaml")
    assert plan.effective == dt.date(2031, 1, 1)
    assert {lock.end for lock in plan.locks if lock.end} >= {dt.date(2031, 3, 14)}
    dates = next(open_source(tmp_path / "deals.csv").read_batches()).columns[6]
    assert max(filter(None, dates)) <= "2031-03-05"
