"""The manager's prepared answers."""

from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from booking.models import PreparedAnswer
from clinic_site.records import RecordAdmin


@admin.register(PreparedAnswer)
class PreparedAnswerAdmin(RecordAdmin):
    consequence = _(
        "Saving changes what the desk can begin an answer with. Nothing is sent, and what was sent stays as it was."
    )
    list_display = ["title", "text_in_short"]
    search_fields = ["title"]

    @admin.display(description=_("text"))
    def text_in_short(self, answer):
        return Truncator(answer.text).words(12)
