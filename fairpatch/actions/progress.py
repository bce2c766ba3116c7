"""How does a long deed say how far it is, and learn that nobody wants it any more?"""

from typing import Protocol


class JobCancelled(Exception):  # noqa: N818 - a request from outside, not an error
    """Someone asked the running job to stop. Leaves through the deed's transaction, which rolls back."""


class Progress(Protocol):
    """What a long deed is given. Both calls are cheap enough for every few hundred rows."""

    def report(self, done: int, total: int, message: str = "") -> None:
        """``done`` of ``total`` steps; a total of 0 means that it is not known yet."""

    def check_cancelled(self) -> None:
        """Raise JobCancelled when the work is to stop."""


class Silent:
    """For callers who wait for the result and need no news."""

    def report(self, done: int, total: int, message: str = "") -> None:
        return None

    def check_cancelled(self) -> None:
        return None


SILENT = Silent()
