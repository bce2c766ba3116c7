"""How are a design's assignments and reports kept? In files named by their content.

A file is written once and never changed; two scenarios with the same assignments share one.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from fairpatch.records.queries.design_files import find_design_path


def keep_account_ids(ids: NDArray[np.int64]) -> str:
    """Keeps the accounts of a run; the file's name."""
    return _keep_bytes(ids.astype("<i8").tobytes())


def keep_place_codes(codes: NDArray[np.int32]) -> str:
    """Keeps the place of each account; the file's name."""
    return _keep_bytes(codes.astype("<i4").tobytes())


def keep_design_report(report: dict[str, Any]) -> str:
    """Keeps a scenario's report; the file's name."""
    return _keep_bytes(orjson.dumps(report, option=orjson.OPT_SORT_KEYS))


def _keep_bytes(content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    path = find_design_path(digest)
    if path.exists():
        return digest
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).replace(path)
    return digest
