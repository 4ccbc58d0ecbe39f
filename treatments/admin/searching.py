"""Words of the search: what people type for what the guide says, and what it had no answer to."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from clinic_site.records import RecordAdmin, RecordForm
from treatments.guide.pages import Guide
from treatments.guide.search.passages import all_passages
from treatments.models import MissedSearch, Synonym, Treatment


class SynonymForm(RecordForm):
    has_no_answer = forms.BooleanField(
        label=_("The guide has no answer to it"),
        help_text=_("The search then finds nothing for any query with these words. Leave how and where empty."),
        required=False,
    )

    class Meta:
        widgets = {"typed": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.initial["has_no_answer"] = bool(self.instance.pk) and self.instance.is_unanswered

    def clean(self):
        """Nothing is left out by mistake: to have no answer is ticked."""
        said = super().clean()
        if not said.get("has_no_answer") and not said.get("means") and not self["answered_at"].data:
            raise forms.ValidationError(_("Say how the guide puts it, or where it is answered, or both."))
        if said.get("has_no_answer") and (said.get("means") or said.get("answered_at")):
            raise forms.ValidationError(_("Either the guide has no answer to it, or say how and where; not both."))
        return said

    def clean_answered_at(self):
        """An address that leads nowhere would answer nobody."""
        address = self.cleaned_data["answered_at"]
        if address and address not in _addresses():
            raise forms.ValidationError(
                _("No passage is at this address now. Search for it on the site, and copy the address of the result.")
            )
        return address


def _addresses():
    guides = [Guide(treatment) for treatment in Treatment.objects.offered()]
    return {passage.url for passage in all_passages(guides)} if guides else set()


@admin.register(Synonym)
class SynonymAdmin(RecordAdmin):
    change_list_template = "admin/treatments/synonym/change_list.html"
    form = SynonymForm
    list_display = ["typed_in_short", "means", "answered_at"]
    search_fields = ["slug", "typed", "means"]
    fields = ["typed", "means", "answered_at", "has_no_answer", "slug"]
    prepopulated_fields = {"slug": ["means"]}

    @admin.display(description=_("what people type"), ordering="typed")
    def typed_in_short(self, synonym):
        return Truncator(synonym.typed).words(12, truncate=" …")


@admin.register(MissedSearch)
class MissedSearchAdmin(RecordAdmin):
    """Only what was asked on three different days shows, and nothing is known of who asked."""

    list_display = ["words", "days", "times", "last_asked", "answer"]
    list_display_links = None

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(words="")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("answer it"))
    def answer(self, missed):
        """Where a synonym is added that begins with these words."""
        url = reverse("admin:treatments_synonym_add", query={"typed": missed.words})
        return format_html('<a href="{}">{}</a>', url, _("Say what it means"))
