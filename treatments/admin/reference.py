from django.contrib import admin
from django.db import models
from django.db.models.functions import Length

from treatments.models import Source, Term


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["key", "title", "publisher", "year"]
    search_fields = ["key", "title", "publisher"]
    ordering = [Length("key"), "key"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_readonly_fields(self, request, obj=None):
        """A key that copy may cite stays as it is."""
        return ["key"] if obj else []

    def get_changeform_initial_data(self, request):
        """The next free key, as S139."""
        keys = Source.objects.filter(key__regex=r"^S[0-9]+$").values_list("key", flat=True)
        return {"key": f"S{max((int(key[1:]) for key in keys), default=0) + 1}"} | super().get_changeform_initial_data(
            request
        )


@admin.register(Term)
class TermAdmin(admin.ModelAdmin):
    list_display = ["term", "meaning"]
    search_fields = ["term", "meaning"]
    prepopulated_fields = {"slug": ["term"]}
