"""The one-time link by which an invited person chooses a password, and the mail that carries it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .models import User


def send_invitation(user: User, request: HttpRequest) -> None:
    """Mail the person that there is a role here; who has no password yet gets a link to choose one.

    It leaves once what it tells is stored, and names nobody and no unit. The link works once, for
    settings.PASSWORD_RESET_TIMEOUT seconds.
    """
    with translation.override(user.language):
        if user.has_usable_password():
            address = request.build_absolute_uri("/")
            text = _("You have been given a new role in Närvarobryggan. Sign in to see it:")
        else:
            address = request.build_absolute_uri(password_link(user))
            text = _("You have been invited to Närvarobryggan. Choose a password here within three days:")
        subject = str(_("Invitation to Närvarobryggan"))
    transaction.on_commit(partial(send_mail, subject, f"{text}\n\n{address}\n", None, [user.email]))


def password_link(user: User) -> str:
    """Return the path where the person chooses a first password."""
    return reverse("accounts:choose_password", args=[user.pk, default_token_generator.make_token(user)])


def invited_user(user_id: UUID, token: str) -> User | None:
    """Return whom an unused link belongs to, else None. Links never change a password that has been chosen."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or user.has_usable_password() or not default_token_generator.check_token(user, token):
        return None
    return user
