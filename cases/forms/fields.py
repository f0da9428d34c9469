"""Fields that several case forms use."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deadlines.dates import parse_day


class DayField(forms.DateField):
    """A day typed as 2026-12-04, 4/12 or 4 dec. `allow_past=False` refuses days before today."""

    default_error_messages = {
        "invalid": _("Write the date like this: 2026-12-04. 4/12 and 4 Dec also work."),
        "past": _("Choose today or a later day."),
        "future": _("Choose today or an earlier day."),
    }

    def __init__(self, *, allow_past: bool = False, allow_future: bool = True, **kwargs: Any) -> None:
        """Refuse the past unless `allow_past`, and the future unless `allow_future`."""
        self.allow_past = allow_past
        self.allow_future = allow_future
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """Return the day, None for nothing."""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        day = parse_day(str(value), timezone.localdate())
        if day is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day

    def validate(self, value: date | None) -> None:
        """Refuse a missing day, and one on the wrong side of today."""
        super().validate(value)
        if value is None:
            return
        today = timezone.localdate()
        if value < today and not self.allow_past:
            raise ValidationError(self.error_messages["past"], code="past")
        if value > today and not self.allow_future:
            raise ValidationError(self.error_messages["future"], code="future")


class TextField(forms.CharField):
    """A text in the writer's own words, at most 2,000 characters unless told; `rows` is its height."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        """Show a text area of `rows` lines. Say in `help_text` who reads what is written."""
        kwargs.setdefault("max_length", 2000)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)


class SubmissionField(forms.UUIDField):
    """The form's own number: sent twice, it counts once. Give it a fresh uuid4 as initial."""

    def __init__(self, **kwargs: Any) -> None:
        """Hide the number."""
        super().__init__(widget=forms.HiddenInput, **kwargs)
