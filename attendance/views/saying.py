"""How a page says what an action refused."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from deadlines.templatetags.days import day_words

from ..taking_measures import WrongDay
from ..typed import typed_texts


def say_which_days(form: forms.Form, wrong: WrongDay) -> None:
    """Say at the field which days hold."""
    days = {"first": day_words(wrong.first), "last": wrong.last and day_words(wrong.last)}
    said = _("Choose a day from %(first)s to %(last)s") if wrong.last else _("Choose %(first)s or a later day")
    form.add_error(wrong.field, said % days)


def too_late(request: MemberRequest, words: str, form: forms.Form, address: str) -> HttpResponse:
    """Say that somebody was faster, and give back what was typed; with nothing typed, go on and say it there."""
    typed = typed_texts(form)
    if not typed:
        messages.warning(request, words)
        return redirect(address)
    context = {"words": words, "typed": typed, "address": address}
    return render(request, "attendance/too_late.html", context, status=409)
