"""What can go wrong with a source, by name, with words for the one who can mend it."""

from __future__ import annotations

import re
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SAFE_CODE = re.compile(r"[A-Za-z][A-Za-z_ -]{0,39}")
"""An error code of the server's that may be kept: letters only, so that it can hold no personal number."""

TEXTS: dict[str, Promise] = {
    "address_not_https": _("The address must begin with https://."),
    "address_not_public": _("The address leads to a network that is not public. Such addresses are never called."),
    "address_unknown": _("There is no server by that name. Check the spelling of the address."),
    "no_answer": _("The server does not answer. Try again later, or ask the supplier whether our address is let in."),
    "certificate_refused": _("The server’s certificate, or ours, was not accepted. Ask the supplier."),
    "certificate_wanted": _(
        "The server wants a client certificate of ours, or does not accept the one that is entered. Enter it, or ask "
        "the supplier which one they know."
    ),
    "too_slow": _("The server took too long to answer. Try again later."),
    "too_large": _("The server answered with more than 32 MB at once. Ask the supplier for pages."),
    "redirected": _("The server sends us on to another address. Enter the final address instead."),
    "busy": _("The server asked us to come back later. The reading goes on from where it stopped."),
    "not_signed_in": _("The server did not accept our secret. Enter it again, or ask the supplier for a new one."),
    "no_token": _("The sign-in server gave no token. Check the address, the client id and the secret."),
    "secret_missing": _("A secret is missing for the way of signing in that is chosen. Enter it."),
    "secret_unreadable": _("The stored secret was made for another host or key. Enter it again."),
    "not_allowed": _("The server does not let us read this. Ask the supplier to open it for us."),
    "not_there": _(
        "The server has no such address. Check that the address ends as the supplier says, usually in /v2.0."
    ),
    "refused": _("The server did not understand the question. The supplier can see why in their log."),
    "server_failed": _("The server failed. Try again later, or ask the supplier."),
    "not_json": _("The answer is cut off or is not JSON. Try again later, or ask the supplier."),
    "list_not_understood": _("The answer is not a list in any shape we know. Nothing was read in."),
    "endless_pages": _("The server gives the same pages again and again. Nothing was read in. Tell the supplier."),
    "page_expired": _("The server forgot where we were, three times over. Try again at a quieter hour."),
    "ids_are_not_uuids": _("The rows have ids that are not UUIDs. This is not SS 12000; nothing was read in."),
    "other_field_names": _("The rows have other field names than SS 12000. Nothing was read in."),
    "deleted_not_understood": _("The list of what was deleted has a shape we do not know. Nothing was read in."),
    "school_not_found": _("The server knows no school unit with the school’s code. Check the code with the supplier."),
    "empty_list": _("The server gave an empty list where there were people before. Nothing was changed."),
    "fewer_lessons": _(
        "Most of the absence that was here is gone in the source. Nothing was changed; ask the supplier."
    ),
    "no_roster": _("No pupils of the school are matched with the source yet. Read the register first."),
    "no_way_to_absence": _("The server offers neither lessons with attendance nor sums. Use file import for absence."),
    "unmarked_people": _(
        "The server does not say who has protected identity, so everybody is held aside. If the supplier keeps "
        "protected people out, say so in the settings of the source."
    ),
    "no_school_year": _("The provider has no school year for today. Enter the school years first."),
    "cut_off": _("The connection was lost. The reading goes on from where it stopped."),
    "unexpected": _("An error of ours. It has been noted; nothing was read in."),
}


class SourceError(Exception):
    """A reading cannot go on. `code` is a key of TEXTS; `details` holds numbers, field names and endpoints only."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    @property
    def may_go_on_later(self) -> bool:
        """Say whether trying again from the same place makes sense."""
        return self.code in {"no_answer", "too_slow", "busy", "server_failed", "cut_off", "not_json"}


def text_of(code: str) -> str:
    """Return what a code means, and how to mend it."""
    return str(TEXTS.get(code, TEXTS["unexpected"]))


def code_of_body(body: Any) -> str:
    """Return the error code in a body of any known shape; nothing else of it, for it may name somebody.

    `{"code": …, "message": …}`, `{"error": {"code": 400}}`, `{"error": "invalid_client"}`, `{"detail": …}` or none.
    """
    if isinstance(body, dict):
        for inner in (body, body.get("error")):
            code = inner.get("code") if isinstance(inner, dict) else inner
            if isinstance(code, str) and SAFE_CODE.fullmatch(code):
                return code
    return ""
