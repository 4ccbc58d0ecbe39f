"""Links that lead somewhere."""

from django import template

from clinic_site.pages.down import is_down

register = template.Library()


@register.filter
def is_there(address):
    """Whether a page can be read at that address now."""
    return not is_down(address)
