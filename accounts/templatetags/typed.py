"""The one way in which a page shows what somebody has typed. A template builtin."""

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def typed(value: object) -> SafeString:
    """Return a text as somebody typed it, its line breaks kept: escaped, and out of reach of HTMX.

    Should an attribute ever slip through the escaping, HTMX still does not act on it.
    """
    return format_html("<span hx-disable>{}</span>", linebreaksbr(value))  # type: ignore[arg-type]
