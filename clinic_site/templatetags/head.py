"""Tags for what a page's head says of the page."""

from django import template
from django.utils.safestring import mark_safe

from clinic_site.pages.structured_data import as_script, clinic_nodes

register = template.Library()


@register.simple_block_tag
def attribute(content):
    """
    What stands between, kept for attributes, so that a block is written once and shown in several places:
    `{% attribute as head_title %}{% block title %}{% endblock %}{% endattribute %}`.
    """
    return mark_safe(" ".join(content.split()).replace('"', "&quot;"))  # noqa: S308 - rendered by a template, so escaped there


@register.simple_tag(takes_context=True)
def clinic_data(context):
    """Structured data of a page about the clinic."""
    return as_script(clinic_nodes(context["clinic"]))
