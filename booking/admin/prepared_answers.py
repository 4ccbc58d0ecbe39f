"""The manager's prepared answers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from booking.models import PreparedAnswer
from clinic_site.records import RecordAdmin


@admin.register(PreparedAnswer)
class PreparedAnswerAdmin(RecordAdmin):
    consequence = _(
        "Saving changes what the desk can begin an answer with. Nothing is sent, and what was sent stays as it was."
    )
    list_display = ["title"]
    search_fields = ["title"]
