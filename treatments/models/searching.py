"""What readers type into the search: other words for the guide's own, and what it had no answer to."""

from datetime import date, timedelta

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel

MOST_MISSED = 1_000
DAYS_UNTIL_NAMED = 3
FORGOTTEN_AFTER = timedelta(days=180)
LONGEST_MISSED = 60  # characters: what is longer is a letter rather than a search


class Synonym(PublishedModel):
    """
    Words that people type for something that the guide says in words of its own: brand names, lay words, misspellings.

    It says how the guide puts it, and where it is answered. With neither, the guide has no answer to it, and the search
    finds nothing rather than what happens to have another word of the query.
    """

    slug = models.SlugField(_("key"), unique=True)
    typed = models.CharField(
        _("what people type"),
        max_length=1000,
        help_text=_("Separated by commas, as in: downtime, days off, back to work"),
    )
    means = models.CharField(
        _("how the guide says it"),
        max_length=200,
        blank=True,
        help_text=_("Words that stand in the guide, separated by commas. A search for the one also finds the other."),
    )
    answered_at = models.CharField(
        _("where it is answered"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^/(?!/)", _("Write an address of this site: it begins with one slash."))],
        help_text=_("The passage that comes first, as in /treatments/microneedling/recovery/#plans"),
    )
    shipped = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of what the guide's file last said of it."
    )

    class Meta:
        verbose_name = _("search synonym")
        verbose_name_plural = _("search synonyms")
        ordering = ["slug"]

    def __str__(self):
        return self.slug

    @property
    def is_unanswered(self):
        return not self.means and not self.answered_at


class MissedSearchManager(models.Manager["MissedSearch"]):
    @transaction.atomic
    def note(self, words: str, today: date):
        """
        Count one more search for `words`, in one plain form, that found nothing.

        Only a keyed digest is stored until the words were asked on three different days. Of what was asked on the
        fewest days the oldest makes room for a new one; words that are known keep their place for half a year.
        """
        digest = salted_hmac("treatments.missed_searches", words, algorithm="sha256").hexdigest()
        missed = self.filter(digest=digest).first()
        if missed is None:
            if not self._has_room(today):
                return
            missed = MissedSearch(digest=digest)
        missed.times += 1
        if missed.last_asked != today:
            missed.days += 1
            missed.last_asked = today
        if missed.days >= DAYS_UNTIL_NAMED:
            missed.words = words
        missed.save()

    def _has_room(self, today):
        self.filter(last_asked__lt=today - FORGOTTEN_AFTER).delete()
        if self.count() < MOST_MISSED:
            return True
        oldest = self.filter(words="").order_by("days", "last_asked", "pk").first()
        if oldest:
            oldest.delete()
        return oldest is not None


class MissedSearch(models.Model):
    """How often the search found nothing for something, and for what, once it was asked on three different days."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    words = models.CharField(_("typed"), max_length=LONGEST_MISSED, blank=True, editable=False)
    times = models.PositiveIntegerField(_("times"), default=0, editable=False)
    days = models.PositiveIntegerField(_("different days"), default=0, editable=False)
    last_asked = models.DateField(_("last asked"), editable=False)

    objects = MissedSearchManager()

    class Meta:
        verbose_name = _("search without an answer")
        verbose_name_plural = _("searches without an answer")
        ordering = ["-days", "-times", "words"]

    def __str__(self):
        return self.words or self.digest[:8]
