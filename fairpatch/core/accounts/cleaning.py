"""What does one written cell stand for?

Each function takes the text of a cell and returns `Cleaned(value, code, detail)`: the value to keep (None
when there is none), and the code of the note that must be made of it ("" when the cell was clean). Cleaning
is idempotent: a cleaned value, written out and cleaned again, is the same and needs no note.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple, TypeAlias

from fairpatch.core.rules.values import read_boolean
from fairpatch.core.units import count_minor_digits

DecimalMark: TypeAlias = Literal[".", ",", ""]


class Cleaned(NamedTuple):
    value: Any
    code: str = ""
    detail: str = ""


EMPTY = Cleaned(None)
BLANK_WORDS = frozenset(
    {"null", "n/a", "#n/a", "nan", "none", "nil", "<null>", "(null)", "#null!", "-", "--", "\\n"}
)

_CURRENCY_CODES = "USD|EUR|GBP|CAD|AUD|CHF|JPY|INR|SEK|NOK|DKK|PLN|CZK|CNY|BRL|MXN|ZAR|NZD|SGD|HKD"
_CURRENCY = re.compile(
    rf"(?:US|C|A|NZ|HK|S|R|CA|AU)?\$|[€£¥₹]|(?<![A-Za-z])(?:{_CURRENCY_CODES}|kr|zł|Fr\.?)(?![A-Za-z])", re.I
)
_SIGN_OF = {"€": "EUR", "£": "GBP", "₹": "INR", "$": "USD", "US$": "USD", "C$": "CAD", "CA$": "CAD",
            "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "R$": "BRL",
            "ZŁ": "PLN"}  # fmt: skip
_SHARED_SIGNS = {"$": frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN"}),
                 "¥": frozenset({"JPY", "CNY"}), "KR": frozenset({"SEK", "NOK", "DKK"}),
                 "FR": frozenset({"CHF"}), "FR.": frozenset({"CHF"})}  # fmt: skip
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,3}", re.ASCII)
_GROUPS = {
    mark: re.compile(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{2,3}})*{re.escape(mark)}\d{{3}}", re.ASCII)
    for mark in ".,"
}
_DIGITS_AND_MARKS = re.compile(r"[\d.,]*\d[\d.,]*", re.ASCII)
_SCALE = {"k": 3, "m": 6, "mio": 6, "mn": 6, "b": 9, "bn": 9, "mrd": 9}
_SCALED = re.compile(r"(.*\d)\s*(k|m|mio|mn|b|bn|mrd)\.?", re.ASCII | re.I)
# What people and spreadsheets put between thousands besides marks: spaces of all widths and apostrophes.
_THOUSANDS = re.compile(r"(?<=\d)[\s'’\u00a0\u202f\u2009](?=\d{3})")


def clean_text(raw: str, most: int = 255, *, may_be_blank_word: bool = True) -> Cleaned:
    """Text without surrounding space and control characters, in NFC."""
    text = raw
    code = ""
    if not text.isprintable() or not text.isascii():
        shown = "".join(
            " " if character in "\t\n\r\u00a0\u202f\u2007" else character
            for character in unicodedata.normalize("NFC", text)
            if character in "\t\n\r" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn")
        )
        code = "characters_removed" if shown != text else ""
        text = shown
    stripped = text.strip()
    if not stripped:
        return EMPTY
    if may_be_blank_word and len(stripped) <= 7 and stripped.lower() in BLANK_WORDS:
        return Cleaned(None, "blank_word")
    if len(stripped) > most:
        return Cleaned(stripped[:most].rstrip(), "text_cut", str(most))
    if code:
        return Cleaned(stripped, code, stripped)
    return Cleaned(stripped, "spaces_trimmed", stripped) if stripped != raw else Cleaned(stripped)


def clean_id(raw: str, most: int = 120) -> Cleaned:
    """An id, kept as written but for surrounding space."""
    cleaned = clean_text(raw, 10_000, may_be_blank_word=False)
    if cleaned.value is not None and len(cleaned.value) > most:
        return Cleaned(None, "id_too_long", str(most))
    return cleaned


def clean_code(raw: str, most: int = 16) -> Cleaned:
    """A code such as NAICS "44-45":

    like text, but "5415.0" (a number that went through a spreadsheet) is 5415.
    """
    cleaned = clean_text(raw, most)
    if cleaned.value and cleaned.value.endswith(".0") and cleaned.value[:-2].isdigit():
        return Cleaned(cleaned.value[:-2], "number_read", cleaned.value[:-2])
    return cleaned


def clean_number(raw: str, mark: DecimalMark = "") -> Cleaned:
    """A number as Decimal. `mark` is the column's decimal mark when it is known.

    A lone mark before exactly three digits ("1.234") means thousands for a comma and decimals for a point
    unless `mark` says otherwise, and is noted as ambiguous.
    """
    text = raw.strip()
    if not text or text.lower() in BLANK_WORDS:
        return EMPTY if not text else Cleaned(None, "blank_word")
    if mark != "," and _PLAIN.fullmatch(text):
        return Cleaned(Decimal(text))
    number, is_ambiguous = _read_written_number(text, mark)
    if number is None:
        return Cleaned(None, "bad_number")
    shown = format(number, "f")
    if is_ambiguous:
        return Cleaned(number, "ambiguous_number", shown)
    return Cleaned(number, "number_read", shown) if shown != text else Cleaned(number)


def _read_written_number(text: str, mark: DecimalMark) -> tuple[Decimal | None, bool]:
    if _EXPONENT.fullmatch(text):
        return _to_decimal(text), False
    is_negative = text.startswith("(") and text.endswith(")")
    text = _CURRENCY.sub("", text.strip("()")).strip()
    if text.endswith("-"):
        text, is_negative = text[:-1].strip(), not is_negative
    if text[:1] in ("-", "−", "+"):
        is_negative = is_negative ^ (text[0] != "+")
        text = text[1:].strip()
    scale = 0
    if scaled := _SCALED.fullmatch(text):
        text, scale = scaled.group(1), _SCALE[scaled.group(2).lower()]
    text = _THOUSANDS.sub("", text)
    if not _DIGITS_AND_MARKS.fullmatch(text):
        return None, False
    plain, is_ambiguous = _settle_marks(text, mark)
    number = _to_decimal(plain) if plain else None
    if number is None:
        return None, False
    number = number.scaleb(scale)
    return (-number if is_negative and number else number), is_ambiguous and not scale


def _settle_marks(text: str, mark: DecimalMark) -> tuple[str | None, bool]:
    """The number with a point for decimals and no thousands; whether that was a guess."""
    if "." in text and "," in text:
        last = "." if text.rfind(".") > text.rfind(",") else ","
        if text.count(last) > 1 or (mark and mark != last):
            return None, False
        whole, _, part = text.rpartition(last)
        other = "," if last == "." else "."
        return (
            (f"{whole.replace(other, '')}.{part}", False)
            if _GROUPS[other].fullmatch(whole)
            else (None, False)
        )
    if "." not in text and "," not in text:
        return text, False
    used = "." if "." in text else ","
    if text.count(used) > 1:
        return (
            (text.replace(used, ""), False)
            if _GROUPS[used].fullmatch(text) and mark != used
            else (None, False)
        )
    whole, _, part = text.partition(used)
    if mark:
        if used == mark:
            return f"{whole or '0'}.{part or '0'}", False
        return (whole + part, False) if _GROUPS[used].fullmatch(text) else (None, False)
    if len(part) == 3 and 1 <= len(whole) <= 3 and whole != "0":
        return (whole + part if used == "," else f"{whole}.{part}"), used == ","
    return f"{whole or '0'}.{part or '0'}", False


def _to_decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal("1e15") else None


def guess_decimal_mark(samples: list[str]) -> DecimalMark:
    """The decimal mark that a column's cells agree on; "" when they do not say."""
    seen: set[str] = set()
    for sample in samples:
        text = _THOUSANDS.sub("", _CURRENCY.sub("", sample.strip().strip("()-+"))).strip()
        if not _DIGITS_AND_MARKS.fullmatch(text):
            continue
        if "." in text and "," in text:
            seen.add("." if text.rfind(".") > text.rfind(",") else ",")
            continue
        for used, other in ((".", ","), (",", ".")):
            if text.count(used) > 1:
                seen.add(other)
            elif used in text and len(text) - text.index(used) - 1 != 3:
                seen.add(used)
    only = seen.pop() if len(seen) == 1 else ""
    return only if only in (".", ",") else ""  # type: ignore[return-value]


def clean_integer(raw: str, mark: DecimalMark = "") -> Cleaned:
    """A whole number; a fraction rounds half to even and is noted."""
    text = raw.strip()
    if text.isdecimal() and text.isascii() and len(text) < 16:
        return Cleaned(int(text))
    cleaned = clean_number(raw, mark)
    if cleaned.value is None:
        return cleaned
    whole = int(cleaned.value.to_integral_value(ROUND_HALF_EVEN))
    if whole != cleaned.value:
        return Cleaned(whole, "number_rounded", str(whole))
    return Cleaned(whole, cleaned.code, str(whole) if cleaned.code else "")


def clean_money(raw: str, currency: str, mark: DecimalMark = "") -> Cleaned:
    """An amount in minor units of `currency`. A sign of another currency is noted, never converted."""
    digits = count_minor_digits(currency)
    text = raw.strip()
    if text.isdecimal() and text.isascii() and len(text) < 14:
        return Cleaned(int(text) * 10**digits)
    cleaned = clean_number(raw, mark)
    if cleaned.value is None:
        return cleaned
    exact = cleaned.value.scaleb(digits)
    minor = int(exact.to_integral_value(ROUND_HALF_EVEN))
    if _is_other_currency(text, currency):
        return Cleaned(minor, "other_currency", currency)
    if minor != exact:
        return Cleaned(minor, "number_rounded", format(Decimal(minor).scaleb(-digits), "f"))
    return Cleaned(minor, cleaned.code, cleaned.detail)


def _is_other_currency(text: str, currency: str) -> bool:
    found = _CURRENCY.search(text)
    if not found:
        return False
    sign = found.group().upper()
    if sign in _SHARED_SIGNS:
        return currency not in _SHARED_SIGNS[sign]
    return _SIGN_OF.get(sign, sign) != currency


def clean_boolean(raw: str) -> Cleaned:
    text = raw.strip()
    if not text or text.lower() in BLANK_WORDS:
        return EMPTY
    value = read_boolean({"y": "yes", "n": "no", "t": "true", "f": "false"}.get(text.lower(), text))
    return Cleaned(value) if value is not None else Cleaned(None, "bad_boolean")


def clean_tags(raw: str, most: int = 120) -> Cleaned:
    """Several values separated by `|` or, when there is none, by `;`."""
    parts = raw.split("|") if "|" in raw else raw.split(";")
    tags = list(dict.fromkeys(tag for part in parts if (tag := clean_text(part, most).value)))
    return Cleaned(tags or None)


def clean_choice(raw: str, choices: tuple[str, ...]) -> Cleaned:
    text = " ".join(raw.split()).lower().replace("-", "")
    if not text:
        return EMPTY
    for choice in choices:
        if text == choice.lower().replace("-", ""):
            return Cleaned(choice)
    return Cleaned(None, "bad_choice", ", ".join(choices))
