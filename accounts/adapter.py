"""How sign-in behaves here: nobody signs up, failed tries are counted, secrets are stored encrypted."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import throttle
from .addresses import client_address
from .attempts import note_failure, note_success
from .models import User
from .secrecy import decrypt, encrypt

WAIT = _("There have been too many failed tries. Wait 15 minutes and try again, or sign in with a passkey.")


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: people are invited by those who answer for a unit."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": WAIT,
        "email_password_mismatch": _("The e-mail or the password is wrong. Check both and try again."),
        "incorrect_password": _("The password is wrong. Try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse self-made accounts."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return whose e-mail and password these are, counting what fails. One hash is made whoever it is.

        Raises a ValidationError for an account or an address that is locked.
        """
        counters = throttle.password_counters(credentials.get("email") or "", client_address(request))
        now = timezone.now()
        if throttle.is_locked(counters, now):
            raise self.validation_error("too_many_login_attempts")
        user = super().authenticate(request, **credentials)
        if user is None:
            locks = throttle.count_failure(counters, now)
            note_failure(request, "password", typed=credentials.get("email") or "", locks=locks)
        elif not throttle.confirm_success(counters, now):
            raise self.validation_error("too_many_login_attempts")
        return user

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign the person in, and note it with what they proved it with."""
        super().login(request, user)
        proofs = get_authentication_records(request, user)
        note_success(
            request, "signed_in", cast(User, user), *(proof.get("type") or proof["method"] for proof in proofs)
        )

    def reauthenticate(self, user: User, password: str) -> bool:
        """Say whether `password` is the person's own; failures count as at sign-in."""
        return self.authenticate(context.request, email=user.email, password=password) == user


class MfaAdapter(DefaultMFAAdapter):
    """The secrets of code apps and reserve codes are encrypted, so that a stolen table opens no account."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is wrong or has been used. Wait for the next one and try again."),
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return encrypt(text, "second factor")

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret as it was."""
        return decrypt(encrypted_text, "second factor")
