"""Addresses of the demo app."""

app_name = "demo"
urlpatterns: list = []
