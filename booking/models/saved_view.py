"""Views of the worklist that a member of staff keeps under a name."""

from django.conf import settings
from django.db import models
from django.http import QueryDict

NAMES_SOMEBODY = "q"  # a search can be a patient's name or number, which is kept nowhere else in clear
OF_THE_MOMENT = "p"  # the page one is on


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
            if name not in (NAMES_SOMEBODY, OF_THE_MOMENT):
                kept.setlist(name, values)
        return kept.urlencode()
