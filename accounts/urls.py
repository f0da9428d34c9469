"""Addresses of the accounts app. Of django-allauth only those named here exist; accounts.permissions opens them."""

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path

from . import own_views, views
from .access import recently_confirmed
from .confirming import ByCode, ByPasskey, ByPassword

pages = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite_person, name="invite_person"),
    path("people/<uuid:membership_id>/confirm/", views.confirm_membership, name="confirm_membership"),
    path("people/<uuid:membership_id>/renew/", views.renew_membership, name="renew_membership"),
    path("people/<uuid:membership_id>/end/", views.end_membership, name="end_membership"),
    path("people/<uuid:membership_id>/away/", views.set_away, name="set_away"),
    path("people/<uuid:membership_id>/back/", views.back_again, name="back_again"),
    path("people/<uuid:membership_id>/invitation/", views.send_link, name="send_link"),
    path("people/<uuid:membership_id>/second-factor/", views.reset_second_factor, name="reset_second_factor"),
    path("switch/", own_views.switch, name="switch"),
    path("no-membership/", own_views.no_membership, name="no_membership"),
    path("account/", own_views.account, name="account"),
    path("account/sessions/", own_views.sessions, name="sessions"),
    path("account/sessions/end/", own_views.end_session, name="end_session"),
    path("account/sessions/end-others/", own_views.end_other_sessions, name="end_other_sessions"),
    path("account/password/", own_views.change_password, name="change_password"),
    path("account/confirm/demo/", own_views.confirm_demo, name="confirm_demo"),
    path("account/stay/", own_views.stay, name="stay"),
    path("welcome/<uuid:user_id>/<str:token>/", own_views.choose_password, name="choose_password"),
]

sign_in_pages = [
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-in/verify/", second_factor.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/closed/", sign_in.account_inactive, name="account_inactive"),
    path("sign-out/", own_views.leave, name="account_logout"),
    path("account/confirm/", ByPassword.as_view(), name="account_reauthenticate"),
    path("account/confirm/code/", ByCode.as_view(), name="mfa_reauthenticate"),
    path("account/confirm/passkey/", ByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("account/second-factor/", second_factor.index, name="mfa_index"),
    path("account/second-factor/app/", recently_confirmed(totp.activate_totp), name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", recently_confirmed(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("account/passkeys/add/", recently_confirmed(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/edit/", recently_confirmed(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", recently_confirmed(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("account/codes/", recently_confirmed(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/codes/new/",
        recently_confirmed(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]

urlpatterns = [
    path("", include((pages, "accounts"))),
    path("set-language/", own_views.set_language, name="set_language"),
    *sign_in_pages,
]
