"""Who is asking, and how is the server set up?"""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field


class SessionUser(Schema):
    id: int
    email: str
    name: str
    role: str
    rep_id: int | None


class OrganisationShape(Schema):
    name: str
    currency: str
    time_zone: str
    fiscal_year_start_month: int
    is_demo: bool


class DemoLogin(Schema):
    email: str
    name: str
    role: str
    password: str


class SessionShape(Schema):
    user: SessionUser | None
    organisation: OrganisationShape | None
    needs_setup: bool
    demo_logins: list[DemoLogin]
    may: list[str]
    today: date
    version: str
    attribution: list[str]


class Credentials(Schema):
    email: str
    password: str


class NewOrganisation(Schema):
    name: str
    currency: str
    time_zone: str
    fiscal_year_start_month: int = 1


class NewAdmin(Schema):
    name: str
    email: str
    password: str


class SetupForm(Schema):
    organisation: NewOrganisation
    admin: NewAdmin


class TokenShape(Schema):
    id: int
    name: str
    prefix: str
    may_write: bool
    created_at: datetime
    expires_at: datetime | None


class TokenForm(Schema):
    name: str
    may_write: bool = False
    expires_on: date | None = None


class NewToken(TokenShape):
    """The only answer that ever holds the secret."""

    secret: str


class UserShape(Schema):
    id: int
    email: str
    name: str
    role: str
    rep_id: int | None
    rep_name: str | None
    is_active: bool
    created_at: datetime
    last_login_at: datetime | None
    grants: list[str]


class UserForm(Schema):
    email: str
    name: str
    role: str
    password: str
    rep_id: int | None = None
    grants: list[str] = Field(default_factory=list)


class UserPatch(Schema):
    name: str | None = None
    role: str | None = None
    password: str | None = None
    rep_id: int | None = None
    is_active: bool | None = None
    grants: list[str] | None = None
