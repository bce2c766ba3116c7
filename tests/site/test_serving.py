"""Does every answer carry the headers that keep the browser safe, and no log line a secret?"""

import re
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import Client

from fairpatch.site.logs import hide_secrets
from fairpatch.site.secrets import read_or_create_secret

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])

PAGE = '<meta name="csp-nonce" content="__CSP_NONCE__"><script type="module" src="/static/app/a.js"></script>'


@pytest.fixture
def built(tmp_path: Path, settings: object) -> Path:
    """A front end as a build leaves it."""
    folder = tmp_path / "static" / "app"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "index-DkW3x_9a.js").write_text("export {}")
    (folder / "assets" / "index-DkW3x_9a.js.gz").write_bytes(b"\x1f\x8b small")
    settings.STATIC_ROOT = folder.parent  # type: ignore[attr-defined]
    settings.APP_INDEX = folder / "index.html"  # type: ignore[attr-defined]
    return folder


def read_policy(header: str) -> dict[str, str]:
    return {part.split(" ", 1)[0]: part.split(" ", 1)[-1] for part in header.split("; ")}


def test_the_page_and_its_policy_agree_on_a_fresh_nonce(built: Path, client: Client) -> None:
    nonces = []
    for _ in range(2):
        answer = client.get("/territories/WEST?tab=rule")
        shown = re.search(r'content="([^"]+)"', answer.content.decode())
        assert shown is not None
        policy = read_policy(answer.headers["Content-Security-Policy"])
        assert policy["style-src"] == f"'self' 'nonce-{shown[1]}'"
        nonces.append(shown[1])
    assert nonces[0] != nonces[1]
    assert "csrftoken" in answer.cookies


def test_scripts_come_from_this_server_alone(built: Path, client: Client) -> None:
    policy = read_policy(client.get("/").headers["Content-Security-Policy"])
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"] + policy["style-src"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/session", "/api/nowhere"])
def test_every_answer_is_protected(path: str, built: Path, client: Client) -> None:
    headers = client.get(path).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Content-Security-Policy" in headers
    assert headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["/api/v1/session", "/", "/healthz"])
def test_nothing_personal_is_cached(path: str, built: Path, client: Client) -> None:
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_an_unknown_api_address_is_a_problem_document(client: Client) -> None:
    answer = client.get("/api/nowhere")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_a_missing_front_end_says_how_to_build_it(client: Client, settings: object, tmp_path: Path) -> None:
    settings.APP_INDEX = tmp_path / "none.html"  # type: ignore[attr-defined]
    answer = client.get("/")
    assert answer.status_code == 503
    assert "make run" in answer.content.decode()


def call(application: Callable[..., object], path: str, **headers: str) -> tuple[str, dict[str, str]]:
    """One request through the whole WSGI stack."""
    environ: dict[str, object] = {"PATH_INFO": path, **headers}
    setup_testing_defaults(environ)
    seen: list[tuple[str, dict[str, str]]] = []

    def start(status: str, items: list[tuple[str, str]], *_rest: object) -> None:
        seen.append((status, dict(items)))

    body = application(environ, start)
    list(body)  # type: ignore[call-overload]
    if hasattr(body, "close"):
        body.close()
    return seen[0]


def test_hashed_assets_are_compressed_and_kept_forever(built: Path) -> None:
    from fairpatch.site.wsgi import build_application

    path = "/static/app/assets/index-DkW3x_9a.js"
    status, headers = call(build_application(), path, HTTP_ACCEPT_ENCODING="gzip")
    assert status.startswith("200")
    assert headers["Content-Encoding"] == "gzip"
    assert "immutable" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    _status, page = call(build_application(), "/static/app/index.html")
    assert "immutable" not in page["Cache-Control"]
    status, _headers = call(build_application(), "/static/app/assets/none-DkW3x_9a.js")
    assert status.startswith("404")


def test_secrets_never_reach_the_log() -> None:
    event = {"event": "x", "password": "p", "api_token": "t", "headers": {"Authorization": "b", "Host": "h"}}
    assert hide_secrets(None, "", event) == {
        "event": "x",
        "password": "(hidden)",
        "api_token": "(hidden)",
        "headers": {"Authorization": "(hidden)", "Host": "h"},
    }


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(read_or_create_secret(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(found[0]) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["secret.key"]


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(ValueError, match="too short"):
        read_or_create_secret(tmp_path / "secret.key")
