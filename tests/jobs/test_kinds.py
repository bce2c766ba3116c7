"""Has every job that anyone enqueues a function that runs it?"""

import ast

from fairpatch.jobs.kinds import KINDS
from tests.house.source import list_modules


def list_enqueued() -> set[str]:
    """The kinds named in calls of `enqueue_job`."""
    kinds = set()
    for module in list_modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("enqueue_job"):
                assert isinstance(node.args[0], ast.Constant), f"{module.path}:{node.lineno}: name the kind"
                kinds.add(str(node.args[0].value))
    return kinds


def test_every_enqueued_kind_is_known_and_every_known_kind_is_enqueued() -> None:
    assert list_enqueued() == set(KINDS)


def test_kinds_fit_their_column() -> None:
    assert all(len(kind) <= 40 for kind in KINDS)
