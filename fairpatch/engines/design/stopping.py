"""May the search go on?"""

from __future__ import annotations

from collections.abc import Callable

Stop = Callable[[str, float], str | None]  # stage, share done; a reason to stop, or None


class Clock:
    """Asks the caller's `stop` and remembers the first reason it gave."""

    def __init__(self, stop: Stop | None) -> None:
        self._stop = stop
        self.reason: str | None = None

    def is_over(self, stage: str, share: float) -> bool:
        if self.reason is None and self._stop is not None:
            self.reason = self._stop(stage, share)
        return self.reason is not None
