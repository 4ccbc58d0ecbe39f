"""Signatures that hold are given anew when a clinician signs a source or word that they cover (decision 23)."""

from contextlib import contextmanager

from django.db.models import Q
from django.utils import timezone

from treatments.guide.pages import Guide
from treatments.models import CopyEvent, SectionKind, Version
from treatments.publishing.content_report import taken_down
from treatments.words.references import Shelf, is_signed, references_of, signature_of
from treatments.words.wording import wordings_of


def in_use():
    """Versions that patients read or may read again without another sign-off, and the newest of each unit."""
    now = timezone.now()
    last = [version.pk for version in taken_down(now)]
    newest = Version.objects.newest().values("pk")
    shown = Version.objects.shown_or_planned(now).values("pk")
    found = Version.objects.filter(Q(pk__in=newest) | Q(pk__in=shown) | Q(pk__in=last))
    return found.select_related("unit__treatment").order_by("unit__kind", "unit__position", "number")


def uses_of(reference) -> list[Version]:
    """The versions in use in which a source or word of the glossary stands."""
    signed = [version for version, wording, shelf in _read(in_use()) if reference in references_of(wording, shelf)]
    return [version for version in signed if _shows(version, reference)]


def _shows(version, reference):
    """Whether it stands there for patients: a page of sources is signed with those of other treatments too."""
    if version.unit.section_kind != SectionKind.SOURCES:
        return True
    return bool(Guide(version.unit.treatment, draft=version).listing.of([reference]))


@contextmanager
def signatures_renewed(but, by, references):
    """
    Around a change of what these references say, which a clinician has read and signs.

    Each signature that held before covers what they say afterward, and the history of its version names them. `but`: a
    version that is being signed anyway, or None.
    """
    signed = in_use().exclude(signed_digest="").exclude(pk=but.pk if but else None)
    held = [(version, wording) for version, wording, shelf in _read(signed) if is_signed(version, wording, shelf)]
    yield
    shelf, names = Shelf.load(), ", ".join(str(each) for each in references)
    for version, wording in held:
        if any(each in references_of(wording, shelf) for each in references):
            version.signed_digest = signature_of(wording, shelf)
            version.save(update_fields=["signed_digest"])
            CopyEvent.objects.create(version=version, kind=CopyEvent.Kind.REFERENCE, by=by, words=names)


def _read(versions):
    """Each version with its wording, and all that it may use."""
    versions = list(versions)
    wordings, shelf = wordings_of(versions), Shelf.load()
    for version in versions:
        yield version, wordings[version.pk], shelf
