"""Which day does a written date mean?"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from fairpatch.core.accounts.cleaning import BLANK_WORDS, EMPTY, Cleaned

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ][\d:.]*(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_PARTS = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[T ,]+[\d:.]+\s*(?:[ap]m)?)?", re.ASCII | re.I)
_COMPACT = re.compile(r"(?:19|20)\d{6}", re.ASCII)
_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([a-zà-ü]{3,9})\.?[\s.,-]+(\d{4})", re.I)
_WORDS_US = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.I)
_MONTHS = {name: month for month, names in enumerate(
    ("jan", "feb", "mar mär", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"), 1)
    for name in names.split()}  # fmt: skip


def clean_date(raw: str, *, is_day_first: bool | None = None, formats: Iterable[str] = ()) -> Cleaned:
    """A day.

    ISO dates (with or without a time) need no note; "3/4/2027" is ambiguous unless the mapping says.
    """
    text = raw.strip()
    if not text:
        return EMPTY
    if text.lower() in BLANK_WORDS:
        return Cleaned(None, "blank_word")
    for pattern in formats:
        try:
            return Cleaned(dt.datetime.strptime(text, pattern).date())  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    if found := _ISO.fullmatch(text):
        return _settle(int(found[1]), int(found[2]), int(found[3]), code="")
    if _COMPACT.fullmatch(text):
        return _settle(int(text[:4]), int(text[4:6]), int(text[6:]))
    if found := _WORDS.fullmatch(text):
        day, word, year = found.groups()
        return _settle(int(year), _MONTHS.get(word[:3].lower(), 0), int(day))
    if found := _WORDS_US.fullmatch(text):
        word, day, year = found.groups()
        return _settle(int(year), _MONTHS.get(word[:3].lower(), 0), int(day))
    if found := _PARTS.fullmatch(text):
        first, mark, second, third = found.groups()
        return _settle_parts((first, second, third), mark, is_day_first)
    return Cleaned(None, "bad_date")


def guess_day_first(samples: Iterable[str]) -> bool | None:
    """Whether a column's dates put the day first; None when no cell decides it or cells disagree."""
    seen: set[bool] = set()
    for sample in samples:
        found = _PARTS.fullmatch(sample.strip())
        if not found or len(found.group(1)) == 4:
            continue
        first, second = int(found.group(1)), int(found.group(3))
        if found.group(2) == "." or first > 12 >= second:
            seen.add(True)
        elif second > 12 >= first:
            seen.add(False)
    return seen.pop() if len(seen) == 1 else None


def _settle_parts(parts: tuple[str, str, str], mark: str, is_day_first: bool | None) -> Cleaned:
    first, second, third = parts
    if len(first) == 4:
        return _settle(int(first), int(second), int(third))
    if len(third) != 4:
        # A year of two digits has been wrong by a century too often to be guessed.
        return Cleaned(None, "bad_date")
    year, left, right = int(third), int(first), int(second)
    if mark == "." or is_day_first or left > 12:
        return _settle(year, right, left)
    is_open = is_day_first is None and right <= 12 and left != right
    return _settle(year, left, right, code="ambiguous_date" if is_open else "date_read")


def _settle(year: int, month: int, day: int, code: str = "date_read") -> Cleaned:
    try:
        value = dt.date(year, month, day)
    except ValueError:
        return Cleaned(None, "bad_date")
    if not 1900 <= year <= 2200:
        return Cleaned(None, "bad_date")
    return Cleaned(value, code, value.isoformat() if code else "")
