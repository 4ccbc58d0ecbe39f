"""What staff keep to work with: their views of the worklist, and answers that are worded once."""

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

SEARCH_PARAMETER = "q"  # a search can be a patient's name or number, which is kept nowhere else in clear
PAGE_PARAMETER = "p"  # the page one is on


class SavedView(models.Model):
    """A question and filters of the worklist, with the name that its member gave them."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["staff", "name"], name="a_member_names_a_view_once")]

    def __str__(self):
        return self.name

    @staticmethod
    def query_of(parameters) -> str:
        """What is kept of a list's address: all but the search and the page."""
        kept = QueryDict(mutable=True)
        for name, values in parameters.lists():
            if name not in (SEARCH_PARAMETER, PAGE_PARAMETER):
                kept.setlist(name, values)
        return kept.urlencode()


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
