"""How do API tests come to a company and to somebody who is logged in?"""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client

from fairpatch.records.models import User
from fairpatch.records.queries.plan_cache import forget_contents
from tests.worlds.staff import START, Company, found_company

PREFIX = "/api/v1"


class Browser:
    """Somebody at the API: JSON in, JSON out."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client()
        if user is not None:
            self.client.force_login(user)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        content = None if body is None else orjson.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method.upper(), PREFIX + path, content or b"", content_type="application/json", headers=named
        )  # type: ignore[return-value]

    def read(self, path: str, status: int = 200) -> Any:
        return self.send("get", path, None, status)

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        return self.send("post", path, body if body is not None else {}, status, **headers)

    def edit_account(self, account: dict[str, Any], fields: dict[str, Any]) -> Any:
        """Edits an account as it was read."""
        return self.send(
            "patch", f"/accounts/{account['id']}", {"version": account["version"], **fields}, 200
        )

    def send(self, method: str, path: str, body: Any, status: int, **headers: str) -> Any:
        response = self.ask(method, path, body, **headers)
        assert response.status_code == status, (method, path, response.status_code, response.content[:600])
        return orjson.loads(response.content) if response.content else None


@pytest.fixture
def company(db: None) -> Company:
    """The small company, and an auditor beside the standing cast."""
    made = found_company()
    made.users["aude"] = User.objects.create(
        email="aude@example.com", name="Aude", role="auditor", created_at=START
    )
    return made


@pytest.fixture
def browse(company: Company) -> Callable[[str], Browser]:
    """A browser with somebody of the cast logged in."""
    forget_contents()
    return lambda name: Browser(company.users[name])
