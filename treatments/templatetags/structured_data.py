"""Structured data of the guide's pages. The tags expect `guide` and `clinic` in the context."""

from django import template

from clinic_site.pages.structured_data import as_script, clinic_nodes
from treatments.guide.structured_data import home_nodes, page_nodes

register = template.Library()


@register.simple_tag(takes_context=True)
def home_data(context):
    return as_script(home_nodes(context["guide"], context["clinic"]))


@register.simple_tag(takes_context=True)
def clinic_data(context):
    """The clinic alone, for a page about several treatments."""
    return as_script(clinic_nodes(context["clinic"]))


@register.simple_tag(takes_context=True)
def page_data(context):
    return as_script(page_nodes(context["guide"], context["version"], context["clinic"]))
