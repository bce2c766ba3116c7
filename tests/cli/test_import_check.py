"""Does `fairpatch import --check` say whom the files would move, and leave everything as it was?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fairpatch.core.accounts.mapping import ImportSpec
from tests.worlds.import_files import edit_file, read_small_mapping, write_files

FAIRPATCH = str(Path(sys.executable).with_name("fairpatch"))
MAPPING = """
name = "Small"
system = "crm"
organisation = {name = "Acme", currency = "USD", time_zone = "UTC"}
"""

pytestmark = pytest.mark.slow


def write_mapping_file(spec: ImportSpec, path: Path) -> Path:
    parts = [MAPPING]
    for entry in spec.files:
        period = f'period = "{entry.period}"\n' if entry.period else ""
        parts.append(f'[[files]]\nfile = "{entry.file}"\nkind = "{entry.kind}"\n{period}[files.columns]\n')
        for name in entry.columns:
            source = f'{{column = "{name}", type = "number"}}' if name.startswith("custom") else f'"{name}"'
            parts.append(f'"{name}" = {source}\n')
    path.write_text("".join(parts))
    return path


def test_a_check_tells_who_would_move_and_where_new_accounts_begin(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "files")
    mapping = write_mapping_file(read_small_mapping(), tmp_path / "mapping.toml")
    environment = {**os.environ, "DATA": str(tmp_path / "data"), "COLUMNS": "120"}
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        environment.pop(name, None)

    def say(*words: str) -> str:
        command = [FAIRPATCH, "import", str(folder), "--mapping", str(mapping), *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "No plan is live yet" in say("--check")
    say()
    assert "It moves nothing" in say("--check")
    edit_file(folder, "accounts.csv", "A1,Alder,,US,WA,Seattle,98101", "A1,Alder,,US,CA,Los Angeles,90017")
    edit_file(folder, "accounts.csv", "A4,Dover", "A5,Elm,,US,OR,Portland,97209,1,1,,,\nA4,Dover")
    told = say("--check")
    assert "Accounts that would belong elsewhere: 1\n" in told
    moved = next(line for line in told.splitlines() if "West" in line and "California" in line)
    assert moved.split() == ["sales", "West", "California", "Ann", "Bob", "1", "1", "500"]
    assert "This becomes a proposal" in told
    assert "where they would begin: 1\n" in told
    assert "This was a dry run" in told
    assert "belong elsewhere by what changed: 1. Realignment: 1." in say()
