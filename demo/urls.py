"""Addresses of the demo app; mounted only where settings.DEMO is on."""

from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("<slug:key>/enter/", views.enter, name="enter"),
]
