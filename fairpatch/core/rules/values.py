"""When are two values the same, and what does a written value stand for?

Text compares without regard to case and surrounding space; codes also without inner spaces. Rules
and accounts go through the same functions. None is the missing value.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_SCALED = re.compile(
    r"([+-]?)\s*\$?\s*((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*([kmb]?)", re.ASCII | re.I
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SCALES = {"": 0, "k": 3, "m": 6, "b": 9}
TRUE_WORDS = frozenset({"true", "yes", "1"})
FALSE_WORDS = frozenset({"false", "no", "0"})


def fold_text(value: object) -> str | None:
    """Text as it is compared; None when blank."""
    text = _spell(value).strip()
    if text.isascii():
        return text.lower() or None
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()) or None


def fold_code(value: object) -> str | None:
    """A code as it is compared: like text, and without inner spaces."""
    text = _spell(value)
    if text.isascii() and text.isalnum():
        return text.lower()
    return fold_text("".join(text.split()))


def fold_codes(codes: Collection[object]) -> frozenset[str]:
    """Many codes as they are compared, blank ones left out: at once when all are plain letters and digits."""
    if all(type(code) is str for code in codes) and "" not in codes:
        joined = "".join(codes)  # type: ignore[arg-type]
        if joined.isascii() and joined.isalnum():
            return frozenset(map(str.lower, codes))  # type: ignore[arg-type]
    return frozenset(folded for code in codes if (folded := fold_code(code)) is not None)


def read_number(text: str) -> int | float | None:
    """A plain number as a table writes it; None when it is not one. No separators, no signs of money."""
    text = text.strip()
    return simplify_number(Decimal(text)) if _NUMBER.fullmatch(text) else None


def read_scaled_number(text: str) -> int | float | None:
    """A number as a rule writes it: 10000000, 10M, $10M, 2.5k, -3; None when it is not one."""
    found = _SCALED.fullmatch(text.strip())
    if not found:
        return None
    sign, digits, scale = found.groups()
    number = Decimal(digits).scaleb(_SCALES[scale.lower()])
    return simplify_number(-number if sign == "-" else number)


def simplify_number(number: int | float | Decimal) -> int | float | None:
    """A whole number as int, any other as float; None when it is no number (NaN, infinity)."""
    if isinstance(number, int):
        return int(number)
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) else _finite(float(number))


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def read_date(text: str) -> dt.date | None:
    """A day written 2027-01-31; None when it is not one."""
    text = text.strip()
    if not _DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def read_boolean(text: str) -> bool | None:
    """true/false, yes/no, 1/0 in any case; None when it is none of them."""
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS else None


def _spell(value: object) -> str:
    """A value's text. A whole number stored as a float (5415.0) is spelled without its point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return "" if value is None else str(value)
