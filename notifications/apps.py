"""The notifications app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers the app under its own name."""

    name = "notifications"
    label = "notifications"
