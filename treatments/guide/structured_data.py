"""
What the guide's pages say, as structured data (clinic_site/pages/structured_data.py has the rules).

A page's description here is its lead, which stands on it; the summary is for cards and search engines. It says
lastReviewed where a clinician signed every word on the page, and never reviewedBy: staff did not agree to be a
search engine's authority. A benefit is not called an indication, and a use not an
approved one: the page's claim says that with its limits, and a property of three words cannot.
"""

import re
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from clinic_site.pages.structured_data import clinic_nodes, publisher_of
from treatments import prose
from treatments.models import SectionKind, Unit

LINK = re.compile(r'href="([^"]*)"')
# What a section says of the procedure.
PARTS = {
    SectionKind.BEFORE: "preparation",
    SectionKind.PROCEDURE: "howPerformed",
    SectionKind.RECOVERY: "followup",
}


def home_nodes(guide, clinic) -> list[dict]:
    return [_web_page(guide, guide.facts, reverse("treatments:home"), clinic), _procedure(guide), *clinic_nodes(clinic)]


def page_nodes(guide, version, clinic) -> list[dict]:
    """The nodes of a section's or a benefit's page."""
    return [
        _web_page(guide, version, version.get_absolute_url(), clinic),
        _procedure(guide, version),
        *_trail(guide, version),
        *_questions(guide, version),
    ]


def _web_page(guide, version, address, clinic):
    return {
        "@type": "MedicalWebPage",
        "@id": f"{_absolute(address)}#page",
        "url": _absolute(address),
        "name": version.heading,
        **_prose_property(guide, "description", version.lead),
        "inLanguage": version.language,
        "dateModified": date_format(localtime(version.written_at), "Y-m-d"),
        **_reviewed(guide, version),
        "about": {"@id": _procedure_id(guide)},
        **publisher_of(clinic),
    }


def _reviewed(guide, version):
    """The day of the oldest sign-off on the page, if all of it is signed."""
    signed = [part.signed_at for part in guide.units_on(version)]
    return {"lastReviewed": date_format(localtime(min(signed)), "Y-m-d")} if all(signed) else {}


def _procedure(guide, version=None):
    """The treatment; each page adds the part that it tells."""
    part = PARTS.get(version.unit.section_kind) if version else None
    return {
        "@type": "MedicalProcedure",
        "@id": _procedure_id(guide),
        "name": guide.facts.title,
        "url": _absolute(guide.treatment.get_absolute_url()),
        **(_prose_property(guide, part, version.lead) if part else {}),
    }


def _trail(guide, version):
    """The way to a page from the guide's first page, as the line above its heading shows it. None on the first page."""
    places = [(_("%(name)s guide") % {"name": guide.facts.title}, guide.treatment.get_absolute_url())]
    if version.unit.kind == Unit.Kind.BENEFIT and (above := guide.section_of_kind(SectionKind.BENEFITS)):
        places.append((above.title, above.get_absolute_url()))
    if version.get_absolute_url() != places[0][1]:
        places.append((version.heading, version.get_absolute_url()))
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": _absolute(address)}
        for number, (name, address) in enumerate(places, start=1)
    ]
    return [{"@type": "BreadcrumbList", "itemListElement": items}] if len(items) > 1 else []


def _questions(guide, version):
    questions = [
        {
            "@type": "Question",
            "name": row.question,
            "url": _absolute(f"{version.get_absolute_url()}#question-{row.key}"),
            "acceptedAnswer": {"@type": "Answer", "text": _answer(guide, version, row.answer)},
        }
        for row in version.questions.all()
    ]
    return [{"@type": "FAQPage", "mainEntity": questions}] if questions else []


def _answer(guide, version, text):
    """An answer as HTML, since it leads on to other pages: its links have whole addresses."""
    html = prose.render(text, clinic_field=guide.clinic_field, is_down=guide.is_down)
    return LINK.sub(lambda link: f'href="{urljoin(_absolute(version.get_absolute_url()), link[1])}"', html).strip()


def _prose_property(guide, name, text):
    """A property with some prose in the words that the page shows; none for no words."""
    words = prose.plain(text, guide.clinic_field)
    return {name: words} if words else {}


def _procedure_id(guide):
    return f"{_absolute(guide.treatment.get_absolute_url())}#procedure"


def _absolute(address):
    return f"{settings.SITE_URL}{address}"
