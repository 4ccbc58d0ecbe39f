"""
Structured data: what a page says, once more, for machines (schema.org, as JSON-LD).

It says nothing that the page does not say: its words come from the records and functions that the page is made of, and
tests compare the two. What is not known yet is left out, not made up.
"""

import json
import re

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from clinic_site.models import Clinic, OpeningHours

# As Django's json_script does it: nothing in a value can end the element or begin a comment.
ESCAPES = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&"}
CITY_LINE = re.compile(r"(?P<addressLocality>.+), (?P<addressRegion>[A-Z]{2}) (?P<postalCode>\d{5}(?:-\d{4})?)")
# Not by name: names of weekdays are translated.
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def as_script(nodes) -> SafeString:
    """The element that holds these nodes; nothing for none. A data block: browsers never run it."""
    if not nodes:
        return SafeString("")
    data = json.dumps({"@context": "https://schema.org", "@graph": nodes}, ensure_ascii=False, separators=(",", ":"))
    escaped = mark_safe(data.translate(ESCAPES))  # noqa: S308 - translated in this line
    return format_html('<script type="application/ld+json">{}</script>', escaped)


def clinic_id():
    return f"{settings.SITE_URL}/#clinic"


def clinic_nodes(clinic: Clinic) -> list[dict]:
    """
    The clinic as a MedicalClinic.

    None while its values are samples: a search engine would show the invented address and telephone as real ones,
    without the strip that tells a reader.
    """
    if clinic.is_sample:
        return []
    node = {
        "@type": "MedicalClinic",
        "@id": clinic_id(),
        "name": clinic.name,
        "url": f"{settings.SITE_URL}/",
        "telephone": clinic.phone_day.as_rfc3966.removeprefix("tel:"),
        "address": _address(clinic),
        "openingHoursSpecification": [_opening(row) for row in OpeningHours.objects.all()],
    }
    return [node]


def publisher_of(clinic: Clinic) -> dict:
    """The clinic as the one behind a page, to be joined to the page's node."""
    if clinic.is_sample:
        return {}
    return {"publisher": {"@type": "MedicalClinic", "@id": clinic_id(), "name": clinic.name}}


def _address(clinic):
    parts = CITY_LINE.fullmatch(clinic.city_line)
    city = parts.groupdict() if parts else {"addressLocality": clinic.city_line}
    return {"@type": "PostalAddress", "streetAddress": clinic.street, **city}


def _opening(row):
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": f"https://schema.org/{WEEKDAYS[row.weekday]}",
        "opens": f"{row.opens:%H:%M}",
        "closes": f"{row.closes:%H:%M}",
    }
