"""How is this server configured?

Everything comes from the environment, each with a default that suits one person trying it on a laptop:

DATA           directory of everything that is kept (./data)
DATABASE_URL   postgres://user:password@host:5432/name; empty means SQLite in DATA
PORT, HOST     where the server listens (8000, 127.0.0.1)
PUBLIC_URL     the address people type; with https:// cookies are secure and HSTS is on
DEMO           1 offers the demo company's log-ins on the log-in page
SECRET_KEY     signs sessions; else a file in DATA, made at the first start
FAIRPATCH_SIGNING_KEY       the ledger's private key (PEM), else
FAIRPATCH_SIGNING_KEY_FILE  the file that holds it (DATA/signing.key)
LOG_FORMAT, LOG_LEVEL  json or console; INFO (on a terminal WARNING)
"""

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from fairpatch.site.database import read_database_url
from fairpatch.site.logs import build_logging
from fairpatch.site.secrets import read_or_create_secret

PACKAGE = Path(__file__).resolve().parent.parent

DATA = Path(os.environ.get("DATA") or "data").expanduser().resolve()
DATA.mkdir(mode=0o700, parents=True, exist_ok=True)

HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = int(os.environ.get("PORT") or 8000)
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")
DEMO = os.environ.get("DEMO", "0") not in {"", "0"}
DEBUG = False

SECRET_KEY = os.environ.get("SECRET_KEY") or read_or_create_secret(DATA / "secret.key")
SIGNING_KEY = os.environ.get("FAIRPATCH_SIGNING_KEY", "")
SIGNING_KEY_PATH = Path(os.environ.get("FAIRPATCH_SIGNING_KEY_FILE") or DATA / "signing.key")

# --- databases
DATABASES = read_database_url(os.environ.get("DATABASE_URL", ""), DATA)
DATABASE_ROUTERS = ["fairpatch.site.routers.JobsRouter"]
# What decides whole companies at once; see records/routing_engine.py.
ROUTING_ENGINE = "fairpatch.engines.routing.company.CompanyEngine"
IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- the application
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "fairpatch.records",
]
MIDDLEWARE = [
    "fairpatch.site.middleware.RequestLog",
    "fairpatch.site.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "fairpatch.site.urls"
WSGI_APPLICATION = "fairpatch.site.wsgi.application"
TEMPLATES: list[dict[str, object]] = []
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
APPEND_SLASH = False

# --- people
AUTH_USER_MODEL = "records.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- the outside
IS_HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", socket.gethostname().lower()]
if PUBLIC_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
if IS_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "fairpatch.site.views.answer_csrf_failure"
# Two checks that assume TLS ends here; behind PUBLIC_URL=https://… they hold, on a laptop they cannot.
SILENCED_SYSTEM_CHECKS = (
    [] if IS_HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]
)

# --- files
STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "static"
APP_INDEX = STATIC_ROOT / "app" / "index.html"
# An upload goes straight to disk: an import file may be larger than memory.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(DATA / "uploads")
(DATA / "uploads").mkdir(mode=0o700, exist_ok=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

LOGGING = build_logging(os.environ.get("LOG_FORMAT", ""), os.environ.get("LOG_LEVEL", ""))
