"""Addresses of the follow-up page."""

from django.urls import path

from . import views

app_name = "followup"
urlpatterns = [path("", views.report, name="report")]
