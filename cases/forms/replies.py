"""What the school answers: a question, and a no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import DayField, TextField

READ_BY_BOTH = _("Read by: your school and the unit that asked. The pupil and the family can read it.")


class AnswerQuestionForm(forms.Form):
    """The school's answer to what the receiver asks: one box a question, kept as one text with the questions in it."""

    answer = TextField(
        label=_("Your answer"), rows=6, help_text=READ_BY_BOTH, error_messages={"required": _("Write an answer")}
    )

    def __init__(self, data: Any = None, *, questions: Sequence[str] = (), **kwargs: Any) -> None:
        """Give each of several `questions` a box of its own."""
        super().__init__(data, **kwargs)
        several = questions if len(questions) > 1 else ()
        self.asked = {f"answer_{number}": f"{number}. {asked}" for number, asked in enumerate(several, start=1)}
        if self.asked:
            del self.fields["answer"]
        for name, asked in self.asked.items():
            self.fields[name] = TextField(
                label=asked, rows=3, help_text=READ_BY_BOTH, error_messages={"required": _("Write an answer")}
            )

    def clean(self) -> dict[str, Any]:
        """Put the answers together, each under its question."""
        told = cast("dict[str, Any]", super().clean())
        if not self.asked or self.errors:
            return told
        return {"answer": "\n\n".join(f"{asked}\n{told[name]}" for name, asked in self.asked.items())}


class RespondToNoForm(forms.Form):
    """One of four ways on after a no. Only the fields of the chosen way are asked for."""

    FOLLOW, NEW_FACTS, LIFT, TALK = "follow", "new_facts", "lift", "talk"
    ASKED_FOR = {FOLLOW: ("plan", "due_on"), NEW_FACTS: (), LIFT: ("disagreement",), TALK: ("about", "meet_on")}

    way = forms.ChoiceField(
        label=_("What do you do now?"),
        choices=[
            (FOLLOW, _("We follow the advice")),
            (NEW_FACTS, _("We send new facts")),
            (LIFT, _("We lift it to the managers")),
            (TALK, _("We need to talk first")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you do now")},
    )
    plan = TextField(
        label=_("What will the school do?"), rows=3, max_length=300, required=False,
        help_text=_("Becomes the school's next step. Read by: your school and the unit that said no."),
    )  # fmt: skip
    due_on = DayField(label=_("Done no later than"), required=False)
    disagreement = TextField(
        label=_("What do you disagree about?"), rows=3, max_length=600, required=False,
        help_text=_("One or two sentences. Read by: your school, the unit that said no and the managers of both."),
    )  # fmt: skip
    about = TextField(
        label=_("What do you want to talk about?"), rows=2, max_length=300, required=False,
        help_text=_("Read by: your school and the unit that said no."),
    )  # fmt: skip
    meet_on = DayField(label=_("Talk no later than"), required=False)

    MISSING = {
        "plan": _("Write what the school will do"),
        "due_on": _("Write by when it is done"),
        "disagreement": _("Write what you disagree about"),
        "about": _("Write what you want to talk about"),
        "meet_on": _("Write by when you want to talk"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Mark no field: which are required follows from the way chosen."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.marker = ""  # type: ignore[attr-defined]

    def ways(self) -> Iterable[dict[str, Any]]:
        """Return each way with its radio button and the fields it asks for, for the template."""
        for radio in self["way"]:
            code = radio.data["value"]
            yield {"radio": radio, "code": code, "fields": [self[name] for name in self.ASKED_FOR[code]]}

    def clean(self) -> dict[str, Any]:
        """Ask only for what the chosen way needs; forget what was typed under the others."""
        super().clean()
        found = self.cleaned_data
        asked = self.ASKED_FOR.get(found.get("way", ""), ())
        for name in self.MISSING:
            if name not in asked:
                self.errors.pop(name, None)
            elif not found.get(name) and name not in self.errors:
                self.add_error(name, self.MISSING[name])
        return found
