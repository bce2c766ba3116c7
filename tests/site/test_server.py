"""Does a server learn the company beside its first requests, and start all the same where there is none?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_import_check import FAIRPATCH, write_mapping_file
from tests.worlds.import_files import read_small_mapping, write_files

pytestmark = pytest.mark.slow

START = (
    "from fairpatch.site.server import application, learning; learning.join(60); "
    "assert not learning.is_alive(); "
)
LEARNT = (
    "from fairpatch.engines.geo.places import open_places; from fairpatch.records.queries import snapshot; "
    "assert [kept.size for kept in snapshot._kept.values()] == [4]; assert 'US' in open_places()._cities"
)


def run(data: Path, *command: str) -> str:
    """What a command logs; it must succeed."""
    environment = {**os.environ, "DATA": str(data), "DJANGO_SETTINGS_MODULE": "fairpatch.site.settings"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_without_a_database_it_says_so_and_goes_on(tmp_path: Path) -> None:
    said = run(tmp_path, sys.executable, "-c", START)
    assert "could not be read at the start" in said
    assert "Traceback" not in said


def test_the_company_is_learnt(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "files")
    mapping = write_mapping_file(read_small_mapping(), tmp_path / "mapping.toml")
    run(tmp_path / "data", FAIRPATCH, "import", str(folder), "--mapping", str(mapping))
    said = run(tmp_path / "data", sys.executable, "-c", START + LEARNT)
    assert "could not be read" not in said
