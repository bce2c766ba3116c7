"""How does a child process end when its parent is killed and can no longer stop it?

`python -m fairpatch.cli.tether COMMAND…` asks the kernel for a SIGTERM at the parent's death, then becomes
COMMAND. Linux only; elsewhere the child is started just the same.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tether_to_parent(parent: int) -> None:
    """Have this process receive SIGTERM when its parent, which had this id, ends."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before the wish was known
        sys.exit(0)


if __name__ == "__main__":
    tether_to_parent(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the command comes from our own supervisor
