"""Which requests: by what is owed, by what they look like, by who is searched."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from booking import links
from booking.models.offers import Offer
from booking.models.open_times import OpenTime
from booking.models.search_keys import SearchKey, ways_in
from booking.models.timeline import Event

MOST_FOUND = 100  # by a search
RARE = 20_000  # a word that fewer requests have is looked up; where more have it, it is soon found among the newest
LOOKED_THROUGH = 20_000


def worklist_order():
    """What is owed first stands first: those who wait for a word or a call by its hour, then the rest, newest first."""
    return F("due_by").asc(nulls_last=True), "-received_at", "-pk"


class Quarantine(models.TextChoices):
    """Whether a request is kept apart because it looks like spam. It is never dropped for that."""

    NOT = "", _("Not suspected")
    HELD = "held", _("Held back")
    RELEASED = "released", _("Released")
    SPAM = "spam", _("Confirmed as spam")


QUARANTINED = [Quarantine.HELD, Quarantine.SPAM]


class ConsultationRequestQuerySet(models.QuerySet):
    def trusted(self):
        """Without those that are kept apart as spam."""
        return self.exclude(quarantine__in=QUARANTINED)

    def open(self):
        """Requests that have not come to an end."""
        return self.trusted().filter(open_since__isnull=False)

    def awaiting_answer(self):
        """Requests whose patient was promised a word that the clinic has not given yet."""
        return self.trusted().filter(owed_by__isnull=False)

    def owed_something(self):
        """Requests whose patient is owed a word or a call."""
        return self.trusted().filter(due_by__isnull=False)

    def to_call(self):
        """Requests whose patient is to be told something by voice, the first due standing first."""
        return self.filter(call_by__isnull=False, redacted_at=None).order_by("call_by", "pk")

    def for_worklist(self):
        """With what the worklist shows, and in its order."""
        shown = self.select_related("treatment", "benefit", "owner", "clinician")
        times, offers = OpenTime.objects.filter(request=OuterRef("pk")), Offer.objects.filter(request=OuterRef("pk"))
        lines = Event.objects.filter(request=OuterRef("pk"), kind__in=Event.ASK_FOR_A_WORD).order_by("-pk")
        return shown.annotate(
            has_picked=Exists(times.filter(state=OpenTime.State.HELD)),
            was_offered=Exists(offers),
            asked_by=Subquery(lines.values("kind")[:1]),
        ).order_by(*worklist_order())

    def found_by(self, question, most=MOST_FOUND):
        """
        The newest requests, so many at most, that have each word of the question, its beginning at least; of the
        number an end. It looks them up at once, at the same cost whether few or many have a word.
        """
        if not question.strip():
            return self
        found = {pk for way in ways_in(question) for pk in self._newest_with(way, most)}
        return self.filter(pk__in=sorted(found, reverse=True)[:most])

    def _newest_with(self, beginnings, most):
        """Look at who has the rarest beginning; where many have each, at the newest requests, one after the other."""
        (number, rarest), *others = SearchKey.objects.rarest_first(beginnings, RARE)
        newest = self.order_by("-pk").values_list("pk", flat=True)
        if number < RARE:
            newest = newest.filter(pk__in=SearchKey.objects.beginning_with(rarest).values("request"))
        else:
            last = self.model.objects.order_by("-pk").values_list("pk", flat=True)[0]
            newest, others = newest.filter(pk__gt=last - LOOKED_THROUGH), [(number, rarest), *others]
        for _number, beginning in others:
            newest = newest.filter(Exists(SearchKey.objects.filter(request=OuterRef("pk")).beginning_with(beginning)))
        return newest[:most]

    def with_email(self, address):
        """Requests with that address, in capital or small letters."""
        return self.annotate(folded_email=Lower("email")).filter(folded_email=address.lower())

    def with_token(self, token):
        return self.filter(token_digest=links.digest_of(token))
