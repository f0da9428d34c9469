"""Addresses of the integrations app."""

from django.urls import path

from . import views
from .ss12000 import notices
from .ss12000 import views as sources

app_name = "integrations"
urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("new/", views.upload_import, name="upload_import"),
    path("sources/", sources.source_list, name="source_list"),
    path("sources/new/", sources.create_source, name="create_source"),
    path("sources/<uuid:source_id>/", sources.source_detail, name="source_detail"),
    path("sources/<uuid:source_id>/settings/", sources.change_source, name="change_source"),
    path("sources/<uuid:source_id>/secret/", sources.set_secret, name="set_secret"),
    path("sources/<uuid:source_id>/test/", sources.try_source, name="try_source"),
    path("sources/<uuid:source_id>/read/", sources.read_source, name="read_source"),
    path("notices/<str:token>/", notices.source_notice, name="source_notice"),
    path("register/", sources.comparison_list, name="comparison_list"),
    path("register/<uuid:diff_id>/", sources.comparison_detail, name="comparison_detail"),
    path("absence-sources/", views.absence_source_list, name="absence_source_list"),
    path("absence-sources/new/", views.create_absence_source, name="create_absence_source"),
    path("absence-sources/<int:absence_source_id>/", views.define_absence_source, name="define_absence_source"),
    path("<uuid:import_id>/", views.import_detail, name="import_detail"),
    path("<uuid:import_id>/columns/", views.match_columns, name="match_columns"),
    path("<uuid:import_id>/approve/", views.approve_import, name="approve_import"),
    path("<uuid:import_id>/cancel/", views.cancel_import, name="cancel_import"),
    path("<uuid:import_id>/resume/", views.resume_import, name="resume_import"),
    path("<uuid:import_id>/undo/", views.undo_import, name="undo_import"),
    path("<uuid:import_id>/errors/", views.import_errors, name="import_errors"),
]
