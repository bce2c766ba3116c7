"""Does a mapping survive being written to TOML and read back, and does the shipped one hold?"""

from pathlib import Path

import pytest

from fairpatch.connectors.mapping_file import load_mapping_file, print_mapping
from fairpatch.core.errors import FaultyInputError

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["docs/use/adventureworks.toml", "fairpatch/starters/demo/mapping.toml"])
def test_shipped_mappings_survive_writing_and_reading(tmp_path: Path, name: str) -> None:
    spec = load_mapping_file(ROOT / name)
    (tmp_path / "m.toml").write_text(print_mapping(spec), encoding="utf-8")
    assert load_mapping_file(tmp_path / "m.toml") == spec


def test_faults_of_the_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('name = "x\n')
    with pytest.raises(FaultyInputError) as refused:
        load_mapping_file(path)
    assert refused.value.findings[0].line == 1
    with pytest.raises(FaultyInputError, match="cannot be read"):
        load_mapping_file(tmp_path / "none.toml")
