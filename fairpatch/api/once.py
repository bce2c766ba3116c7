"""How does a repeated POST answer the same without doing the deed twice?

The first call writes the key down before it acts and its answer afterwards; a repeat is answered from there.
A call that was refused or failed did nothing and frees its key.
"""

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from fairpatch.actions.idempotency import claim_key, free_key, keep_answer
from fairpatch.api.auth import get_user
from fairpatch.core.errors import FairpatchError

HEADER = "Idempotency-Key"
MAX_KEY = 120
KEEPABLE_BYTES = 1_000_000


def make_fingerprint(request: HttpRequest) -> str:
    """What was asked, in 64 characters. An upload counts by its files' names and sizes."""
    parts = [request.method or "", request.get_full_path()]
    if request.FILES:
        files = [item for name in request.FILES for item in request.FILES.getlist(name)]
        parts.extend(f"{item.name}:{item.size}" for item in files)
    else:
        parts.append(hashlib.sha256(request.body).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def answer_once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Honours the header Idempotency-Key."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if not key:
            return view(request, *args, **kwargs)
        if len(key) > MAX_KEY:
            raise FairpatchError("wrong_value", f"An {HEADER} has at most {MAX_KEY} characters.")
        user_id = get_user(request).id
        kept = claim_key(user_id, key, make_fingerprint(request))
        if kept is not None:
            return HttpResponse(kept.body, status=kept.status_code, content_type="application/json")
        try:
            response = view(request, *args, **kwargs)
        except BaseException:
            free_key(user_id, key)
            raise
        if response.streaming or len(response.content) > KEEPABLE_BYTES:
            free_key(user_id, key)
        else:
            keep_answer(user_id, key, response.status_code, response.content)
        return response

    wrapped.is_idempotent = True  # type: ignore[attr-defined]
    return wrapped
