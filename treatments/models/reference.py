"""What every unit may refer to: sources and plain words."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel
from treatments.copy_check import check


class Source(PublishedModel):
    """One study, label, rule or page that a statement rests on."""

    key = models.SlugField(
        _("key"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^S\d+\Z", _("Write an S and a number, as in S139."))],
        help_text=_("Copy cites it by this key, in brackets: [S36]. It stays as it is once it is saved."),
    )
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    year = models.CharField(_("year"), max_length=12, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    shipped = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of what the guide's file last said of it."
    )
    note = models.CharField(
        _("note"), max_length=300, blank=True, help_text=_("What a reader should know of it: a copy, an abstract only.")
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["key"]

    def __str__(self):
        return f"{self.key} {self.title}"

    def clean(self):
        """What stands in the list of sources on signed pages promises nothing."""
        refuse_promises(self, "title", "note")


class Term(PublishedModel):
    """A hard word in plain words."""

    slug = models.SlugField(_("key"), unique=True)
    term = models.CharField(_("word"), max_length=80)
    meaning = models.CharField(_("meaning"), max_length=300)
    shipped = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of what the guide's file last said of it."
    )
    also = models.CharField(_("other names"), max_length=200, blank=True, help_text=_("Separated by commas."))

    class Meta:
        verbose_name = _("glossary word")
        verbose_name_plural = _("glossary")
        ordering = ["term"]

    def __str__(self):
        return self.term

    def clean(self):
        """A word and its meaning stand on signed pages without a sign-off of their own, so they promise nothing."""
        refuse_promises(self, "term", "meaning", "also")


def refuse_promises(record, *names):
    """Raises ValidationError for what the copy check stops in these fields."""
    stops = {name: [each for each in check(getattr(record, name)) if each.blocks] for name in names}
    errors = {name: [f"“{each.words}”: {each.advice}" for each in found] for name, found in stops.items() if found}
    if errors:
        raise ValidationError(errors)
