"""May the search go on?"""

from __future__ import annotations

from collections.abc import Callable

from fairpatch.engines.design.compiled import is_first_run

FIRST_RUN = " (compiling: the first run on a machine takes some seconds longer)"
Stop = Callable[[str, float], str | None]  # stage, share done; a reason to stop, or None


class Clock:
    """Asks the caller's `stop` and remembers the first reason it gave. The share told never falls."""

    def __init__(self, stop: Stop | None) -> None:
        self._stop = stop
        self._note = FIRST_RUN if stop is not None and is_first_run() else ""
        self._share = 0.0
        self.reason: str | None = None

    def is_over(self, stage: str, share: float) -> bool:
        self._share = max(self._share, share)
        if self.reason is None and self._stop is not None:
            self.reason = self._stop(stage + self._note, self._share)
        return self.reason is not None
