"""How does a transaction take its numbers early and commit late, while others write?"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections, transaction


@contextmanager
def hold_back_commit(write: Callable[[], object]) -> Iterator[None]:
    """`write` is done by another connection when the block begins and committed at its end."""
    is_written, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            write()
            is_written.set()
            may_commit.wait(10)
        connections.close_all()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert is_written.wait(10)
    try:
        yield
    finally:
        may_commit.set()
        thread.join()
