"""The wall."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers the app under its own name; it has no models, the wall stands in the others' migrations."""

    name = "wall"
    label = "wall"
