"""Addresses for tests/architecture/test_errors_tell_nothing.py: one that fails, and ours."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path



class Unexpected(Exception):
    """Something nobody foresaw, with a name in its words."""


def fail(request: HttpRequest) -> HttpResponse:
    """Fail with a name and a table in the words and in a local variable."""
    pupil = "Vendela Törnros"
    raise Unexpected(f"{pupil} is in schools_pupil")


urlpatterns = [path("fail/", fail, name="fail"), path("", include("config.urls"))]
