"""
What the public pages are made of, and how a change of it is noticed.

Every model whose rows show on a public page derives from `PublishedModel`: each write raises one number, the content
revision, in the same transaction. A page rendered at a revision stays true until the number moves, or until
`next_change`: the moment at which the clock alone changes its words.
"""

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from clinic_site.shared_counter import SharedCounter

changes = SharedCounter(settings.CONTENT_CHANGES)
_clocks: list[Callable[[datetime], datetime | None]] = []


class ContentRevision(models.Model):
    """One row, one number: how often the content of public pages was changed."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return str(self.number)

    @classmethod
    def current(cls):
        return cls.objects.values_list("number", flat=True).first() or 0

    @classmethod
    def raise_it(cls):
        """Count one change more, and tell the web workers of this machine once it is committed."""
        if not cls.objects.update(number=models.F("number") + 1):
            cls.objects.create(number=1)
        number = cls.current()
        transaction.on_commit(lambda: changes.raise_it(number))


_raised_around: ContextVar[bool] = ContextVar("raised_around", default=False)


@contextmanager
def one_revision_up():
    """
    A write to public content. Number and write are one transaction: no page is ever kept between the two.

    Around several writes it raises the number once for all of them.
    """
    if _raised_around.get():
        yield
        return
    token = _raised_around.set(True)
    try:
        with transaction.atomic():
            yield
            ContentRevision.raise_it()
    finally:
        _raised_around.reset(token)


class PublishedQuerySet(models.QuerySet):
    """Bulk writes raise the content revision as single ones do."""

    def update(self, **kwargs):
        with one_revision_up():
            return super().update(**kwargs)

    update.alters_data = True

    def delete(self):
        with one_revision_up():
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_create(self, *args, **kwargs):
        with one_revision_up():
            return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args, **kwargs):
        with one_revision_up():
            return super().bulk_update(*args, **kwargs)


class PublishedModel(models.Model):
    """A row that public pages show."""

    objects = PublishedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with one_revision_up():
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with one_revision_up():
            return super().delete(*args, **kwargs)


class KeptUntilChanged:
    """
    What was worked out from published content, kept in memory until that content, or the clock, changes it.

    Each look reads the content revision, one number, so that an edit shows at the next request in every process.
    """

    def __init__(self, most):
        """`most`: how many things are kept; one more, and all are forgotten."""
        self.most = most
        self._kept: dict = {}

    def get(self, key, make):
        """The thing of that key, made anew by `make()` when what was kept no longer holds."""
        revision, moment = ContentRevision.current(), timezone.now()
        made_at, since, until, thing = self._kept.get(key, (None, moment, None, None))
        if made_at == revision and since <= moment and (until is None or moment < until):
            return thing
        thing = make()
        if len(self._kept) >= self.most:
            self.forget()
        self._kept[key] = (revision, moment, next_change(moment), thing)
        return thing

    def forget(self):
        self._kept.clear()


def register_clock(next_change_of: Callable[[datetime], datetime | None]):
    """Register a function that says when, after a moment, the clock next changes what an app shows."""
    _clocks.append(next_change_of)


def next_change(after: datetime) -> datetime | None:
    """The earliest moment after the given one at which a public page's words change by the clock alone, or None."""
    moments = [moment for clock in _clocks if (moment := clock(after))]
    return min(moments, default=None)
