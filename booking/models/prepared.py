"""Answers that the clinic gives often, worded once."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PreparedAnswer(models.Model):
    """Words that the desk can start an answer with."""

    title = models.CharField(_("title"), max_length=60, unique=True)
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("prepared answer")
        verbose_name_plural = _("prepared answers")
        ordering = ["title"]

    def __str__(self):
        return self.title
