"""How a page says what an action refused."""

from django import forms
from django.utils.translation import gettext as _

from deadlines.templatetags.days import day_words

from ..taking_measures import WrongDay


def say_which_days(form: forms.Form, wrong: WrongDay) -> None:
    """Say at the field which days hold."""
    days = {"first": day_words(wrong.first), "last": wrong.last and day_words(wrong.last)}
    said = _("Choose a day from %(first)s to %(last)s") if wrong.last else _("Choose %(first)s or a later day")
    form.add_error(wrong.field, said % days)
