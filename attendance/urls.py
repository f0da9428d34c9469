"""Addresses of the attendance app."""

from django.urls import path

from .views import concerns, lines, pupils, signals

app_name = "attendance"
urlpatterns = [
    path("signals/", signals.signal_list, name="signal_list"),
    path("signals/<uuid:signal_id>/answer/", signals.answer_signal, name="answer_signal"),
    path("settings/lines/", lines.lines, name="lines"),
    path("pupils/", pupils.pupil_list, name="pupil_list"),
    path("pupils/<uuid:pupil_id>/", pupils.pupil_detail, name="pupil_detail"),
    path("protected/<uuid:pupil_id>/", pupils.protected_pupil, name="protected_pupil"),
    path("concerns/new/", concerns.log_concern, name="log_concern"),
    path("concerns/<uuid:concern_id>/", concerns.concern_detail, name="concern_detail"),
    path("concerns/<uuid:concern_id>/report/", concerns.report_duty, name="report_duty"),
    path("concerns/<uuid:concern_id>/saved/", concerns.concern_saved, name="concern_saved"),
    path("concerns/<uuid:concern_id>/answer/", concerns.answer_concern, name="answer_concern"),
]
