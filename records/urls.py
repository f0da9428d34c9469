"""Addresses of the records app."""

from django.urls import path

from .views import retention, rights

app_name = "records"
urlpatterns = [
    path("retention/", retention.retention, name="retention"),
    path("retention/propose/", retention.propose_retention, name="propose_retention"),
    path("retention/<uuid:run_id>/approve/", retention.approve_retention, name="approve_retention"),
    path("retention/<uuid:run_id>/cancel/", retention.cancel_retention, name="cancel_retention"),
    path("rights/", rights.rights_request_list, name="rights_request_list"),
    path("rights/new/", rights.register_rights_request, name="register_rights_request"),
    path("rights/keep/", rights.order_to_keep, name="order_to_keep"),
    path("rights/keep/<uuid:order_id>/lift/", rights.lift_keep_order, name="lift_keep_order"),
    path("rights/<uuid:request_id>/", rights.rights_request_detail, name="rights_request_detail"),
    path("rights/<uuid:request_id>/settle/", rights.settle_rights_request, name="settle_rights_request"),
    path("rights/<uuid:request_id>/screen/", rights.screen_copy, name="screen_copy"),
    path("rights/<uuid:request_id>/copy/", rights.export_copy, name="export_copy"),
]
