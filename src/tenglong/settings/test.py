"""Settings of the tests: a home of their own, a fast hasher, PostgreSQL when `TENGLONG_TEST_DATABASE_URL` names one."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_made = tempfile.mkdtemp(prefix="tenglong-test-")
_owner = os.getpid()
os.environ["TENGLONG_HOME"] = _made
os.environ.pop("TENGLONG_DATABASE_URL", None)


def _clean() -> None:
    if os.getpid() == _owner:
        shutil.rmtree(_made, ignore_errors=True)


atexit.register(_clean)

from tenglong.settings import database  # noqa: E402
from tenglong.settings.base import *  # noqa: E402, F403
from tenglong.settings.base import DATABASES, TENGLONG_HOME  # noqa: E402

_test_url = os.environ.get("TENGLONG_TEST_DATABASE_URL", "")
if _test_url:
    DATABASES["default"] = database.from_url(_test_url)
else:
    # a file, not memory: threads and child processes of a test must meet the same database
    DATABASES["default"]["TEST"] = {"NAME": str(TENGLONG_HOME / "db" / "test.sqlite3")}

WHATIF_WARM = False  # no thread outlives its test
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
