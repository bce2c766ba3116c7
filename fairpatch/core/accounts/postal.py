"""Which postal code does a written one mean?"""

from __future__ import annotations

import re

from fairpatch.core.accounts.cleaning import Cleaned, clean_text

_ZIP4 = re.compile(r"(\d{5})[- ]?(?:\d{4})?-?", re.ASCII)
_ZIP_SHORT = re.compile(r"(\d{3,4})(?:-(\d{4}))?", re.ASCII)
_CANADIAN = re.compile(r"([A-Z]\d[A-Z])[ -]?(\d[A-Z]\d)", re.ASCII)
_BRITISH = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})", re.ASCII)


def clean_postal_code(cell: str, country: str) -> Cleaned:
    """A postal code in the form its country writes it.

    US: five digits, whatever came after or was lost before.
    """
    text = clean_text(cell, 20)
    if text.value is None or text.code == "text_cut":
        return text
    written = text.value.upper()
    if written.endswith(".0") and written[:-2].isdigit():
        written = written[:-2]
    if country == "US":
        return _clean_zip(cell, written)
    kept, code = written, "postal_written"
    if (country == "CA" and (found := _CANADIAN.fullmatch(written))) or (
        country == "GB" and (found := _BRITISH.fullmatch(written))
    ):
        kept = f"{found.group(1)} {found.group(2)}"
    elif country in ("DE", "FR", "ES", "IT") and written.isdigit() and len(written) == 4:
        kept, code = f"0{written}", "postal_padded"
    if kept == cell:
        return Cleaned(kept)
    return Cleaned(kept, "spaces_trimmed" if kept == text.value else code, kept)


def _clean_zip(cell: str, written: str) -> Cleaned:
    if len(cell) == 5 and cell.isdigit():
        return Cleaned(cell)
    if found := _ZIP4.fullmatch(written):
        kept = found.group(1)
        return Cleaned(kept, "spaces_trimmed" if kept == written else "postal_shortened", kept)
    if found := _ZIP_SHORT.fullmatch(written):
        kept = found.group(1).zfill(5)
        return Cleaned(kept, "postal_padded", kept)
    return Cleaned(written, "spaces_trimmed", written) if written != cell else Cleaned(written)
