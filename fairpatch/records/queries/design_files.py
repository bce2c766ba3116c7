"""What is in the files that a design is kept in?

They lie below DATA/designs, named by their content (SHA-256). One whose content no longer fits its name is
refused, not shown.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from django.conf import settings
from numpy.typing import NDArray

from fairpatch.core.errors import FairpatchError

SPOILT = (
    "A file of this design was changed or lost outside Fairpatch. The design cannot be shown. Run it again."
)


def find_design_path(digest: str) -> Path:
    """Where the content of this name lies."""
    return Path(settings.DATA) / "designs" / digest[:2] / digest


def _load_bytes(digest: str) -> bytes:
    try:
        content = find_design_path(digest).read_bytes()
    except FileNotFoundError:
        raise FairpatchError("design_spoilt", SPOILT) from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise FairpatchError("design_spoilt", SPOILT)
    return content


def load_account_ids(digest: str) -> NDArray[np.int64]:
    """The accounts of a run, in the order of every other array of it; read-only."""
    return np.frombuffer(_load_bytes(digest), np.dtype("<i8")).astype(np.int64, copy=False)


def load_place_codes(digest: str) -> NDArray[np.int32]:
    """The place of each account in the run's list of territories, -1 for none; read-only."""
    return np.frombuffer(_load_bytes(digest), np.dtype("<i4")).astype(np.int32, copy=False)


def load_design_report(digest: str) -> dict[str, Any]:
    """A scenario's report."""
    report: dict[str, Any] = orjson.loads(_load_bytes(digest))
    return report
