"""Every model that points at a pupil, or at a row about one, notes whom it is about when it is fetched."""

from __future__ import annotations

from django.apps import apps

from audit.reading import PersonalModel
from cases.models import Case
from schools.models import Pupil

NOT_SHOWN_ALONE: set[str] = {
    # Never on a page without the case or the request that they belong to.
    "cases.decision",
    "cases.question",
}


def silent_models() -> list[str]:
    """Return models about a pupil that do not note themselves."""
    about = {Pupil, Case}
    return sorted(
        model._meta.label_lower
        for model in apps.get_models()
        if any(field.related_model in about for field in model._meta.concrete_fields)
        and not issubclass(model, PersonalModel)
    )


def test_models_about_a_pupil_note_themselves():
    silent = [name for name in silent_models() if name not in NOT_SHOWN_ALONE]

    assert not silent, "make them PersonalModel: " + ", ".join(silent)


def test_what_is_about_whom_can_be_followed():
    faults = []
    for model in apps.get_models():
        if issubclass(model, PersonalModel) and model.ABOUT != "pk":
            field = model._meta.get_field(model.ABOUT.removesuffix("_id"))
            if not (field.related_model and issubclass(field.related_model, PersonalModel)):
                faults.append(model._meta.label_lower)

    assert not faults
