"""How is what was read of a plan kept until the plan changes?

A plan's content changes only with its `version` (every edit of a draft bumps it; others never change), so
what was read stays true as long as the key is the same.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from fairpatch.records.models import Plan

Content = TypeVar("Content")
KEPT = 64

_lock = Lock()
_contents: "OrderedDict[Hashable, Any]" = OrderedDict()


def make_plan_key(plan: Plan) -> tuple[Hashable, ...]:
    """What identifies a state of a plan."""
    return plan.id, plan.version, plan.layout_id, plan.created_at


def keep_content(kind: str, key: Hashable, read: Callable[[], Content]) -> Content:
    """What `read` answers, remembered for the most recently asked keys."""
    whole = (kind, key)
    with _lock:
        if whole in _contents:
            _contents.move_to_end(whole)
            found: Content = _contents[whole]
            return found
    content = read()
    with _lock:
        _contents[whole] = content
        while len(_contents) > KEPT:
            _contents.popitem(last=False)
    return content


def find_kept(kind: str, key: Hashable) -> Any:
    """What is remembered for a key; None when nothing is."""
    with _lock:
        return _contents.get((kind, key))


def forget_contents() -> None:
    """Drop everything that is kept. For deeds that write a plan's rows without bumping its version."""
    with _lock:
        _contents.clear()
