"""For the tests: connects as the owner, who builds the database and its rows; each request becomes its own side."""

import os

os.environ.setdefault("OWNER_DATABASE_URL", "postgresql://narvaro_owner@127.0.0.1:5432/narvaro")
os.environ["NB_LOGIN"] = "owner"

from .base import *
from .base import DATABASES, INSTALLED_APPS, TEMPLATES, env

SECRET_KEY = "tests"  # noqa: S105
RETENTION_KEY = "tests of erasure"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DEMO = True
REQUIRE_MFA = False
INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["TEST"] = {"NAME": "test_narvaro" + env.str("TEST_DB_SUFFIX", "")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOG_ANCHOR_KEY = "tests"
SCHOOL_SOURCES_ON_THIS_MACHINE = True
SCHOOL_SOURCE_REQUESTS_PER_SECOND = 100_000
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LANGUAGE_CODE = "en"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
TEMPLATES[0]["OPTIONS"]["debug"] = True  # type: ignore[index]
