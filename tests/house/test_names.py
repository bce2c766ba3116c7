"""Can a newcomer find a thing by its name? One name, one place; every module says what it answers."""

import ast
import re
from collections import defaultdict
from pathlib import PurePosixPath

from tests.house.source import check_rule, list_modules, list_tracked

FORBIDDEN = re.compile(
    r"^(utils?|commons?|helpers?|managers?|services?|base|misc|shared|lib)$", re.IGNORECASE
)


def test_no_catch_all_files() -> None:
    broken = {}
    for path in list_tracked():
        pure = PurePosixPath(path)
        for part in (*pure.parent.parts, pure.name.split(".")[0]):
            if FORBIDDEN.match(part):
                broken[path] = f"“{part}” says nothing about what is inside"
    check_rule("file-name", broken)


def test_modules_open_with_their_question() -> None:
    broken = {}
    for module in list_modules():
        if not (ast.get_docstring(module.tree) or "").strip() and module.text.strip():
            broken[module.path] = "has no docstring"
    check_rule("docstring", broken)


def list_public_functions() -> dict[str, list[str]]:
    """Name → modules, of every function at module level without an underscore in front."""
    places = defaultdict(list)
    for module in list_modules():
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                places[node.name].append(module.path)
    return places


def test_public_functions_have_names_of_their_own() -> None:
    places = list_public_functions()
    check_rule(
        "function-name", {name: " and ".join(where) for name, where in places.items() if len(where) > 1}
    )
