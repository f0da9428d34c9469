"""Addresses of the notifications app."""

from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("account/notifications/", views.choices, name="choices"),
    path("mail/undelivered/", views.undelivered, name="undelivered"),
]
