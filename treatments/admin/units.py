"""Lists of what can be edited, one row a unit. Opening one opens its words."""

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic_site.dates import clock_words, date_words
from clinic_site.languages import ORIGINAL
from treatments.admin.copy_history import CopyHistory
from treatments.admin.copy_page import CopyPage
from treatments.admin.copy_steps import CopySteps
from treatments.admin.making.forms import NewBenefitForm, NewSectionForm, NewTreatmentForm
from treatments.admin.making.pages import MakePage
from treatments.admin.sign_page import SignPage, ToSignPage
from treatments.models import Benefit, Section, Treatment, TreatmentFacts, Unit, Version

NEWEST = ["title", "live_from", "live_until", "sent_at", "signed_at", "written_by__username"]
LIVE = ["live_from", "review_due", "number"]


class OrderForm(forms.ModelForm):
    """The number of a row in the list, named for those who do not see the column."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["position"].widget.attrs["aria-label"] = _("Order of %(title)s") % {"title": self.instance}


class UnitAdmin(MakePage, SignPage, CopyPage, CopySteps, CopyHistory, admin.ModelAdmin):
    list_display = ["title", "state", "live_since", "written_by", "review_due", "position", "order", "page"]
    list_display_links = ["title"]
    list_editable = ["position"]
    list_filter = ["treatment"]
    ordering = ["treatment", "position"]
    actions = None

    def get_queryset(self, request):
        newest = Version.objects.filter(unit=OuterRef("pk"), language=ORIGINAL).order_by("-number")
        live = newest.live_at(timezone.now())
        return (
            super()
            .get_queryset(request)
            .select_related("treatment")
            .annotate(**{f"newest_{name}": Subquery(newest.values(name)[:1]) for name in NEWEST})
            .annotate(**{f"shown_{name}": Subquery(live.values(name)[:1]) for name in LIVE})
        )

    def get_object(self, request, object_id, from_field=None):
        """A unit by its number and, for work on another language than the first, the language: 12-ar."""
        pk, _hyphen, language = str(object_id).partition("-")
        unit = super().get_object(request, pk, from_field)
        if unit is None or not language:
            return unit
        translated = unit.in_language(language)
        return translated if language != ORIGINAL and translated.words.exists() else None

    def changelist_view(self, request, extra_context=None):
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def get_list_display(self, request):
        """The buttons that move a page are for those who may; of several treatments each row names its own."""
        shown = [name for name in self.list_display if name != "order" or self.has_change_permission(request)]
        return [shown[0], "treatment", *shown[1:]] if Treatment.objects.count() > 1 else shown

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, form=OrderForm, **kwargs)

    def save_model(self, request, obj, form, change):
        """The place of a row; the list saves each row that was changed, in its own order."""
        Unit.objects.lock()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("title"))
    def title(self, unit):
        return unit.newest_title

    @admin.display(description=_("newest words"))
    def state(self, unit):
        newest = Version(**{name: getattr(unit, f"newest_{name}") for name in NEWEST[1:5]})
        return format_html(
            '<span class="copy-state copy-state--{}">{}</span>', newest.state, newest.get_state_display()
        )

    @admin.display(description=_("live since"))
    def live_since(self, unit):
        moment = unit.shown_live_from
        return f"{date_words(moment)}, {clock_words(moment)}" if moment else _("not live")

    @admin.display(description=_("last written by"))
    def written_by(self, unit):
        return unit.newest_written_by__username or _("shipped with the site")

    @admin.display(description=_("next review"))
    def review_due(self, unit):
        return date_words(unit.shown_review_due) if unit.shown_review_due else _("after the first sign-off")

    @admin.display(description=_("up and down"))
    def order(self, unit):
        """The list is one form with its own token; these buttons send it to another address."""
        return format_html(
            '<button type="submit" class="move" formaction="{0}" name="up">↑<span class="visually-hidden"> {1}</span>'
            '</button><button type="submit" class="move" formaction="{0}" name="down">↓<span class="visually-hidden">'
            " {2}</span></button>",
            f"{unit.get_staff_url('move')}?from-list",
            _("Move up: %(title)s") % {"title": unit.newest_title},
            _("Move down: %(title)s") % {"title": unit.newest_title},
        )

    @admin.display(description=_("page"))
    def page(self, unit):
        if not unit.shown_live_from:
            return ""
        return format_html('<a href="{}">{}</a>', unit.get_absolute_url(), _("See the page"))


@admin.register(TreatmentFacts)
class TreatmentFactsAdmin(UnitAdmin):
    """Key facts and the clinic's own fields. A treatment has one set of them, so they have no order."""

    list_display = ["title", "state", "live_since", "written_by", "review_due", "page"]
    list_editable = []
    list_filter = []
    make_form = NewTreatmentForm
    make_template = "admin/treatments/make_treatment.html"
    make_title = _("New treatment")


@admin.register(Section)
class SectionAdmin(ToSignPage, UnitAdmin):
    """The pages of the guide."""

    make_form = NewSectionForm


@admin.register(Benefit)
class BenefitAdmin(UnitAdmin):
    """What the treatment may do."""

    make_form = NewBenefitForm
