"""How is a file written so that a failure leaves what was there before?"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from fairpatch.core.errors import FairpatchError


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Lets `write` fill a temporary file beside `path`, then puts it in place in one step.

    Raises FairpatchError "not_written" when the file system refuses.
    """
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
        part = Path(name)
        write(part)
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        part.replace(path)
    except OSError as fault:
        raise FairpatchError("not_written", f"{path} cannot be written: {fault.strerror or fault}.") from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
