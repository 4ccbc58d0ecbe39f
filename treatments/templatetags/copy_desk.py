"""Tags of the pages on which staff work on copy."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from clinic_site.languages import ORIGINAL, language_name
from treatments.models import REVIEW_SOON, Source, Term, Treatment, Version
from treatments.models.units import STAFF_NAMES, Unit

MARKS = {"removed": "<del>{}</del>", "added": "<ins>{}</ins>"}

register = template.Library()


@register.simple_tag
def staff_page(unit_or_version, page="change"):
    """The address of a page or step of a unit, in its language: its words, 'history', 'sign' …"""
    return unit_or_version.get_staff_url(page)


@register.simple_tag(takes_context=True)
def page_name(context, version):
    """What staff call a page in lists of all: its title, and of which treatment it is where there are several."""
    request = context["request"]
    if not hasattr(request, "has_many_treatments"):  # one question for all lists of a screen
        request.has_many_treatments = Treatment.objects.count() > 1
    if not request.has_many_treatments:
        return version.title
    return _("%(page)s (%(treatment)s)") % {"page": version.title, "treatment": version.unit.treatment}


@register.inclusion_tag("admin/treatments/copy_languages.html", takes_context=True)
def languages_of_words(context, unit):
    """The ways to a unit's words in each of the clinic's languages; those that nobody has begun have none yet."""
    begun = set(unit.versions.order_by().values_list("language", flat=True).distinct())
    codes = [ORIGINAL, *context["clinic"].languages]
    languages = [(code, language_name(code), unit.in_language(code), code in begun) for code in codes]
    return {"unit": unit, "languages": languages, "csrf_token": context["csrf_token"]}


@register.simple_tag
def staff_list(unit):
    """The list in which a unit stands."""
    return reverse(f"admin:treatments_{STAFF_NAMES[Unit.Kind(unit.kind)]}_changelist")


@register.simple_tag
def number_to_sign():
    """How many versions, sources and glossary words wait for a clinician: what signing/to_sign.py lists."""
    now = timezone.now()
    versions = Version.objects.waiting() | Version.objects.shipped_unsigned(now)
    due = Version.objects.due_for_review(now, timezone.localdate(now) + REVIEW_SOON)
    counted = (versions, due, Source.objects.waiting(), Term.objects.waiting())
    return sum(each.count() for each in counted)


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


@register.simple_tag
def marked(pieces):
    """A text in its pieces: what went struck out, what came underlined; said to be nothing where there is no text."""
    if not pieces:
        return format_html('<span class="quiet">{}</span>', _("nothing"))
    return format_html_join("", "{}", ((format_html(MARKS.get(piece.kind, "{}"), piece.words),) for piece in pieces))


@register.simple_tag
def numbered(quote):
    """A sentence in its pieces: the words to mend are marked, each with the number of its remark."""
    return format_html_join("", "{}", ((_numbered(words, number),) for words, number in quote))


def _numbered(words, number):
    return format_html("<mark>{}<sup>{}</sup></mark>", words, number) if number else words


@register.simple_tag
def live_span(version):
    """From when until when a version was live."""
    if not version.live_from:
        return format_html('<span class="quiet">{}</span>', _("never live"))
    begins = _day_and_clock(version.live_from)
    if not version.live_until:
        return f"{begins} {_('on')}"
    return f"{begins} {_('to')} {_day_and_clock(version.live_until)}"


def _day_and_clock(moment):
    return date_format(timezone.localtime(moment), "M j, Y, g:i A")
