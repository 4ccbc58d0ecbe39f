"""What every unit may refer to: sources and plain words. They are part of what a clinician signs (decision 23)."""

import copy

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel, PublishedQuerySet
from treatments.copy_check import check

ADDRESS_OR_REASON = _("Give its address or, in the note, say why there is none.")
TITLE_OR_PUBLISHER = _("Give its title exactly as it is printed, or its publisher.")


class ReferenceQuerySet(PublishedQuerySet):
    def live(self):
        """Those that the page of sources lists; a new one is listed once a clinician has signed it."""
        return self.filter(is_live=True)

    def waiting(self):
        """Those that a clinician has to read: changed or new, the longest wait first."""
        return self.exclude(draft=None).order_by("drafted_at", "pk")


class Reference(PublishedModel):
    """
    What pages share, and what is signed with each of them.

    A change is a draft beside what is live: `draft` has the fields as they would be, by their names. It takes the place
    of the live ones when a clinician signs it (signing/references.py).
    """

    is_live = models.BooleanField(default=True, editable=False)
    draft = models.JSONField(null=True, blank=True, editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    drafted_at = models.DateTimeField(null=True, blank=True, editable=False)
    shipped = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of what the guide's file last said of it."
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        abstract = True

    def as_drafted(self):
        """A copy that says what its draft says; without a draft, what is live. Not to be saved."""
        drafted = copy.copy(self)
        for name, value in (self.draft or {}).items():
            setattr(drafted, name, value)
        return drafted

    def go_live(self):
        """The draft takes the place of what was live."""
        for name, value in (self.draft or {}).items():
            setattr(self, name, value)
        self.draft, self.drafted_by, self.drafted_at, self.is_live = None, None, None, True
        self.save()

    @property
    def waits_days(self):
        """For how many days its draft has waited."""
        return (timezone.now() - self.drafted_at).days


class Source(Reference):
    """One study, label, rule or page that a statement rests on."""

    key = models.SlugField(
        _("key"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^S\d+\Z", _("Write an S and a number, as in S139."))],
        help_text=_("Copy cites it by this key, in brackets: [S36]. It stays as it is once it is saved."),
    )
    title = models.CharField(
        _("title"), max_length=300, blank=True, help_text=_("Exactly as it is printed there; empty, if it has none.")
    )
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    year = models.CharField(_("year"), max_length=12, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    note = models.CharField(
        _("note"),
        max_length=300,
        blank=True,
        help_text=_("What a reader should know of it: a copy, an abstract only, why it has no address."),
    )
    figures = models.CharField(
        _("figures"),
        max_length=600,
        blank=True,
        help_text=_("Each number that copy takes from it, as it was read: 85 articles, 2,805 patients."),
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(url="") | ~Q(note=""),
                name="a_source_has_an_address_or_a_reason",
                violation_error_message=ADDRESS_OR_REASON,
            ),
            models.CheckConstraint(
                condition=~Q(title="") | ~Q(publisher=""),
                name="a_source_has_a_title_or_a_publisher",
                violation_error_message=TITLE_OR_PUBLISHER,
            ),
        ]

    def __str__(self):
        return f"{self.key} {self.name}"

    @property
    def anchor(self):
        """By what a page leads to it."""
        return self.key

    @property
    def name(self):
        """Its title; of a source without one, who published it."""
        return self.title or self.publisher

    def clean(self):
        """What stands in the list of sources on signed pages promises nothing."""
        refuse_promises(self, "title", "note", "figures")


class Term(Reference):
    """A hard word in plain words."""

    slug = models.SlugField(_("key"), unique=True)
    term = models.CharField(_("word"), max_length=80)
    meaning = models.CharField(_("meaning"), max_length=300)
    also = models.CharField(_("other names"), max_length=200, blank=True, help_text=_("Separated by commas."))

    class Meta:
        verbose_name = _("glossary word")
        verbose_name_plural = _("glossary")
        ordering = ["term"]

    def __str__(self):
        return self.term

    @property
    def anchor(self):
        """By what a page leads to it."""
        return self.slug

    @property
    def name(self):
        return self.term

    @property
    def names(self):
        """The word and its other names, in lower case."""
        return [name for each in (self.term, *self.also.split(",")) if (name := each.strip().lower())]

    def clean(self):
        """A word and its meaning promise nothing."""
        refuse_promises(self, "term", "meaning", "also")


def refuse_promises(record, *names):
    """Raises ValidationError for what the copy check stops in these fields."""
    stops = {name: [each for each in check(getattr(record, name)) if each.blocks] for name in names}
    errors = {name: [f"“{each.words}”: {each.advice}" for each in found] for name, found in stops.items() if found}
    if errors:
        raise ValidationError(errors)
