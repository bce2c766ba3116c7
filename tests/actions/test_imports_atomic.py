"""Does an import that is cancelled, killed or out of disk leave the old state?"""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from fairpatch.actions import imports_apply
from fairpatch.actions.imports import (
    apply_import,
    check_folder,
    foretell_import,
    import_folder,
)
from fairpatch.actions.progress import JobCancelled
from fairpatch.core.accounts.mapping import read_mapping
from fairpatch.core.errors import FairpatchError
from fairpatch.records.models import (
    Account,
    Deal,
)
from fairpatch.records.queries.import_effects import describe_import_effect
from fairpatch.records.visibility import load_company_scope
from tests.worlds.import_files import (
    MAPPING,
    count_records,
    edit_file,
    read_small_mapping,
    write_files,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "files")


class Stop:
    """Stops the work when a message comes up."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.is_due = False

    def report(self, done: int, total: int, message: str = "") -> None:
        self.is_due = self.is_due or message.startswith(self.at)

    def check_cancelled(self) -> None:
        if self.is_due:
            raise JobCancelled


class StopAfter:
    """Stops the work when it has asked so many times whether it is still wanted."""

    def __init__(self, times: int) -> None:
        self.left = times

    def report(self, done: int, total: int, message: str = "") -> None:
        return None

    def check_cancelled(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise JobCancelled


def test_a_foretelling_that_is_cancelled_anywhere_can_be_asked_for_again(
    own_database: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_folder(folder, read_small_mapping())
    edit_file(folder, "accounts.csv", "A1,Alder,,US,WA,Seattle,98101", "A1,Alder,,US,CA,Los Angeles,90017")
    checked = check_folder(folder, read_small_mapping())
    monkeypatch.setattr(imports_apply, "_TICKS", 50)
    cancelled = 0
    for times in itertools.count():
        try:
            foretell_import(checked.import_id, progress=StopAfter(times))
            break
        except JobCancelled:
            cancelled += 1
        assert describe_import_effect(load_company_scope(), checked.import_id)["state"] == "not_checked"
    assert cancelled > 2
    assert describe_import_effect(load_company_scope(), checked.import_id)["moved"] == 1


@pytest.mark.parametrize(
    "at", ["Reading", "Checking", "Writing accounts", "Writing the plan", "Routing", "Writing quotas"]
)
def test_a_cancelled_import_leaves_nothing(own_database: str, folder: Path, at: str) -> None:
    before = count_records()
    with pytest.raises(JobCancelled):
        import_folder(folder, read_small_mapping(), progress=Stop(at))
    assert count_records() == before
    import_folder(folder, read_small_mapping())
    assert Account.objects.count() == 4


def test_a_full_disk_leaves_the_old_state(own_database: str, folder: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL cannot be told that its disk is full")
    with (folder / "accounts.csv").open("a") as stream:
        stream.writelines(f"X{n},More of it,,US,WA,Seattle,98101,1,1,,,\n" for n in range(1_000))
    checked = check_folder(folder, read_small_mapping())
    before = count_records()
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(FairpatchError) as refused:
        apply_import(None, checked.import_id, folder=folder)
    assert refused.value.code == "storage_full"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1000000")
    assert count_records() == before
    apply_import(None, checked.import_id, folder=folder)
    assert Account.objects.count() == 1_004


CRASH = """
import json, os, sys
from pathlib import Path
import django
django.setup()
from fairpatch.actions.imports import import_folder
from fairpatch.core.accounts.mapping import read_mapping

class Crash:
    def report(self, done, total, message=""):
        if message.startswith(sys.argv[2]):
            os._exit(9)
    def check_cancelled(self):
        pass

import_folder(Path(sys.argv[1]), read_mapping(json.loads(sys.argv[3])), progress=Crash())
"""


@pytest.mark.parametrize("at", [pytest.param("Writing deals", marks=pytest.mark.slow), "Writing quotas"])
def test_a_crash_leaves_the_old_state(own_database: str, folder: Path, at: str) -> None:
    before = count_records()
    connection.close()
    environment = {
        **os.environ,
        "DATABASE_URL": own_database,
        "DJANGO_SETTINGS_MODULE": "fairpatch.site.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(folder), at, json.dumps(MAPPING)],
        env=environment,
        capture_output=True,
    )
    assert done.returncode == 9, done.stderr.decode()
    # The record of the attempt remains; nothing of the company does.
    assert count_records() == before
    import_folder(folder, read_small_mapping())
    assert Account.objects.count() == 4


def test_what_changed_since_the_check_is_refused_not_lost(own_database: str, folder: Path) -> None:
    import_folder(folder, read_small_mapping())
    (folder / "deals.csv").write_text("id,account,name,stage,amount,close_on\nD9,A1,New,Proposal,1,\n")
    spec = read_mapping({**MAPPING, "files": [MAPPING["files"][4]]})  # type: ignore[index]
    checked = check_folder(folder, spec)
    Account.objects.filter(key="a1").update(key="a1-renamed")
    with pytest.raises(FairpatchError) as refused:
        apply_import(None, checked.import_id, folder=folder)
    assert refused.value.code == "import_stale"
    assert not Deal.objects.filter(key="d9").exists()
