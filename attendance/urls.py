"""Addresses of the attendance app."""

from django.urls import path

from .views import concerns, investigations, lines, measures, pupils, signals, writing_concerns

app_name = "attendance"
urlpatterns = [
    path("signals/", signals.signal_list, name="signal_list"),
    path("signals/<uuid:signal_id>/answer/", signals.answer_signal, name="answer_signal"),
    path("settings/lines/", lines.lines, name="lines"),
    path("pupils/", pupils.pupil_list, name="pupil_list"),
    path("pupils/<uuid:pupil_id>/", pupils.pupil_detail, name="pupil_detail"),
    path("pupils/<uuid:pupil_id>/measures/", measures.measure_list, name="measure_list"),
    path("pupils/<uuid:pupil_id>/measures/new/", measures.add_measure, name="add_measure"),
    path("pupils/<uuid:pupil_id>/measures/<uuid:measure_id>/", measures.measure_detail, name="measure_detail"),
    path(
        "pupils/<uuid:pupil_id>/measures/<uuid:measure_id>/follow-up/",
        measures.follow_up_measure,
        name="follow_up_measure",
    ),
    path(
        "pupils/<uuid:pupil_id>/measures/<uuid:measure_id>/hand-over/",
        measures.hand_over_measure,
        name="hand_over_measure",
    ),
    path("pupils/<uuid:pupil_id>/measures/<uuid:measure_id>/end/", measures.end_measure, name="end_measure"),
    path("pupils/<uuid:pupil_id>/mapping/", investigations.investigation_list, name="investigation_list"),
    path("pupils/<uuid:pupil_id>/mapping/new/", investigations.open_investigation, name="open_investigation"),
    path(
        "pupils/<uuid:pupil_id>/mapping/not-needed/",
        investigations.investigation_not_needed,
        name="investigation_not_needed",
    ),
    path(
        "pupils/<uuid:pupil_id>/mapping/<uuid:investigation_id>/",
        investigations.investigation_detail,
        name="investigation_detail",
    ),
    path(
        "pupils/<uuid:pupil_id>/mapping/<uuid:investigation_id>/causes/", investigations.name_causes, name="name_causes"
    ),
    path(
        "pupils/<uuid:pupil_id>/mapping/<uuid:investigation_id>/support/",
        investigations.record_support,
        name="record_support",
    ),
    path(
        "pupils/<uuid:pupil_id>/mapping/<uuid:investigation_id>/finish/",
        investigations.finish_investigation,
        name="finish_investigation",
    ),
    path(
        "pupils/<uuid:pupil_id>/mapping/<uuid:investigation_id>/hand-over/",
        investigations.hand_over_investigation,
        name="hand_over_investigation",
    ),
    path("pupils/<uuid:pupil_id>/mapping/tasks/<uuid:task_id>/", investigations.write_task, name="write_task"),
    path("pupils/<uuid:pupil_id>/mapping/told/<uuid:duty_id>/", investigations.record_duty, name="record_duty"),
    path("protected/<uuid:pupil_id>/", pupils.protected_pupil, name="protected_pupil"),
    path("concerns/new/", writing_concerns.log_concern, name="log_concern"),
    path("pupils/<uuid:pupil_id>/concern-draft/", writing_concerns.throw_away_draft, name="throw_away_draft"),
    path("concerns/<uuid:concern_id>/", concerns.concern_detail, name="concern_detail"),
    path("concerns/<uuid:concern_id>/report/", concerns.report_duty, name="report_duty"),
    path("concerns/<uuid:concern_id>/saved/", concerns.concern_saved, name="concern_saved"),
    path("concerns/<uuid:concern_id>/answer/", concerns.answer_concern, name="answer_concern"),
]
