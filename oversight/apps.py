"""The oversight app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers the app under its own name."""

    name = "oversight"
    label = "oversight"
