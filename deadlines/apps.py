"""The Django app for days and dates: pure functions, no models."""

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "deadlines"
