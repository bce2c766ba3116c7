"""Is a user told why the first design on a machine takes longer, and only then?"""

import os
from pathlib import Path

import numpy as np
import pytest

from fairpatch.engines.design import compiled, kernels
from fairpatch.engines.design.run import design
from fairpatch.engines.design.stopping import FIRST_RUN
from tests.engines.design.cases import draw_problem


def listen_to_design() -> list[str]:
    heard = []

    def stop(stage: str, share: float) -> str | None:
        heard.append(stage)
        return None

    design(draw_problem(0), stop=stop)
    return heard


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose kernels were never compiled."""
    for module in compiled.HEAVY:
        (tmp_path / f"{module}.py").touch()
    (tmp_path / "__pycache__").mkdir()
    monkeypatch.setattr(compiled, "FOLDER", tmp_path)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    return tmp_path


def compile_in(folder: Path, module: str) -> Path:
    path = folder / "__pycache__" / f"{module}.some_kernel-1.py311.nbi"
    path.touch()
    return path


def test_every_stage_says_so_on_a_first_run(folder: Path) -> None:
    heard = listen_to_design()
    assert heard
    assert all(stage.endswith(FIRST_RUN) for stage in heard)


def test_some_kernels_are_not_all(folder: Path) -> None:
    compile_in(folder, compiled.HEAVY[0])
    assert compiled.is_first_run()


def test_nothing_is_said_once_all_are_compiled(folder: Path) -> None:
    for module in compiled.HEAVY:
        compile_in(folder, module)
    assert not any(FIRST_RUN in stage for stage in listen_to_design())


def test_newer_source_is_compiled_anew(folder: Path) -> None:
    for module in compiled.HEAVY:
        os.utime(compile_in(folder, module), (0, 0))
    assert compiled.is_first_run()


def test_a_cache_elsewhere_is_not_guessed_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
    assert not compiled.is_first_run()


def test_numba_names_its_files_as_they_are_looked_for() -> None:
    step = np.empty(1)
    assert kernels.solve_positive(np.eye(1), np.ones(1), step)
    kept = Path(kernels.solve_positive.stats.cache_path)
    assert list(kept.glob("kernels.solve_positive-*.nbi"))
    if kept.parent == compiled.FOLDER:
        assert compiled._is_compiled("kernels")
