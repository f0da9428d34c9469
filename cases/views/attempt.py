"""Trying an action on behalf of the reader, and the page that says why it could not be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.utils import timezone

from accounts.access import MemberRequest
from cases.ledger import AlreadyDone, CaseIsClosed, NotAllowed
from cases.models import Case

from .conflict import conflict_page


def sent(request: MemberRequest) -> QueryDict | None:
    """Return what was sent, nothing when the page is only opened: also a form without a field of its own is sent."""
    return request.POST if request.method == "POST" else None


def refused(
    request: MemberRequest, action: Callable[..., object], case: Case, form: forms.Form | None = None, **given: Any
) -> HttpResponse | None:
    """Call `action` as the reader, now. Returns None when it was done, else the page saying who was faster.

    Raises PermissionDenied where the reader may not do it. What was typed into `form` is kept on the page.
    """
    try:
        action(**given, by=request.membership, at=timezone.now())
    except (AlreadyDone, CaseIsClosed):
        return conflict_page(request, case, form)
    except NotAllowed as error:
        raise PermissionDenied from error
    return None
