"""Saving words. Each save makes the next version of a unit; what patients read stays as it was."""

import copy

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic_site.content_revision import one_revision_up
from clinic_site.languages import ORIGINAL
from treatments.models import CopyEvent, Source, Unit, Version
from treatments.publishing.signoff import Refused, record
from treatments.words.digest import digest_of
from treatments.words.wording import Wording, store_rows

WHAT_HAPPENED_TO_IT = {
    "live_from": None,
    "live_until": None,
    "ends_at": None,
    "shipped": "",
    "sent_by": None,
    "sent_at": None,
    "signed_by": None,
    "signer": "",
    "signed_at": None,
    "signed_digest": "",
    "review_due": None,
    "review_mailed_at": None,
}


class SavedMeanwhile(Exception):
    """Somebody else has saved this text since it was opened. `newest` is what they saved."""

    def __init__(self, newest):
        super().__init__(newest)
        self.newest = newest


@transaction.atomic
def save_draft(unit, wording, base, by, why="", sources=None):
    """
    Keep these words as the unit's next version; returns it, or None where not one character differs from `base`.

    `base` is the version that they were written over. Raises SavedMeanwhile where it is no longer the newest. `sources`
    are all sources by their keys, where they were read already.
    """
    Unit.objects.select_for_update().only("pk").get(pk=unit.pk)  # two saves at one moment take turns
    newest = unit.in_language(base.language).words.order_by("-number").first()
    digest = digest_of(wording)
    if newest.pk != base.pk:
        if digest == newest.digest and newest.written_by == by:
            return newest  # the same page sent twice, as by a double click
        raise SavedMeanwhile(newest)
    if digest == (newest.digest or digest_of(Wording.of(newest))):
        return None
    return store_after(newest, wording, by, why, sources)


@transaction.atomic
def begin_translation(unit, language, by):
    """
    The newest original words as the first draft in another language, to be written over; returns it.

    Raises Refused where that language was begun already, or where there is nothing to translate.
    """
    Unit.objects.select_for_update().only("pk").get(pk=unit.pk)
    original = unit.in_language(ORIGINAL).newest_version()
    translated = unit.in_language(language)
    if original is None or translated.words.exists():
        raise Refused(_("These words are there already. Open them."))
    before = Version(unit=unit, language=language, number=0)
    why = _("Begun from version %(number)s") % {"number": original.number}
    return store_after(before, Wording.of(original), by, why)


@transaction.atomic
def restore(version, by):
    """The words of an old version as a new draft; returns it, or None where they are the newest already."""
    unit = version.unit
    newest = unit.in_language(version.language).words.order_by("-number").first()
    restored = save_draft(unit, Wording.of(version), newest, by, why=f"As in version {version.number}")
    if restored:
        record(restored, CopyEvent.Kind.RESTORED, by, str(version.number))
    return restored


def store_after(newest, wording, by, why="", sources=None):
    """Keep these words as the version after the newest, with nothing that happened to the words they were made from."""
    made = copy.copy(wording.version)
    made._state = copy.copy(made._state)
    made.pk, made._state.adding = None, True
    for name, value in WHAT_HAPPENED_TO_IT.items():
        setattr(made, name, value)
    made.unit, made.language, made.number = newest.unit, newest.language, newest.number + 1
    made.written_by, made.written_at = by, timezone.now()
    made.author = by.get_full_name() if by else ""
    made.why, made.digest = why, digest_of(wording)
    with one_revision_up():
        made.save()
        store_rows(wording, made, sources if sources is not None else Source.objects.in_bulk(field_name="key"))
    return made
