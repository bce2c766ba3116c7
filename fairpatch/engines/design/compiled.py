"""How is a numeric kernel compiled, once per machine and also where nothing may be written?"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

ROWS_WORTH_A_THREAD = 16_384  # fewer are done before a thread has started
FOLDER = Path(__file__).parent
HEAVY = ("kernels", "repair", "settling")  # what most designs compile: some fifteen seconds


def compile_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` without the interpreter lock and keep the machine code on disk.

    A read-only installation without any writable cache folder still works: the code is then compiled
    anew in each process. No kernel uses numba's own threads: they may not be entered from two threads at
    once, and a server does that. `run_rows` spreads independent rows instead.
    """
    import numba  # slow to load

    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # numba's word for "no folder to cache in"
        return numba.njit(nogil=True, error_model="numpy")(function)


def is_first_run() -> bool:
    """Whether kernels are still to be compiled here, found out without loading numba.

    Not known, and so denied, where their machine code is kept elsewhere than beside the source.
    """
    if "NUMBA_CACHE_DIR" in os.environ or not os.access(FOLDER, os.W_OK):
        return False
    return not all(_is_compiled(module) for module in HEAVY)


def _is_compiled(module: str) -> bool:
    written = (FOLDER / f"{module}.py").stat().st_mtime
    kept = (FOLDER / "__pycache__").glob(f"{module}.*.nbi")
    return any(path.stat().st_mtime >= written for path in kept)


def run_rows(task: Callable[[int, int], object], rows: int) -> None:
    """Run `task(first, last)` over blocks of rows, one block per core.

    Each row must write only its own results: then the outcome cannot depend on the number of cores.
    """
    workers = min(os.cpu_count() or 1, max(1, rows // ROWS_WORTH_A_THREAD))
    if workers == 1:
        task(0, rows)
        return
    ends = [rows * block // workers for block in range(workers + 1)]
    with ThreadPoolExecutor(workers) as pool:
        for outcome in [pool.submit(task, ends[b], ends[b + 1]) for b in range(workers)]:
            outcome.result()
