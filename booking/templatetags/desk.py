"""How the desk's pages show requests."""

from django import template

from booking.admin.questions import in_bands

register = template.Library()


@register.filter
def initials(name):
    """The first letter of each part of a name: what a sheet of paper may say of a person."""
    return " ".join(f"{part[0]}." for part in name.split())


@register.simple_tag
def bands_of(requests):
    """The rows of the worklist in bands of urgency."""
    return in_bands(requests)
