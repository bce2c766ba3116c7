"""How does the server's configuration differ under test?

A DATA directory of its own, real database files instead of SQLite's memory mode (which has neither WAL nor
the single writer that the tests are about), no pool, and a cheap password hash.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_data = tempfile.mkdtemp(prefix="fairpatch-tests-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
os.environ["DATA"] = _data
os.environ["DEMO"] = "0"
os.environ.setdefault("LOG_LEVEL", "WARNING")

from fairpatch.site.settings import *  # noqa: E402, F403
from fairpatch.site.settings import DATABASES, IS_SQLITE  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]

for _alias, _database in DATABASES.items():
    if IS_SQLITE:
        _database["TEST"] = {"NAME": str(Path(_data) / f"test-{_alias}.sqlite3")}
        # No power cut can happen to a test; everything else is as in production.
        _database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    else:
        _database["OPTIONS"].pop("pool")
