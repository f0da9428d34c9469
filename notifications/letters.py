"""The words of a mail: counts and a link to the start page. Never a name, a school, a class or a subject matter."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Mail


def letter_to(mail: Mail) -> EmailMultiAlternatives:
    """Return `mail` as it is sent, in its person's language. Give the mail with its person fetched.

    Sent again, it has the same Message-ID: a receiver that got it the first time can tell.
    """
    with translation.override(mail.user.language):
        told = {"mail": mail, "counts": counted(mail.counts), "link": settings.BASE_URL + "/", **_totals(mail)}
        letter = EmailMultiAlternatives(
            subject=_subject(mail),
            body=render_to_string("notifications/mail.txt", told),
            to=[mail.user.email],
            headers={
                "Message-ID": f"<{mail.pk}@{settings.MAIL_DOMAIN}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        letter.attach_alternative(render_to_string("notifications/mail.html", told), "text/html")
    return letter


def counted(counts: dict[str, int]) -> list[str]:
    """Return what waits, a line for each group of the start page that has anything."""
    said = {
        "late": lambda n: ngettext("%(n)d late", "%(n)d late", n),
        "today": lambda n: ngettext("%(n)d today", "%(n)d today", n),
        "week": lambda n: ngettext("%(n)d this week", "%(n)d this week", n),
        "later": lambda n: ngettext("%(n)d later", "%(n)d later", n),
        "read": lambda n: ngettext("%(n)d to read", "%(n)d to read", n),
        "unit": lambda n: ngettext(
            "%(n)d in your unit that has been late for two working days",
            "%(n)d in your unit that have been late for two working days",
            n,
        ),
    }
    return [words(counts[key]) % {"n": counts[key]} for key, words in said.items() if counts.get(key)]


def _totals(mail: Mail) -> dict[str, int]:
    own = {key: count for key, count in mail.counts.items() if key != "unit"}
    return {"total": sum(own.values()), "late": mail.counts.get("late", 0), "new": mail.counts.get("new", 1)}


def _subject(mail: Mail) -> str:
    totals = _totals(mail)
    new = {"n": totals["new"]}
    if mail.kind == Mail.Kind.GIVEN:
        return ngettext("Närvarobryggan: %(n)d new on you", "Närvarobryggan: %(n)d new on you", new["n"]) % new
    if mail.kind == Mail.Kind.REQUEST:
        return ngettext("Närvarobryggan: %(n)d request waits", "Närvarobryggan: %(n)d requests wait", new["n"]) % new
    late = ngettext("%(n)d late", "%(n)d late", totals["late"]) % {"n": totals["late"]}
    if mail.kind == Mail.Kind.LATE:
        return f"Närvarobryggan: {late}"
    if not totals["total"]:
        unit = {"n": mail.counts.get("unit", 0)}
        words = ngettext(
            "Närvarobryggan: %(n)d late in your unit", "Närvarobryggan: %(n)d late in your unit", unit["n"]
        )
        return words % unit
    subject = _("Närvarobryggan: %(n)d to do") % {"n": totals["total"]}
    return f"{subject}, {late}" if totals["late"] else subject
