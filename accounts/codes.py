"""The forms for the second factor: failed tries are counted in the database and written in the log."""

from __future__ import annotations

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils import timezone

from . import throttle
from .addresses import client_address
from .attempts import note_failure


class ThrottledCode:
    """A form with a code: ten wrong codes lock the person's codes for a while, and a right one works once."""

    works_once = opens = True

    def clean_code(self) -> str:
        """Return the code when it is right, is not used and the person's codes are not locked."""
        user = self.user  # type: ignore[attr-defined]
        counters = throttle.code_counters(user.pk, client_address(context.request))
        now = timezone.now()
        if throttle.is_locked(counters, now):
            raise account_adapter().validation_error("too_many_login_attempts")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except forms.ValidationError:
            locks = throttle.count_failure(counters, now)
            if self.opens:
                note_failure(context.request, "code", user=user, locks=locks)
            raise
        if not throttle.confirm_success(counters, now):
            raise account_adapter().validation_error("too_many_login_attempts")
        if self.works_once and not throttle.use_once("".join(code.split()), user.pk, now):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(ThrottledCode, base.AuthenticateForm):
    """The code asked for after the password."""


class ReauthenticateForm(ThrottledCode, base.ReauthenticateForm):
    """The code asked for before something delicate."""


class ActivateTOTPForm(ThrottledCode, totp.ActivateTOTPForm):
    """The first code of a new code app; it proves that the app is set up, and opens nothing."""

    works_once = opens = False


class WatchedPasskey:
    """A form with a passkey's answer. A wrong one is written in the log; it is not counted: nobody can guess one."""

    def clean_credential(self) -> Authenticator:
        """Return whose passkey it is."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (forms.ValidationError, KeyError, TypeError, AttributeError) as error:
            # The last three are how the library meets an answer with parts missing, which no browser sends.
            note_failure(context.request, "passkey", user=self.user)  # type: ignore[attr-defined]
            if isinstance(error, forms.ValidationError):
                raise
            raise get_adapter().validation_error("incorrect_code") from None


class LoginPasskeyForm(WatchedPasskey, webauthn.LoginWebAuthnForm):
    """The passkey in place of password and code."""


class AuthenticatePasskeyForm(WatchedPasskey, webauthn.AuthenticateWebAuthnForm):
    """The passkey asked for after the password."""


class ReauthenticatePasskeyForm(WatchedPasskey, webauthn.ReauthenticateWebAuthnForm):
    """The passkey asked for before something delicate."""
