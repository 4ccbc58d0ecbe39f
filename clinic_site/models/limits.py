"""How much the site takes, and how long it keeps it: what a manager may change."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def requests_from_one_source():
    return settings.REQUESTS_FROM_ONE_SOURCE


def holds_from_one_source():
    return settings.HOLDS_FROM_ONE_SOURCE


def _number(label, default, words, least=1, most=100_000):
    validators = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveIntegerField(label, default=default, validators=validators, help_text=words)


def _days(label, default, words="", least=1, most=10 * 365):
    return _number(label, default, words, least, most)


class Limits(models.Model):
    """One row; its values are those of an empty site until a manager changes them."""

    from_source = _number(
        _("requests from one place in ten minutes"),
        requests_from_one_source,
        _("More are kept apart as suspects. A clinic or a telephone network can be one place."),
    )
    from_source_a_day = _number(
        _("requests from one place in a day, at most"),
        2000,
        _("More are not taken: the page says so, keeps the answers and gives the telephone number."),
    )
    in_all_an_hour = _number(_("requests from everybody in an hour, at most"), 2000, _("More are not taken, as above."))
    holds_from_source = _number(
        _("times picked from one place in a day that the desk has yet to confirm"),
        holds_from_one_source,
        _("Later ones are kept without their time."),
    )
    links_a_day = _number(
        _("times a day that one address is sent its link again"), 3, _("Anybody can ask for it, in anybody's name.")
    )

    kept_attended = _days(_("attended"), 180, _("What matters then is in the medical record."))
    kept_missed = _days(_("missed"), 365)
    kept_withdrawn = _days(_("withdrawn"), 90)
    kept_declined = _days(_("declined"), 180)
    kept_unreachable = _days(_("unreachable"), 365)
    kept_closed = _days(_("closed"), 180)
    kept_suspects = _days(_("suspects and spam"), 30, _("After they came."))
    kept_audit = _days(
        _("the audit"), 6 * 365, _("Not under six years (45 CFR 164.316(b)(2)(i))."), least=6 * 365, most=20 * 365
    )

    class Meta:
        verbose_name = _("limits and retention")
        verbose_name_plural = _("limits and retention")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="there_is_one_row_of_limits")]

    def __str__(self):
        return str(_("Limits and retention"))

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def now(cls):
        """Those that hold at the moment."""
        return cls.objects.first() or cls()

    @property
    def requests_kept(self) -> dict[str, timedelta]:
        """How long after its last step a request of each ended state keeps the patient's data."""
        prefix = "kept_"
        states = ("attended", "missed", "withdrawn", "declined", "unreachable", "closed")
        return {state: timedelta(days=getattr(self, prefix + state)) for state in states}

    @property
    def suspects_kept(self):
        return timedelta(days=self.kept_suspects)

    @property
    def audit_kept(self):
        return timedelta(days=self.kept_audit)
