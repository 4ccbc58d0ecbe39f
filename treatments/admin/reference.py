from django.contrib import admin

from treatments.models import Source, Term


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["key", "title", "publisher", "year"]
    search_fields = ["key", "title", "publisher"]


@admin.register(Term)
class TermAdmin(admin.ModelAdmin):
    list_display = ["term", "meaning"]
    search_fields = ["term", "meaning"]
    prepopulated_fields = {"slug": ["term"]}
