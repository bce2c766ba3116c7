"""Where does the server's own secret come from?

From the environment, else from a file only its owner can read, written at the first start. Web and worker may
start at the same moment, so the file appears whole or not at all, and the first to write it wins.
"""

import os
import secrets
import tempfile
from pathlib import Path


def read_or_create_secret(path: Path) -> str:
    """The secret in ``path``, created (mode 0600) when there is none."""
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp makes it 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(64))
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)  # unlike a rename, this refuses to replace what another process wrote
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < 50:
        raise ValueError(
            f"The secret in {path} is too short. Delete the file: a new one is made at the next start."
        )
    return secret
