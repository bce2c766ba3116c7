"""What does the web server call? Built files first, without waking Django; then the application."""

import os
import re
from importlib import import_module
from wsgiref.headers import Headers

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairpatch.site.settings")

#: The builder puts eight characters of content hash into every asset's name: such a file never changes.
HASHED_NAME = re.compile(r"^.+-[A-Za-z0-9_-]{8}\.[a-z0-9.]+$")


def is_immutable(_path: str, url: str) -> bool:
    """May browsers keep this file forever?"""
    return HASHED_NAME.match(url) is not None


def add_headers(headers: Headers, _path: str, _url: str) -> None:
    """Static files are only ever parts of our own pages."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def build_application() -> WhiteNoise:
    """Django behind WhiteNoise, which serves the compressed twin of a file where there is one."""
    application = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)  # a fault in it ends the start, not the first request
    server = WhiteNoise(
        application,
        immutable_file_test=is_immutable,
        add_headers_function=add_headers,
        allow_all_origins=False,
        max_age=0,
    )
    if settings.STATIC_ROOT.is_dir():
        server.add_files(str(settings.STATIC_ROOT), prefix=settings.STATIC_URL)
    return server


application = build_application()
