"""Addresses of the integrations app."""

from django.urls import path

from . import views

app_name = "integrations"
urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("new/", views.upload_import, name="upload_import"),
    path("absence-sources/", views.absence_source_list, name="absence_source_list"),
    path("absence-sources/new/", views.create_absence_source, name="create_absence_source"),
    path("absence-sources/<int:source_id>/", views.define_absence_source, name="define_absence_source"),
    path("<uuid:import_id>/", views.import_detail, name="import_detail"),
    path("<uuid:import_id>/columns/", views.match_columns, name="match_columns"),
    path("<uuid:import_id>/approve/", views.approve_import, name="approve_import"),
    path("<uuid:import_id>/cancel/", views.cancel_import, name="cancel_import"),
    path("<uuid:import_id>/resume/", views.resume_import, name="resume_import"),
    path("<uuid:import_id>/undo/", views.undo_import, name="undo_import"),
    path("<uuid:import_id>/errors/", views.import_errors, name="import_errors"),
]
