"""Every address of the product. English paths, opaque ids, no personal data."""

from django.conf import settings
from django.urls import include, path

from . import views

urlpatterns = [
    path("livez/", views.alive, name="alive"),
    path("help/", views.help_page, name="help"),
    path("about/", views.about, name="about"),
    path("about/permissions/", views.permissions, name="permissions"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("", include("cases.urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("schools.urls")),
    path("", include("attendance.urls")),
    path("imports/", include("integrations.urls")),
    path("followup/", include("followup.urls")),
    path("records/", include("records.urls")),
    path("oversight/", include("oversight.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))
