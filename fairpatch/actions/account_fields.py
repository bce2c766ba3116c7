"""Which values may an account's fields take? Every fault is found at once."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from fairpatch.core.errors import Finding
from fairpatch.records.models import Account, CustomField

COUNTRY = re.compile(r"[A-Z]{2}")
UPPER_FIELDS = frozenset({"country", "state"})
NUMBER_FIELDS = frozenset({"latitude", "longitude", "employees", "annual_revenue_minor", "parent_id"})
MAX_NUMBER = 2**63 - 1


def clean_fields(fields: dict[str, Any], custom: dict[str, Any], faults: list[Finding]) -> dict[str, Any]:
    """Values ready to be set. `custom` holds the account's present custom values, which stay unless named."""
    cleaned: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "custom":
            cleaned[name] = _clean_custom(value or {}, custom, faults)
        elif name == "product_lines":
            cleaned[name] = [item.strip() for item in value or [] if item.strip()]
        elif name in NUMBER_FIELDS:
            cleaned[name] = value
        else:
            text = (value or "").strip()
            cleaned[name] = text.upper() if name in UPPER_FIELDS else text
    if "name" in cleaned and not cleaned["name"]:
        faults.append(Finding("error", "name", "An account needs a name."))
    if cleaned.get("country") and not COUNTRY.fullmatch(cleaned["country"]):
        faults.append(Finding("error", "country", "A country is two letters, such as US or DE."))
    for name in ("employees", "annual_revenue_minor"):
        value = cleaned.get(name)
        if value is not None and not 0 <= value <= MAX_NUMBER:
            faults.append(Finding("error", name, "This number cannot be negative or as large as this."))
    return cleaned


def _clean_custom(values: dict[str, Any], present: dict[str, Any], faults: list[Finding]) -> dict[str, Any]:
    """Custom values of their types; null takes one away."""
    known = {field.name: field for field in CustomField.objects.filter(ended_at__isnull=True)}
    cleaned = dict(present)
    for name, value in values.items():
        field = known.get(name)
        if field is None:
            faults.append(Finding("error", f"custom.{name}", f"There is no custom field {name}."))
        elif value is None or value == "":
            cleaned.pop(name, None)
        elif not FITS[field.type](value):
            faults.append(Finding("error", f"custom.{name}", f"{name} takes a value of type {field.type}."))
        elif field.type == "choice" and value not in field.choices:
            choices = ", ".join(map(str, field.choices))
            faults.append(Finding("error", f"custom.{name}", f"{name} is one of {choices}."))
        else:
            cleaned[name] = value
    return cleaned


def find_long_texts(account: Account) -> list[Finding]:
    """Texts that are longer than what is kept of them."""
    faults = []
    for column in Account._meta.concrete_fields:
        text, most = getattr(account, column.attname), column.max_length
        if isinstance(text, str) and most is not None and len(text) > most:
            sentence = f"This text has {len(text)} characters; {most} are kept."
            faults.append(Finding("error", column.name, sentence))
    return faults


def find_position_faults(account: Account) -> list[Finding]:
    """A position is both numbers, and on the globe."""
    latitude, longitude = account.latitude, account.longitude
    if latitude is None and longitude is None:
        return []
    if latitude is None or longitude is None:
        missing = "latitude" if latitude is None else "longitude"
        return [Finding("error", missing, "A position needs both latitude and longitude.")]
    bounds = (("latitude", latitude, 90), ("longitude", longitude, 180))
    return [
        Finding("error", name, f"The {name} lies between -{most} and {most} degrees.")
        for name, value, most in bounds
        if not -most <= value <= most
    ]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _is_tags(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


FITS: dict[str, Callable[[object], bool]] = {
    "text": _is_text,
    "choice": _is_text,
    "code": _is_text,
    "number": _is_number,
    "date": _is_date,
    "boolean": lambda value: isinstance(value, bool),
    "tags": _is_tags,
}
