"""How much of a territory is held by exceptions (locks) instead of the plan, and when is that too much?"""

from __future__ import annotations

from typing import Literal, TypeAlias

ALARM_SHARE = 0.10
RED_SHARE = 0.15

ExceptionLevel: TypeAlias = Literal["ok", "alarm", "red"]


def judge_exceptions(locked: int, accounts: int) -> tuple[float, ExceptionLevel]:
    """The share of locked accounts, and what it means. Nothing held is nothing to worry about."""
    share = locked / accounts if accounts else 0.0
    if share >= RED_SHARE:
        return share, "red"
    return share, "alarm" if share >= ALARM_SHARE else "ok"
