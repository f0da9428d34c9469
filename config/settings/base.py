"""Settings that every environment shares; the others only differ from these."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import Env

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# Migrations run as the owner of the tables; the server as a login that has no right to any of them (wall/roles.py).
DATABASE_ADDRESSES = {"web": "DATABASE_URL", "owner": "OWNER_DATABASE_URL", "worker": "WORKER_DATABASE_URL"}
LOGIN = env.str("NB_LOGIN", "web")
WEB_ROLE = env.str("WEB_ROLE", "narvaro_web")

# Ground floor first: an app may import only apps above it in this list.
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    "csp",
    "procrastinate.contrib.django",
    "wall",
    "audit",
    "deadlines",
    "accounts",
    "notifications",
    "schools",
    "socialservices",
    "attendance",
    "cases",
    "followup",
    "integrations",
    "records",
    "oversight",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.private_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # Outside the transaction of the request, so that what was tried is written whatever becomes of it.
    "accounts.attempts.attempts_are_logged",
    "accounts.middleware.behind_the_wall",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.chosen_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.gate.Gate",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.active_membership",
    # Directly inside what opens the transaction and knows who acts: the row is written before the answer leaves.
    "audit.middleware.reading_is_logged",
    "accounts.middleware.second_factor",
    "accounts.signed_out.known_place",
    "accounts.signed_out.typed_before",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page_frame",
            ],
            "builtins": [
                "accounts.templatetags.typed",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "deadlines.templatetags.days",
            ],
        },
    },
]
FORM_RENDERER = "config.forms.FormRenderer"

DATABASES = {
    "default": {
        **env.dj_db_url(DATABASE_ADDRESSES[LOGIN]),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# The first stores; passwords stored by the second are stored anew at the next sign-in.
PASSWORD_HASHERS = [
    "accounts.passwords.PepperedArgon2PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "given_name", "family_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NotGuessableValidator"},
    {"NAME": "accounts.leaked_passwords.NotLeakedValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

# What apps above `attendance` add to the start page: functions of the reader and the day.
TO_DO_DATES = ["cases.drafts_to_do.draft_dates", "integrations.todo.import_dates"]

# Stolen hashes and stolen rows are of no use without these; the first key encrypts, all of them read.
LEAKED_PASSWORDS_FILE = env.str("LEAKED_PASSWORDS_FILE", "")
PASSWORD_PEPPER = env.str("PASSWORD_PEPPER", "")
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS", [])

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Failed tries are counted in a table of ours (accounts/throttle.py); django-allauth's own counters are off.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "accounts.codes.AuthenticateForm",
    "reauthenticate": "accounts.codes.ReauthenticateForm",
    "activate_totp": "accounts.codes.ActivateTOTPForm",
    "login_webauthn": "accounts.codes.LoginPasskeyForm",
    "authenticate_webauthn": "accounts.codes.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "accounts.codes.ReauthenticatePasskeyForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Närvarobryggan"
MFA_TOTP_TOLERANCE = 1
REQUIRE_MFA = env.bool("REQUIRE_MFA", True)

# Nothing that matters is kept in a cache: what is counted or may be used once is in tables (accounts/throttle.py).
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# What was erased is remembered as digests made with this key, in the database and in a file (docs/operations.md).
RETENTION_KEY = env.str("RETENTION_KEY", env.str("SECRET_KEY", ""))
RETENTION_JOURNAL = env.str("RETENTION_JOURNAL", "")

# Sources of SS 12000 are called over https at public addresses. Only tests and the demo have them on this machine.
SCHOOL_SOURCES_ON_THIS_MACHINE = False
SCHOOL_SOURCE_REQUESTS_PER_SECOND = 5

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".local" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# The log's anchors lie where the database's administrator cannot write; only the worker knows the key.
LOG_ANCHOR_FILE = env.path("LOG_ANCHOR_FILE", BASE_DIR / ".local" / "anchors.jsonl")
LOG_ANCHOR_KEY = env.str("LOG_ANCHOR_KEY", "")

# Mail leaves through one server (docs/operations.md, Mail). It links to the start page and nothing else.
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
MAIL_DOMAIN = urlsplit(BASE_URL).hostname or "localhost"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Närvarobryggan <no-reply@{MAIL_DOMAIN}>")
DEMO = False

# Django's own handlers are taken away: they would write the words of errors, and mail them to ADMINS.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without_content": {"()": "config.logs.WithoutContent"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "without_content"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"handlers": [], "level": "WARNING", "propagate": True}
        for name in ("django", "django.server", "gunicorn.error", "gunicorn.access", "py.warnings")
    },
}
# What cannot be written is not shown either: Python would print the line with its arguments.
logging.raiseExceptions = False
logging.captureWarnings(True)

# Where a concern report (orosanmälan) is made: the city's own channel, shown to everybody at a school.
REPORT_E_SERVICE = env.str("REPORT_E_SERVICE", "")
SOCIAL_EMERGENCY_PHONE = env.str("SOCIAL_EMERGENCY_PHONE", "")
