"""How every form and field looks: the templates in templates/forms, and what they need to know about a field."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField as DjangoBoundField
from django.forms.renderers import DjangoTemplates
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


class BoundField(DjangoBoundField):
    """A field in a form, with the words and hooks the field template uses."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        """Add to the help text how a date is written."""
        super().__init__(form, field, name)
        if isinstance(field.widget, forms.DateInput):
            self.help_text = f"{self.help_text} {_('Write the date like this: 2026-12-04')}".strip()

    @property
    def marker(self) -> str:
        """Return “required” or “optional” when the form mixes both, else nothing; a field's own `marker` wins."""
        own = getattr(self.field, "marker", None)
        if own is not None:
            return str(own)
        asked = {field.field.required for field in self.form.visible_fields() if not _is_single_box(field.field)}
        if len(asked) < 2 or _is_single_box(self.field):
            return ""
        return pgettext("form field", "required") if self.field.required else pgettext("form field", "optional")

    @property
    def look(self) -> str:
        """Return how choices are laid out: chips, cards, inline or, by default, a list."""
        return str(self.field.widget.attrs.get("data-look", "list"))

    @property
    def limit(self) -> int | None:
        """Return the longest text a text area takes, in characters."""
        return self.field.max_length if isinstance(self.field.widget, forms.Textarea) else None  # type: ignore[attr-defined]

    @property
    def focus_id(self) -> str:
        """Return the id an error message links to; for a group of choices its first one."""
        if isinstance(self.field.widget, CHOICES):
            return f"{self.auto_id}_0"
        return self.id_for_label

    def build_widget_attrs(self, attrs: dict, widget: forms.Widget | None = None) -> dict:
        """Give inputs the design system's class; leave length and presence to the server, which explains itself."""
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if widget.is_hidden:
            return attrs
        # The label says what goes here, and stays when something is written; a placeholder does neither.
        attrs["placeholder"] = False
        attrs.setdefault("class", f"ds-input {widget.attrs.get('class', '')}".strip())
        if isinstance(widget, forms.DateInput):
            attrs |= {"data-kind": "date", "autocomplete": "off"}
        if self.limit:
            attrs |= {"data-limit": str(self.limit), "maxlength": False}
        return attrs


def _is_single_box(field: forms.Field) -> bool:
    """Return whether the field is one tick box: leaving it empty is an answer, so it is never marked."""
    return isinstance(field.widget, forms.CheckboxInput)


class FormRenderer(DjangoTemplates):
    """Renders forms and fields with our templates, and inputs with Django's; named in settings.FORM_RENDERER."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = BoundField

    def get_template(self, template_name: str) -> Any:
        """Return one of our templates, or Django's own when the name starts with django/."""
        return (
            super().get_template(template_name) if template_name.startswith("django/") else get_template(template_name)
        )
