"""What a member of staff typed and has not saved."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from clinic_site.security.encryption import BoundModel, EncryptedJSONField

PAGE_LENGTH, FORM_LENGTH = 200, 20


class UnsavedWordsQuerySet(models.QuerySet):
    def of(self, owner):
        """What that member typed, and nobody else, as long as it is kept; the newest first."""
        return self.filter(owner=owner, kept_at__gt=_kept_since()).order_by("-kept_at")

    def over(self):
        """What is kept no longer."""
        return self.filter(kept_at__lte=_kept_since())


class UnsavedWords(BoundModel):
    """The fields of one form as its owner left them. They go when they are saved, or after a day."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="unsaved_words")
    key = models.UUIDField()  # of the opened form: who opens it twice types in two
    page = models.CharField(max_length=PAGE_LENGTH)  # the path alone: an address can hold what somebody searched for
    form = models.CharField(max_length=FORM_LENGTH)
    typed = EncryptedJSONField()  # the values of each field, in order
    kept_at = models.DateTimeField()

    objects = UnsavedWordsQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="an_opened_form_is_kept_once")]
        indexes = [models.Index(fields=["page"], name="unsaved_words_of_a_page")]

    def __str__(self):
        return f"{self.form} on {self.page}"

    def value(self, name):
        """What was typed into a field that takes one value."""
        return next(iter(self.typed.get(name, [])), "")


def _kept_since():
    return timezone.now() - settings.UNSAVED_WORDS_KEPT
