"""Addresses of links to pupils and of protected identity."""

from django.urls import path

from .views import links, protection

app_name = "schools"
urlpatterns = [
    path("pupils/another/", links.claim_link, name="claim_link"),
    path("pupils/another/sent/", links.claim_answered, name="claim_answered"),
    path("pupils/links/<uuid:link_id>/end/", links.end_link, name="end_link"),
    path("pupils/<uuid:pupil_id>/links/", links.pupil_links, name="pupil_links"),
    path("protected/", protection.protected_list, name="protected_list"),
    path("protected/confirm/", protection.confirm_readers, name="confirm_readers"),
    path("protected/confirm/<uuid:named_id>/", protection.confirm_reader, name="confirm_reader"),
    path("protected/lift/", protection.lift_protection, name="lift_protection"),
    path("protected/decisions/", protection.protection_policy, name="protection_policy"),
    path("protected/decisions/<int:policy_id>/confirm/", protection.confirm_policy, name="confirm_policy"),
    path("protected/<uuid:pupil_id>/readers/", protection.pupil_readers, name="pupil_readers"),
    path("protected/<uuid:pupil_id>/readers/<uuid:named_id>/end/", protection.end_reader, name="end_reader"),
]
