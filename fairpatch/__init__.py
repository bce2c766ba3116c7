"""Fairpatch: who owns every account, why, and how that changes without chaos.

The library needs no server and no database: `load_plan`, `route`, `check`, `why`, `design`. What a name
needs is imported when the name is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Type checkers read __init__.pyi, which names what stands behind each export.
__all__ = ["check", "design", "load_plan", "route", "why"]

_EXPORTS = {
    "load_plan": ("fairpatch.connectors.plan_files", "load_plan"),
    "route": ("fairpatch.cli.table_routing", "route_table"),
    "why": ("fairpatch.connectors.routing_tables", "explain_table"),
    "check": ("fairpatch.engines.analysis.analyse", "check_plan"),
    "design": ("fairpatch.engines.design.run", "design"),
}


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _EXPORTS[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value
