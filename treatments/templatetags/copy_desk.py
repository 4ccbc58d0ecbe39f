"""Tags of the pages on which staff work on copy."""

from django import template
from django.urls import reverse

from treatments.models.units import STAFF_NAMES, Unit

register = template.Library()


@register.simple_tag
def staff_page(unit, page="change"):
    """The address of a page or step of a unit: its words, 'history', 'sign' …"""
    return unit.get_staff_url(page)


@register.simple_tag
def staff_list(unit):
    """The list in which a unit stands."""
    return reverse(f"admin:treatments_{STAFF_NAMES[Unit.Kind(unit.kind)]}_changelist")


@register.filter
def unlocalized(number):
    """A place in a drawing, with a point and without a thousands mark in every language."""
    return f"{number:.1f}".rstrip("0").rstrip(".")


@register.filter
def plus(number, other):
    return unlocalized(number + other)


@register.filter
def minus(number, other):
    return unlocalized(number - other)
