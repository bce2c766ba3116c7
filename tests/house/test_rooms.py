"""Do imports point one way, and does each room stay free of what it must not know?

The arrows between rooms are import-linter's (pyproject.toml); here is what it cannot say.
"""

import ast
import subprocess
import sys

import pytest

from tests.house.source import Module, list_modules

#: What the deciding room may rest on.
CORE_MAY_IMPORT = {"numpy", "lark", "yaml", "fairpatch"}
#: Outside facts that core is given, never fetches.
CORE_MAY_NOT_CALL = {
    *("open", "input", "datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"),
    *("random.random", "random.shuffle", "random.choice", "uuid.uuid4", "os.urandom", "os.getenv"),
}


def list_imports(module: Module) -> set[str]:
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def list_core() -> list[Module]:
    return [module for module in list_modules() if module.room == "core"]


def test_core_rests_on_three_libraries_only() -> None:
    foreign = {
        module.path: sorted(list_imports(module) - CORE_MAY_IMPORT - sys.stdlib_module_names)
        for module in list_core()
    }
    # The verifier of exports and proofs checks signatures.
    foreign["fairpatch/core/audit/verify.py"] = [
        name for name in foreign.get("fairpatch/core/audit/verify.py", []) if name != "cryptography"
    ]
    assert {path: names for path, names in foreign.items() if names} == {}


def test_core_fetches_neither_time_nor_chance_nor_files() -> None:
    calls = {}
    for module in list_core():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CORE_MAY_NOT_CALL:
                calls[f"{module.path}:{node.lineno}"] = ast.unparse(node.func)
    assert calls == {}


@pytest.mark.parametrize(
    "module", ["fairpatch", "fairpatch.core.plans.text", "fairpatch.core.routing.route", "fairpatch.cli.main"]
)
def test_the_library_starts_without_django(module: str) -> None:
    code = f"import sys, {module}; sys.exit('django' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr or "django was imported"
