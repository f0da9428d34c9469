"""Addresses of the pages about the log."""

from django.urls import path

from .views import auditing, extracts

app_name = "oversight"
urlpatterns = [
    path("", auditing.workspace, name="workspace"),
    path("attempts/", auditing.attempts, name="attempts"),
    path("sample/draw/", auditing.draw_sample, name="draw_sample"),
    path("readings/<int:record_id>/", auditing.review_reading, name="review_reading"),
    path("claims/<uuid:claim_id>/seen/", auditing.see_claim, name="see_claim"),
    path("find/", auditing.find_pupil, name="find_pupil"),
    path("pupils/<uuid:pupil_id>/", extracts.who_has_read, name="who_has_read"),
    path("cases/<uuid:case_id>/", extracts.who_has_read_in_case, name="who_has_read_in_case"),
    path("pupils/<uuid:pupil_id>/draft/", extracts.draft_extract, name="draft_extract"),
    path("extracts/<uuid:extract_id>/", extracts.extract_detail, name="extract_detail"),
    path("extracts/<uuid:extract_id>/release/", extracts.release_extract, name="release_extract"),
    path("extracts/<uuid:extract_id>/withhold/", extracts.withhold_extract, name="withhold_extract"),
    path("extracts/<uuid:extract_id>/print/", extracts.print_extract, name="print_extract"),
]
