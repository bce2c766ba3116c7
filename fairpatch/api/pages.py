"""Where does the next page of a list begin?

A mark is the sort values of the last row shown, so pages neither repeat nor skip rows while others write.
"""

import base64
import binascii
from typing import Annotated, Any

import orjson
from ninja import Query

from fairpatch.core.errors import FairpatchError

MAX_LIMIT = 500

Limit = Annotated[int, Query(100, ge=1, le=MAX_LIMIT)]
After = Annotated[str | None, Query(None, max_length=2000)]


def write_mark(values: list[Any]) -> str:
    """The opaque mark after a row."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def read_mark(mark: str | None, kinds: tuple[type, ...]) -> list[Any] | None:
    """The sort values of a mark. Refused when it is not one of ours."""
    if not mark:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (binascii.Error, ValueError):
        values = None
    is_list = isinstance(values, list) and len(values) == len(kinds)
    if not is_list or not all(map(isinstance, values, kinds)):
        raise FairpatchError("wrong_page", "This page mark is not valid. Begin the list again.")
    return list(values)
