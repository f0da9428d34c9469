"""On a server, behind a reverse proxy with TLS. Refuses to start without its secrets."""

from urllib.parse import urlsplit

from .base import *
from .base import LOGGING, env

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS")
BASE_URL = env.str("BASE_URL", f"https://{ALLOWED_HOSTS[0]}").rstrip("/")
MAIL_DOMAIN = urlsplit(BASE_URL).hostname or ALLOWED_HOSTS[0]
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Närvarobryggan <no-reply@{MAIL_DOMAIN}>")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
DEBUG = False

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# One object of JSON a line, for the program that gathers them.
LOGGING["formatters"]["without_content"]["()"] = "config.logs.WithoutContentAsJson"
