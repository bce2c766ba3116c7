"""Which fields may a rule test, of which type, and which dimension does each belong to?"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

from fairpatch.core.rules.tree import Operator

FieldType: TypeAlias = Literal["text", "number", "date", "boolean", "choice", "code", "tags", "position"]
CUSTOM_TYPES: tuple[str, ...] = ("text", "number", "date", "boolean", "choice", "code", "tags")

GEOGRAPHY, INDUSTRY, SIZE, PRODUCT = "geography", "industry", "size", "product"

_EQUALITY: tuple[Operator, ...] = ("=", "!=", "in", "not in")
_ORDER: tuple[Operator, ...] = ("<", "<=", ">", ">=", "between")
_EMPTINESS: tuple[Operator, ...] = ("is empty", "is not empty")
_OPERATORS: Mapping[FieldType, tuple[Operator, ...]] = MappingProxyType(
    {
        "text": (*_EQUALITY, "begins with", "contains", *_EMPTINESS),
        "choice": (*_EQUALITY, "begins with", "contains", *_EMPTINESS),
        "code": (*_EQUALITY, "begins with", "contains", *_ORDER, *_EMPTINESS),
        "number": (*_EQUALITY, *_ORDER, *_EMPTINESS),
        "date": (*_EQUALITY, *_ORDER, *_EMPTINESS),
        "boolean": (*_EQUALITY, *_EMPTINESS),
        "tags": ("includes any", "includes all", *_EMPTINESS),
        "position": ("within", "inside", *_EMPTINESS),
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an account. `dimension` None means the field is a dimension of its own."""

    name: str
    type: FieldType
    label: str | None = None
    dimension: str | None = None
    choices: tuple[str, ...] = ()
    is_standard: bool = False

    @property
    def dimension_name(self) -> str:
        return self.dimension or f"field {self.name}"

    @property
    def is_hierarchical(self) -> bool:
        """Whether a code stands above every code that begins with it (industry, sic)."""
        return self.is_standard and self.name in ("industry", "sic")

    @property
    def operators(self) -> tuple[Operator, ...]:
        return (*_OPERATORS[self.type], "under") if self.is_hierarchical else _OPERATORS[self.type]

    @property
    def title(self) -> str:
        """The name for people."""
        return self.label or self.name.replace("_", " ")


def _standard(name: str, type_: FieldType, dimension: str | None = None) -> Field:
    return Field(name, type_, dimension=dimension, is_standard=True)


STANDARD_FIELDS: tuple[Field, ...] = (
    _standard("id", "code"),
    _standard("name", "text"),
    _standard("country", "code", GEOGRAPHY),
    _standard("region", "code", GEOGRAPHY),
    _standard("state", "code", GEOGRAPHY),
    _standard("metro", "code", GEOGRAPHY),
    _standard("city", "text", GEOGRAPHY),
    _standard("postal_code", "code", GEOGRAPHY),
    _standard("latitude", "number"),
    _standard("longitude", "number"),
    _standard("position", "position", GEOGRAPHY),
    _standard("industry", "code", INDUSTRY),
    _standard("sic", "code", INDUSTRY),
    _standard("employees", "number", SIZE),
    _standard("annual_revenue", "number", SIZE),
    _standard("product_lines", "tags", PRODUCT),
    _standard("segment", "text"),
    _standard("source", "text"),
    _standard("status", "text"),
    _standard("parent", "code"),
)
DERIVED_FIELDS = frozenset({"region", "position"})
"""Fields that are worked out and never read from a table."""

PLACE_FIELDS = frozenset(
    {"country", "region", "state", "metro", "city", "postal_code", "latitude", "longitude", "position"}
)
"""What `placement` takes from another member of the family, all together."""

RESERVED_NAMES = frozenset({"all", "and", "or", "not"})


def fold_name(name: str) -> str:
    """The form in which field names and labels are compared: case, underscores and spaces aside."""
    return re.sub(r"[\s_]+", " ", name.strip()).casefold()


class Catalogue:
    """The standard fields and a plan's own, found by name, by name with spaces, or by label."""

    def __init__(self, custom: Iterable[Field] = ()) -> None:
        self.custom: tuple[Field, ...] = tuple(custom)
        self.fields: tuple[Field, ...] = (*STANDARD_FIELDS, *self.custom)
        self.by_name: Mapping[str, Field] = {field.name: field for field in self.fields}
        self._by_words: dict[str, Field] = {}
        for field in self.fields:
            self._by_words.setdefault(fold_name(field.name), field)
        for field in self.custom:
            if field.label:
                self._by_words.setdefault(fold_name(field.label), field)
        longest_first = sorted(self._by_words, key=lambda words: (-len(words), words))
        patterns = (r"[\s_]+".join(map(re.escape, words.split(" "))) for words in longest_first)
        self._start = re.compile(rf"(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)

    def find_field(self, words: str) -> Field | None:
        """A field by name or label, as a person writes it."""
        return self.by_name.get(words) or self._by_words.get(fold_name(words))

    def match_field(self, text: str, at: int) -> tuple[Field, int] | None:
        """The field whose longest name or label stands at this place of a text, and where it ends."""
        found = self._start.match(text, at)
        field = self.find_field(found.group()) if found else None
        return (field, found.end()) if found and field else None

    def suggest_field(self, words: str) -> str | None:
        """The known name most like an unknown one."""
        near = difflib.get_close_matches(fold_name(words), self._by_words, n=1, cutoff=0.7)
        return self._by_words[near[0]].name if near else None

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalogue) and self.custom == other.custom

    def __hash__(self) -> int:
        return hash(self.custom)


STANDARD = Catalogue()

assert set(get_args(FieldType)) == set(_OPERATORS)
