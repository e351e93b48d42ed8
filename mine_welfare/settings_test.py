"""Settings of the suite: the portal's own, made fast, and deaf to the developer's environment."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_VAR = Path(tempfile.mkdtemp(prefix="portal-test-"))
atexit.register(shutil.rmtree, _VAR, ignore_errors=True)
os.environ |= {
    "PORTAL_VAR": str(_VAR),
    "PORTAL_SECRET_KEY": "only-for-the-suite-" + "0" * 40,
    "PORTAL_DEBUG": "0",
    "PORTAL_HTTPS": "0",
    "PORTAL_HOSTS": "127.0.0.1,localhost,testserver",
    # Never the developer's own database.
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_VAR}/portal.sqlite3",
    "CACHE_URL": "locmemcache://",
}

from .settings import *  # noqa: E402, F403 - the environment above must stand first
from .settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in the city hall: several threads write, each through its own connection.
    DATABASES["default"]["TEST"] = {"NAME": str(_VAR / "suite.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
DATABASES["default"]["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Files as they lie in static/: nothing has to be collected before a test.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir()
