"""On a developer's machine and in the demo: no TLS, invented people, no second factor."""

import os

from .base import *
from .base import INSTALLED_APPS, LOGGING, env

SECRET_KEY = env.str("SECRET_KEY", "only-for-this-machine-never-for-real-people")
RETENTION_KEY = env.str("RETENTION_KEY", SECRET_KEY)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", True)
REQUIRE_MFA = env.bool("REQUIRE_MFA", False)
SCHOOL_SOURCES_ON_THIS_MACHINE = env.bool("SCHOOL_SOURCES_ON_THIS_MACHINE", False)
LOG_ANCHOR_KEY = env.str("LOG_ANCHOR_KEY", "only-for-this-machine")
if DEBUG:
    LOGGING["handlers"]["console"].pop("formatter")  # with the words: invented people on one's own machine
if "EMAIL_HOST" not in os.environ:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

if DEMO:
    INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
SOCIAL_EMERGENCY_PHONE = env.str("SOCIAL_EMERGENCY_PHONE", "08-465 004 99")
