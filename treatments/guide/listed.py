"""What a page of sources lists, of the sources and glossary words that all treatments share."""

from treatments.models import Treatment, Version
from treatments.models.live import ANY
from treatments.words.references import Shelf, cited_by
from treatments.words.wording import wordings_of


def listed_by(guide, references) -> list:
    """
    Those of these sources and words that the guide's page of sources lists: of several treatments, what its own words
    use. What nobody's words use stands with the treatment that was here first; of one treatment, everything does.
    """
    treatments = list(Treatment.objects.order_by("pk").values_list("pk", flat=True))
    if len(treatments) == 1:
        return list(references)
    shelf = Shelf.load()
    own = _used_by(_versions_of(guide), shelf)
    if guide.treatment.pk != treatments[0]:
        return [each for each in references if each in own]
    others = Version.objects.live_at(guide.moment, ANY).exclude(unit__treatment=guide.treatment)
    elsewhere = _used_by(others.select_related("unit__treatment"), shelf)
    return [each for each in references if each in own or each not in elsewhere]


def _versions_of(guide):
    """What patients read; of a treatment that is a draft yet, what they would."""
    if guide.draft and not Treatment.objects.offered(guide.moment).filter(pk=guide.treatment.pk).exists():
        return Version.objects.newest().filter(unit__treatment=guide.treatment).select_related("unit__treatment")
    return [guide.facts, *guide.sections, *guide.benefits]


def _used_by(versions, shelf):
    return {each for wording in wordings_of(list(versions)).values() for each in cited_by(wording, shelf)}
