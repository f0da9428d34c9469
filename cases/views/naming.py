"""Doing what is refused where a text says who somebody is, and saying at its field which word does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from cases.ledger import NotAllowed
from cases.naming import SaysWho


def done_without_names(request: MemberRequest, form: forms.Form, action: Any, **given: Any) -> Any:
    """Do `action` as the reader and return what it gives; None where a text names somebody, and the form says which."""
    try:
        return action(**given, by=request.membership, at=timezone.now())
    except NotAllowed:
        raise PermissionDenied from None
    except SaysWho as error:
        for found in error.found:
            form.add_error(error.field, _("“%(word)s”: %(mend)s") % {"word": found.word, "mend": found.mend})
        return None
