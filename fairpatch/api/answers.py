"""How are answers written? Plain dicts straight to JSON: no model is built per row."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from django.http import HttpResponse, StreamingHttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def answer_json(data: object, status: int = 200) -> HttpResponse:
    """JSON by orjson; dates, datetimes and NumPy arrays included."""
    body = orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return HttpResponse(body, status=status, content_type="application/json")


def answer_page(items: list[Any], after: str | None, total: int | None = None) -> HttpResponse:
    """One page of a keyset list."""
    return answer_json({"items": items, "next": after, "total": total})


def answer_nothing() -> HttpResponse:
    return HttpResponse(status=204)


class _Echo:
    def write(self, line: str) -> str:
        return line


def guard_cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula is made text; numbers are never touched."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def write_csv(header: list[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Lines of a CSV file, a chunk of rows at a time."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    lines = ["\ufeff", writer.writerow(header)]
    for row in rows:
        lines.append(writer.writerow([guard_cell(cell) for cell in row]))
        if len(lines) >= 500:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


CSV = {"responses": {200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}}}
"""What the schema says of an endpoint that answers by `answer_csv`."""


def answer_csv(name: str, header: list[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """A streamed download for spreadsheets."""
    return answer_stream(name, "text/csv; charset=utf-8", write_csv(header, rows))


def answer_stream(name: str, content_type: str, parts: Iterable[str]) -> StreamingHttpResponse:
    """A streamed download."""
    response = StreamingHttpResponse(parts, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
