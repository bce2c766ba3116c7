"""What does a rule see of an account?

Every value in the form in which it is compared, `region` worked out from the country, `position`
from the coordinates. A missing value is absent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from fairpatch.core.rules.fields import DERIVED_FIELDS, Catalogue, Field
from fairpatch.core.rules.values import (
    fold_code,
    fold_text,
    read_boolean,
    read_date,
    read_number,
    simplify_number,
)

Seen: TypeAlias = Mapping[str, Any]
"""Compared values by field: str, int, float, date, bool; a frozenset of str for tags and region;
(latitude, longitude) for position."""


def fold_value(field: Field, value: object) -> Any:
    """A value of a rule or an account in the form in which it is compared; None when missing.

    Numbers, dates and truth values may come as such or as text; text that is none reads as missing
    (tables refuse it before it comes this far).
    """
    if value is None:
        return None
    if field.type in ("text", "choice", "tags"):
        return fold_text(value)
    if field.type == "code":
        return fold_code(value)
    if field.type == "number":
        if isinstance(value, str):
            return read_number(value)
        return simplify_number(value) if isinstance(value, int | float | Decimal) else None
    if field.type == "date":
        if isinstance(value, dt.datetime):
            return value.date()
        return value if isinstance(value, dt.date) else read_date(str(value))
    assert field.type == "boolean", f"{field.type} values are worked out, not read"
    return value if isinstance(value, bool) else read_boolean(str(value))


def fold_tags(field: Field, value: object) -> frozenset[str] | None:
    """Tags from a list or from text separated by `|`; None when there is none."""
    if value is None:
        return None
    parts: Iterable[object] = value.split("|") if isinstance(value, str) else value  # type: ignore[assignment]
    return frozenset(folded for part in parts if (folded := fold_value(field, part)) is not None) or None


def index_regions(regions: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """The regions each country belongs to, both folded. A country may belong to several."""
    by_country: dict[str, set[str]] = {}
    for name, countries in regions.items():
        for country in countries:
            folded_name, folded_country = fold_code(name), fold_code(country)
            if folded_name and folded_country:
                by_country.setdefault(folded_country, set()).add(folded_name)
    return {country: frozenset(names) for country, names in by_country.items()}


class AccountReader:
    """Reads raw accounts (mappings by field name) into what rules see of them."""

    def __init__(self, catalogue: Catalogue, regions: Mapping[str, Iterable[str]]) -> None:
        self._regions = index_regions(regions)
        self._readers: list[tuple[str, Callable[[object], Any]]] = [
            (field.name, _choose_reader(field))
            for field in catalogue.fields
            if field.name not in DERIVED_FIELDS
        ]

    def read(self, raw: Mapping[str, object]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for name, read in self._readers:
            value = raw.get(name)
            if value is not None:
                folded = read(value)
                if folded is not None:
                    seen[name] = folded
        regions = self._regions.get(seen.get("country", ""))
        if regions:
            seen["region"] = regions
        if "latitude" in seen and "longitude" in seen:
            seen["position"] = (seen["latitude"], seen["longitude"])
        return seen


def choose_fold(field: Field) -> Callable[[object], Any]:
    """`fold_value` for one field, without asking for its type each time."""
    if field.type in ("text", "choice", "tags"):
        return fold_text
    if field.type == "code":
        return fold_code
    return lambda value: fold_value(field, value)


def _choose_reader(field: Field) -> Callable[[object], Any]:
    return (lambda value: fold_tags(field, value)) if field.type == "tags" else choose_fold(field)
