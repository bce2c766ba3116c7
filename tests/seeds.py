"""Which random worlds does the fast lane look at, and which are left to the whole run?"""

from typing import Any

import pytest


def list_seeds(count: int, *, quick: int) -> list[Any]:
    """The seeds from 0 to below `count`, as values to parametrise with; from `quick` on they are slow."""
    return [pytest.param(seed, marks=[pytest.mark.slow] if seed >= quick else []) for seed in range(count)]
