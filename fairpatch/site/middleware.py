"""Which headers does every answer carry, and what is logged about every request?"""

import secrets
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("fairpatch.requests")

SECURITY_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def write_policy(nonce: str) -> str:
    """The content security policy: everything from this server, nothing inline but styles that show the
    nonce.

    Style attributes are allowed because the component library and the map position things with them; a style
    attribute cannot load or run anything.
    """
    return (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
        "img-src 'self' data: blob:; font-src 'self'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors 'none'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'"
    )


class SecurityHeaders:
    """Puts the policy on every answer; ``request.csp_nonce`` is the nonce of its styles."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(18)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", write_policy(nonce))
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/api/"):
            # Answers depend on who asks: no cache may keep them.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestLog:
    """One line per request with its id, which the answer carries too. Never the query string: it may hold
    names.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request_id
        # Whoever watches the server asks for its health every few seconds.
        write = log.debug if request.path == "/healthz" else log.info
        write(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
        )
        return response
