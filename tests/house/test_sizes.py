"""Is every function, file and component small enough to be read at once?"""

import ast

from tests.house.source import ROOT, check_rule, list_modules, list_tracked

FUNCTION_LINES = 60
FILE_LINES = 400
COMPONENT_LINES = 250


def count_lines(path: str) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def test_functions_fit_on_a_screen() -> None:
    long = {}
    for module in list_modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{module.path}:{node.name}"] = f"{lines} lines, {FUNCTION_LINES} are the most"
    check_rule("function-size", long)


def test_files_have_one_subject() -> None:
    long = {}
    for path in list_tracked():
        if (
            path.endswith((".py", ".ts", ".css"))
            and not path.endswith(".d.ts")
            and "/migrations/" not in path
        ):
            lines = count_lines(path)
            if lines > FILE_LINES:
                long[path] = f"{lines} lines, {FILE_LINES} are the most"
    check_rule("file-size", long)


def test_components_are_small() -> None:
    long = {}
    for path in list_tracked():
        if path.endswith(".tsx"):
            lines = count_lines(path)
            if lines > COMPONENT_LINES:
                long[path] = f"{lines} lines, {COMPONENT_LINES} are the most"
    check_rule("component-size", long)
