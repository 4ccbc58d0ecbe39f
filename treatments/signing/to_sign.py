"""Everything that waits for a clinician, in the order in which they sign it in one sitting."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from treatments.models import Version
from treatments.publishing.content_report import waiting_for_signoff
from treatments.publishing.reviews import due_for_review
from treatments.signing.references import waiting_references


@dataclass(frozen=True)
class ToSign:
    """
    One thing to read and sign: a version, or a changed source or glossary word.

    `kind` is 'draft', 'change', 'shipped' or 'review'; `since` the moment from which it has waited, or None.
    """

    record: object
    kind: str
    since: datetime | None = None

    @property
    def url(self):
        if isinstance(self.record, Version):
            return f"{self.record.get_staff_url('read')}?version={self.record.pk}"
        return reverse(f"admin:treatments_{self.record._meta.model_name}_change", args=[self.record.pk])

    @property
    def days(self):
        """For how many days it has waited."""
        return (timezone.now() - self.since).days if self.since else 0

    @property
    def about(self):
        """Why it is here, in words."""
        if self.kind == "draft":
            return _("version %(number)s, sent by %(who)s") % {
                "number": self.record.number,
                "who": self.record.sent_by.shown_name if self.record.sent_by else _("nobody"),
            }
        if self.kind == "change":
            by = self.record.drafted_by
            return _("changed by %(who)s") % {"who": by.shown_name if by else _("an update of the site")}
        if self.kind == "shipped":
            return _("shipped with the site, never signed")
        return _("a review of what patients read")


def all_to_sign() -> list[ToSign]:
    """Drafts that were sent, then changed sources and words, then what shipped unsigned, then reviews that are due."""
    waiting = [
        *[ToSign(version, "draft", version.sent_at) for version in waiting_for_signoff()],
        *[ToSign(each, "change", each.drafted_at) for each in waiting_references()],
        *[ToSign(version, "shipped") for version in _shipped()],
    ]
    here = {each.record for each in waiting}
    reviews = due_for_review(timezone.localdate())
    return waiting + [ToSign(version, "review") for version in reviews if version not in here]


def next_after(record, waiting=None) -> ToSign | None:
    """
    What a clinician reads after this one: what follows it in their list, then what they left for later.

    To be asked before the record is signed; None where nothing else waits. `waiting`: the list, where it was read.
    """
    waiting = all_to_sign() if waiting is None else waiting
    place = next((number for number, each in enumerate(waiting) if each.record == record), -1)
    others = [*waiting[place + 1 :], *waiting[: max(place, 0)]]
    return others[0] if others else None


def _shipped():
    found = Version.objects.shipped_unsigned(timezone.now())
    return found.select_related("unit__treatment").order_by("unit__kind", "unit__position", "unit__slug")
