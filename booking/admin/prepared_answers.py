"""The manager's prepared answers."""

from django.contrib import admin

from booking.models import PreparedAnswer


@admin.register(PreparedAnswer)
class PreparedAnswerAdmin(admin.ModelAdmin):
    list_display = ["title"]
    search_fields = ["title"]
