"""How a field is shown: linked label, help and error; marks only when a form mixes."""

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

from config.forms import FormRenderer


class ConcernForm(forms.Form):
    default_renderer = FormRenderer

    pupil = forms.CharField(label="Pupil", help_text="Name or class")
    seen = forms.MultipleChoiceField(
        label="Seen",
        choices=[("late", "Late"), ("gone", "Gone")],
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "chips"}),
    )
    text = forms.CharField(label="In short", required=False, max_length=300, widget=forms.Textarea)
    on = forms.DateField(label="Day", required=False)
    agree = forms.BooleanField(label="Remember", required=False)
    key = forms.CharField(widget=forms.HiddenInput)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_label_help_and_error_belong_to_their_input() -> None:
    html = str(ConcernForm({})["pupil"].as_field_group())

    assert '<label class="form-label" for="id_pupil">' in html
    assert 'id="id_pupil_helptext"' in html
    assert 'id="id_pupil_error"' in html
    assert 'aria-describedby="id_pupil_helptext id_pupil_error"' in html
    assert 'aria-invalid="true"' in html


def test_both_kinds_are_marked_when_a_form_mixes_them() -> None:
    form = ConcernForm()

    assert [form[name].marker for name in ("pupil", "text", "agree")] == ["required", "optional", ""]


def test_nothing_is_marked_when_all_fields_are_required() -> None:
    form = ConcernForm()
    for name in ("text", "on"):
        form.fields[name].required = True

    assert form["pupil"].marker == ""


def test_a_field_can_say_its_own_mark() -> None:
    form = ConcernForm()
    form.fields["text"].marker = "needed for a no"

    assert form["text"].marker == "needed for a no"


def test_choices_are_a_group_with_a_legend_and_a_look() -> None:
    html = str(ConcernForm()["seen"].as_field_group())

    assert html.startswith("<fieldset")
    assert '<legend class="form-label">Seen' in html
    assert "form-choices-chips" in html
    assert html.count('type="checkbox"') == 2


def test_too_long_a_text_is_counted_not_cut() -> None:
    html = str(ConcernForm()["text"].as_field_group())

    assert 'data-limit="300"' in html
    assert "maxlength" not in html


def test_a_date_says_how_it_is_written() -> None:
    assert "2026-12-04" in str(ConcernForm()["on"].as_field_group())


def test_error_summary_links_to_the_first_input_of_each_field() -> None:
    html = render_to_string("forms/error_summary.html", {"form": ConcernForm({})})

    assert 'href="#id_pupil"' in html
    assert 'href="#id_seen_0"' in html
    assert "#id_key" not in html


def test_a_correct_form_has_no_error_summary() -> None:
    form = ConcernForm({"pupil": "A", "seen": ["late"], "key": "k"})

    assert render_to_string("forms/error_summary.html", {"form": form}).strip() == ""
