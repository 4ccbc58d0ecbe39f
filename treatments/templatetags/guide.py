"""Tags with which templates show prose and its sources. Those that cite expect `guide` in the context."""

from functools import partial

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from clinic_site.templatetags.languages import lang_of
from treatments import prose as markup
from treatments.guide.layers import PageLayers
from treatments.guide.ways import ways_of
from treatments.models import Claim, SectionKind, Source, Unit

register = template.Library()

LOCAL = {SectionKind.BENEFITS, SectionKind.COST, SectionKind.PROCEDURE}  # what people look for in their town


@register.simple_tag(takes_context=True)
def prose(context, text, inline=False, sources=()):
    """
    Prose as HTML: its citations numbered on this page, the clinic's fields put in, its hard words to be opened.

    `sources`: those, or the one, that its last sentence rests on, whether it names them itself or not.
    """
    guide = context["guide"]
    sources = [sources] if isinstance(sources, Source) else sources
    text = markup.with_sources(text, [source.key for source in sources])
    html = markup.render(
        text, cite=guide.citations, clinic_field=partial(_marked, guide), inline=inline, is_down=guide.is_down
    )
    return mark_safe(guide.terms(html)) if context.get("version") else html  # noqa: S308 - what is put in is escaped


def _marked(guide, key):
    """A clinic field, said to be in its language where that is another one than the words around it."""
    words, attributes = guide.clinic_field(key), lang_of(guide.facts)
    return format_html("<span{}>{}</span>", attributes, words) if attributes else words


@register.simple_tag(takes_context=True)
def is_down(context, address):
    """Whether the page of the guide at that address is not there now, so that nothing may lead to it."""
    return context["guide"].is_down(address)


@register.simple_tag(takes_context=True)
def cite(context, sources):
    """The mark that leads to these sources."""
    return context["guide"].citations([source.key for source in sources])


@register.simple_tag(takes_context=True)
def cite_labels(context, rows):
    """One mark for all the sources that the labels of these rows cite: for drawings, where none can stand."""
    return context["guide"].citations([key for row in rows for key in markup.cited_in(row.label)])


@register.simple_tag(takes_context=True)
def key_fact(context, key):
    """The treatment's key fact of that key, or None."""
    return context["guide"].key_facts.get(key)


@register.simple_tag(takes_context=True)
def clinic_field(context, key):
    """The clinic's field of that key, or None."""
    return context["guide"].clinic_fields.get(key)


@register.simple_tag
def layers_of(version):
    """The rows of a version by where they stand: in sight, or in a fold. Read once for all that a page shows of it."""
    if not hasattr(version, "page_layers"):
        version.page_layers = PageLayers(version)
    return version.page_layers


@register.filter
def has_passage(layers, key):
    """Whether a passage of that key stands in sight on the page."""
    return any(passage.key == key for passage in layers.passages)


@register.simple_tag(takes_context=True)
def number_listed_sources(context):
    """Number the sources that the page of sources lists in the order of their keys, before its text cites any."""
    guide = context["guide"]
    guide.citations.number_all(guide.listing.of(guide.citations.live()))
    return ""


@register.simple_tag(takes_context=True)
def glossary(context):
    """Each hard word that the page of sources lists with its meaning, in the order of the alphabet."""
    return context["guide"].listing.of(context["guide"].terms.live)


@register.simple_tag(takes_context=True)
def open_questions(context):
    """What a patient asks at the consultation, because the clinic has not filled it in."""
    return context["guide"].open_questions


@register.simple_tag(takes_context=True)
def guide_section(context, kind):
    """The section of that kind, or None while there is none."""
    return context["guide"].section_of_kind(kind)


@register.simple_tag(takes_context=True)
def page_title(context, heading, is_first=False):
    """
    A page's title: its heading and the treatment's name, with the town on pages for which people search in their town.

    `is_first`: the site's first page begins with both.
    """
    guide, version = context["guide"], context.get("version")
    name, town = guide.facts.title, context["clinic"].town
    is_local = is_first or version.unit.kind == Unit.Kind.BENEFIT or version.unit.section_kind in LOCAL
    named = _("%(name)s in %(town)s") % {"name": name, "town": town} if is_local and town else name
    if is_first:
        return f"{named}: {heading}"
    return heading if name.casefold() in heading.casefold() else f"{heading} · {named}"


@register.filter
def plain(text):
    """Prose as words alone, for attributes and titles."""
    return markup.plain(text)


@register.filter
def amount(value):
    """A number without needless zeros: 30, 1.5."""
    return "" if value is None else f"{value.normalize():f}"


@register.simple_tag(takes_context=True)
def ways_in(context):
    """The ways into this page's guide."""
    return ways_of(context["guide"].sections)


@register.simple_tag
def evidence_grades():
    """The four grades, firmest first, each with what it means and how many of four layers its badge fills."""
    return [
        {"name": grade.label, "meaning": Claim.GRADE_MEANINGS[grade], "layers": len(Claim.Grade) - place}
        for place, grade in enumerate(Claim.Grade)
    ]


@register.simple_tag(takes_context=True)
def request_address(context):
    """Where a consultation is asked for, with this page's treatment and benefit filled in."""
    query = {}
    if guide := context.get("guide"):
        query["treatment"] = guide.treatment.slug
        if (version := context.get("version")) and version.unit.kind == Unit.Kind.BENEFIT:
            query["benefit"] = version.unit.slug
    return reverse("booking:request", query=query)


@register.simple_tag(takes_context=True)
def signoff_of_page(context):
    """Whether a clinician signed everything on the page, and the titles of what is on it and not signed."""
    unsigned = [part.title for part in context["guide"].units_on(context["version"]) if not part.signed_at]
    return {"is_signed": not unsigned, "unsigned": unsigned}


@register.simple_tag(takes_context=True)
def has_choices(context):
    """Whether this treatment's choices were written, so that they can be set side by side for one reader."""
    return context["guide"].facts.choices.exists()


@register.simple_tag
def pictures_of(version):
    """The pictures of a version whose consent has not run out."""
    return version.pictures.shown_on(timezone.localdate())
