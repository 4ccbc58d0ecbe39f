"""Lists of what can be edited. A unit's words are edited on the page of its newest version."""

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from treatments.models import Benefit, Section, TreatmentFacts, Version


class UnitAdmin(admin.ModelAdmin):
    """One row a unit; opening it opens its newest version."""

    list_display = ["title", "live_since", "written_by", "page"]
    list_display_links = ["title"]
    ordering = ["treatment", "position"]

    def get_queryset(self, request):
        newest = Version.objects.filter(unit=OuterRef("pk")).order_by("-number")
        return (
            super()
            .get_queryset(request)
            .select_related("treatment")
            .annotate(
                newest_pk=Subquery(newest.values("pk")[:1]),
                newest_title=Subquery(newest.values("title")[:1]),
                newest_live_from=Subquery(newest.values("live_from")[:1]),
                newest_by=Subquery(newest.values("written_by__username")[:1]),
            )
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        unit = self.get_object(request, object_id)
        if unit is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:treatments_version_change", args=[unit.newest_pk]))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("title"), ordering="position")
    def title(self, unit):
        return unit.newest_title

    @admin.display(description=_("live since"), ordering="newest_live_from")
    def live_since(self, unit):
        return unit.newest_live_from or _("not live")

    @admin.display(description=_("last written by"))
    def written_by(self, unit):
        return unit.newest_by or _("shipped with the site")

    @admin.display(description=_("page"))
    def page(self, unit):
        return format_html('<a href="{}">{}</a>', unit.get_absolute_url(), _("See the page"))


@admin.register(TreatmentFacts)
class TreatmentFactsAdmin(UnitAdmin):
    """Key facts and the clinic's own fields."""


@admin.register(Section)
class SectionAdmin(UnitAdmin):
    """The pages of the guide."""


@admin.register(Benefit)
class BenefitAdmin(UnitAdmin):
    """What the treatment may do."""
