"""Which kinds of file can be imported, and which columns does each kind have?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

ColumnType: TypeAlias = Literal[
    "id", "text", "code", "country", "state", "postal_code", "integer", "number", "money", "date",
    "tags", "latitude", "longitude", "choice", "boolean", "rule",
]  # fmt: skip

CUSTOM_PREFIX = "custom."
CUSTOM_COLUMN_TYPES: tuple[ColumnType, ...] = (
    "text",
    "number",
    "date",
    "boolean",
    "choice",
    "code",
    "tags",
)


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """A column we understand. `words` are further names under which files know it, folded."""

    name: str
    type: ColumnType
    is_required: bool = False
    words: tuple[str, ...] = ()
    most: int = 255
    """Longest text that can be kept."""
    choices: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class ImportKind:
    name: str
    columns: tuple[ImportColumn, ...]
    words: tuple[str, ...] = ()
    """Names that a file of this kind tends to have."""

    def find_column(self, name: str) -> ImportColumn | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_required)


def _column(
    name: str,
    type_: ColumnType = "text",
    words: str = "",
    most: int = 255,
    *,
    is_required: bool = False,
    choices: tuple[str, ...] = (),
) -> ImportColumn:
    spread = tuple(word.strip() for word in words.split(",") if word.strip())
    return ImportColumn(name, type_, is_required, spread, most, choices)


_OWNER_WORDS = (
    "owner id, rep, rep id, sales rep, account owner, owner rep id, assigned to, salesperson, seller"
)
_ACCOUNT_WORDS = "account, customer, customer id, account number, account no, client id, company id, crm id"

ACCOUNTS = ImportKind(
    "accounts",
    (
        _column("id", "id", f"account id, key, external id, {_ACCOUNT_WORDS}", 120, is_required=True),
        _column(
            "name",
            "text",
            "account name, company, company name, customer name, business name, store name",
            is_required=True,
        ),
        _column("owner", "id", f"{_OWNER_WORDS}, owner name", 120),
        _column("country", "country", "country code, billing country, nation, country region code", 8),
        _column("state", "state", "state code, province, region code, billing state, state province, st", 16),
        _column("metro", "code", "cbsa, cbsa code, msa, metro area", 16),
        _column("city", "text", "town, billing city, municipality, locality", 120),
        _column(
            "postal_code", "postal_code", "zip, zip code, zipcode, postcode, postal, plz, billing zip", 20
        ),
        _column("address", "text", "street, address line 1, address 1, billing street, street address"),
        _column("latitude", "latitude", "lat, y, geo lat"),
        _column("longitude", "longitude", "lon, lng, long, x, geo lon"),
        _column("industry", "code", "naics, naics code, industry code, naics 2022", 16),
        _column("sic", "code", "sic code", 16),
        _column(
            "employees", "integer", "number of employees, number employees, employee count, headcount, staff"
        ),
        _column("annual_revenue", "money", "revenue, annual sales, turnover, sales volume, yearly revenue"),
        _column("product_lines", "tags", "products, product line, product interest", 120),
        _column("segment", "text", "market segment, customer segment, tier, business type", 80),
        _column("source", "text", "lead source, data source, origin", 80),
        _column("status", "text", "account status, stage, lifecycle", 40),
        _column("parent", "id", "parent id, parent account, parent account id, headquarters, hq id", 120),
    ),
    ("accounts", "account", "customers", "companies", "clients", "stores"),
)
REPS = ImportKind(
    "reps",
    (
        _column(
            "id",
            "id",
            "rep id, employee id, user id, business entity id, key, external id, sales rep id",
            120,
            is_required=True,
        ),
        _column("name", "text", "rep name, full name, employee name, rep, sales rep", 200, is_required=True),
        _column("email", "text", "e mail, mail, email address", 254),
        _column("manager", "id", "manager id, reports to, supervisor, boss, manager rep id", 120),
        _column("title", "text", "job title, position, role", 120),
        _column("level", "text", "grade, org level, seniority", 40),
        _column("kind", "choice", "type, rep type", choices=("person", "partner", "pool")),
        _column("home_latitude", "latitude", "lat, latitude, home lat"),
        _column("home_longitude", "longitude", "lon, lng, longitude, home lon"),
        _column("home_country", "country", "country", 8),
        _column("home_postal_code", "postal_code", "zip, postal code, home zip, postcode", 20),
        _column("home_city", "text", "city, home city, home, location", 120),
        _column("hired_on", "date", "hire date, hired, start date, joined"),
        _column("status", "choice", "active", choices=("active", "left")),
    ),
    ("reps", "rep", "sales reps", "salespeople", "sellers", "people", "roster", "team"),
)
TERRITORIES = ImportKind(
    "territories",
    (
        _column("code", "id", "territory id, territory code, id, territory", 120, is_required=True),
        _column("name", "text", "territory name, label", 200),
        _column("parent", "id", "parent id, parent code, parent territory", 120),
        _column("layer", "id", "coverage role, team", 64),
        _column("type", "text", "territory type, kind", 60),
        _column("description", "text", "notes, comment", 2000),
        _column("rule", "rule", "criteria, definition, filter", 100_000),
        _column("priority", "integer", "rank, order"),
        _column("country", "country", "country code, country region code", 8),
        _column("level_1", "text", "group, region, area, theatre", 120),
        _column("level_2", "text", "subregion, district", 120),
        _column("level_3", "text", "", 120),
    ),
    ("territories", "territory", "regions", "patches"),
)
STATE_MAP = ImportKind(
    "state_map",
    (
        _column("territory", "id", "territory id, territory code", 120, is_required=True),
        _column("country", "country", "country code, country region code", 8, is_required=True),
        _column("state", "state", "state code, province, state province code", 16, is_required=True),
    ),
    ("state map", "state territory map", "states"),
)
POSTAL_MAP = ImportKind(
    "postal_map",
    (
        _column("territory", "id", "territory id, territory code", 120, is_required=True),
        _column("country", "country", "country code", 8),
        _column("postal_code", "code", "zip, zip code, postcode, plz, prefix, from", 20, is_required=True),
        _column("postal_code_to", "code", "to, until, last zip", 20),
    ),
    ("postal map", "zip map", "zip territory", "zips", "postal codes"),
)
SEATS = ImportKind(
    "seats",
    (
        _column("territory", "id", "territory id, territory code", 120, is_required=True),
        _column(
            "rep", "id", "rep id, employee id, business entity id, user id, sales rep", 120, is_required=True
        ),
        _column("seat", "choice", "kind, role, type", choices=("primary", "overlay", "backup")),
        _column("from", "date", "start, start date, from date, valid from"),
        _column("until", "date", "end, end date, to, valid to, to date"),
    ),
    ("seats", "territory reps", "territory members", "assignments", "coverage"),
)
DEALS = ImportKind(
    "deals",
    (
        _column("id", "id", "deal id, opportunity id, key, external id", 120, is_required=True),
        _column("account", "id", f"account id, {_ACCOUNT_WORDS}", 120, is_required=True),
        _column("owner", "id", _OWNER_WORDS, 120),
        _column("name", "text", "deal name, opportunity name, opportunity, title", is_required=True),
        _column("stage", "text", "deal stage, stage name, sales stage", 60, is_required=True),
        _column("outcome", "choice", "status, result, state", choices=("open", "won", "lost")),
        _column("amount", "money", "value, deal value, total, opportunity amount"),
        _column("currency", "text", "currency code", 3),
        _column("opened_on", "date", "created, created date, open date, created on"),
        _column("close_on", "date", "close date, expected close, expected close date, closing"),
        _column("closed_on", "date", "closed, closed date, actual close"),
    ),
    ("deals", "deal", "opportunities", "pipeline"),
)
QUOTAS = ImportKind(
    "quotas",
    (
        _column("rep", "id", "rep id, employee id, business entity id, sales rep", 120),
        _column("territory", "id", "territory id, territory code", 120),
        _column("starts_on", "date", "start, start date, quota date, period start, from", is_required=True),
        _column("ends_on", "date", "end, end date, period end, until"),
        _column("amount", "money", "quota, sales quota, target, goal", is_required=True),
        _column("currency", "text", "currency code", 3),
    ),
    ("quotas", "quota", "targets", "goals"),
)
ACTIVITIES = ImportKind(
    "activities",
    (
        _column("id", "id", "activity id, task id, event id, key", 120, is_required=True),
        _column("account", "id", f"account id, {_ACCOUNT_WORDS}, related to", 120, is_required=True),
        _column("rep", "id", _OWNER_WORDS, 120),
        _column(
            "kind",
            "choice",
            "type, activity type",
            16,
            is_required=True,
            choices=("call", "meeting", "email", "task", "visit"),
        ),
        _column("subject", "text", "title, description, topic"),
        _column("due_on", "date", "due, due date, activity date, date"),
        _column("done_on", "date", "done, completed, completed date, done date"),
    ),
    ("activities", "activity", "tasks", "events", "calls", "meetings"),
)
PLAN = ImportKind("plan", (), ("plan",))

KINDS: Mapping[str, ImportKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            REPS,
            ACCOUNTS,
            TERRITORIES,
            STATE_MAP,
            POSTAL_MAP,
            SEATS,
            DEALS,
            QUOTAS,
            ACTIVITIES,
            PLAN,
        )
    }
)
"""In the order in which they are read: what others refer to comes first."""
