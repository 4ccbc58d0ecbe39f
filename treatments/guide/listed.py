"""What a page of sources lists, of the sources and glossary words that all treatments share."""

from treatments.models import Treatment, Version
from treatments.models.live import ANY
from treatments.words.references import Shelf, cited_by
from treatments.words.wording import wordings_of


class Listing:
    """
    What the page of sources of a guide lists, of several treatments: what its own words use. What nobody's words use
    stands with the treatment that was here first; of one treatment, everything does.
    """

    def __init__(self, guide):
        treatments = list(Treatment.objects.order_by("pk").values_list("pk", flat=True))
        self.is_first, self.own, self.elsewhere = guide.treatment.pk == treatments[0], set(), set()
        if len(treatments) > 1:
            shelf = Shelf.load()
            self.own = _used_by(_versions_of(guide), shelf)
            others = Version.objects.live_at(guide.moment, ANY).exclude(unit__treatment=guide.treatment)
            self.elsewhere = _used_by(others.select_related("unit__treatment"), shelf) if self.is_first else set()

    def of(self, references) -> list:
        """Those of these sources and words that it lists."""
        return [each for each in references if each in self.own or (self.is_first and each not in self.elsewhere)]


def _versions_of(guide):
    """What patients read; of a treatment that is a draft yet, what they would."""
    if guide.draft and not Treatment.objects.offered(guide.moment).filter(pk=guide.treatment.pk).exists():
        return Version.objects.newest().filter(unit__treatment=guide.treatment).select_related("unit__treatment")
    return [guide.facts, *guide.sections, *guide.benefits]


def _used_by(versions, shelf):
    return {each for wording in wordings_of(list(versions)).values() for each in cited_by(wording, shelf)}
