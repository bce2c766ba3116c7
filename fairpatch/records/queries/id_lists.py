"""How does a long list of ids get into a query, on both databases?"""

from collections.abc import Sequence

import orjson
from django.db import connection
from django.db.models.expressions import RawSQL


def select_ids(ids: Sequence[int]) -> RawSQL:
    """The ids as a subquery, for `id__in`: one parameter, however many there are."""
    sql = "SELECT value FROM json_each(%s)"
    if connection.vendor != "sqlite":
        sql = "SELECT value::bigint FROM jsonb_array_elements_text(%s::jsonb) AS value"
    return RawSQL(sql, [orjson.dumps(ids).decode()])  # noqa: S611 - the only value is a parameter
