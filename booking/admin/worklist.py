"""The worklist: questions on the left, people on the right, the oldest promise first; and what is done with many."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm as ActionFormOfDjango
from django.contrib.admin.views.main import SEARCH_VAR, ChangeListSearchForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from booking.admin.audited import note_requests, words_of_filter
from booking.admin.figures import figures_view
from booking.admin.lists.by_key import BoundedPaginator, ListByKey
from booking.admin.lists.export import FORMATS, TooLarge
from booking.admin.one_request.sent import NOTE_LENGTH
from booking.desk.bulk import start_bulk_work
from booking.desk.handing_over import hand_over_requests, who_can_own
from booking.desk.worklist import MOST_COUNTED, QUESTIONS, counts_of, found_by_question
from booking.models import BulkWork, ConsultationRequest, SavedView
from booking.models.requests.querysets import worklist_order
from clinic_site.models import StaffMember
from clinic_site.numbers import number_in
from clinic_site.security.covered import CannotBeRead, cover, uncover
from clinic_site.staff.lock import password_first
from treatments.models import Names

NEWS_COUNTED = 99
SEARCH_LENGTH = 200
VIEW_NAME_LENGTH = SavedView._meta.get_field("name").max_length


class QuestionFilter(admin.SimpleListFilter):
    """What the desk asks of the list; questions, not values of a field."""

    title = _("Show me")
    parameter_name = "view"
    template = "admin/booking/questions.html"

    def lookups(self, request, model_admin):
        return [(name, question.words) for name, question in QUESTIONS.items()]

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.counts = counts_of(request.user)

    def choices(self, changelist):
        """Each question with how many it finds; everything has no count, as that would count all that ever came."""
        for choice, name in zip(super().choices(changelist), [None, *QUESTIONS], strict=True):
            count = self.counts.get(name)
            yield choice | {"count": f"{MOST_COUNTED:,}+" if count and count > MOST_COUNTED else count}

    def queryset(self, request, queryset):
        """Suspects show where they are asked for, and where somebody is searched."""
        if question := QUESTIONS.get(self.value()):
            return queryset.filter(pk__in=found_by_question(question, request.user))
        is_search = self.value() is None and request.GET.get("q")
        return queryset if is_search else queryset.trusted()


class SearchForm(ChangeListSearchForm):
    """Reads what was searched for, which the address covers."""

    def clean_q(self):
        try:
            return uncover(self.cleaned_data[SEARCH_VAR]).replace("\x00", "")
        except CannotBeRead as error:
            raise ValidationError(_("That search has ended. Type it once more.")) from error


class Worklist(ListByKey):
    search_form_class = SearchForm


def _names(request):
    """Read once for both filters."""
    if not hasattr(request, "names_of_subjects"):
        request.names_of_subjects = Names.read()
    return request.names_of_subjects


class TreatmentFilter(admin.RelatedFieldListFilter):
    """By treatment, where there are several."""

    def field_choices(self, field, request, model_admin):
        return list(_names(request).treatments.items())

    def has_output(self):
        return len(self.lookup_choices) > 1


class BenefitFilter(admin.RelatedFieldListFilter):
    """By benefit, each with its treatment where there are several of those."""

    def field_choices(self, field, request, model_admin):
        return list(_names(request).benefits.items())


class ActionForm(ActionFormOfDjango):
    """What is done with the ticked rows, and for a hand-over who gets them."""

    to = forms.ModelChoiceField(
        label=_("to"), queryset=StaffMember.objects.none(), required=False, empty_label=_("choose a colleague")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["action"].label = _("With the ticked")
        self.fields["to"].queryset = who_can_own()


class WorklistPages:
    """Mixed into the admin of requests: its list, the addresses beside it, and what they show and do."""

    change_list_template = "admin/booking/worklist.html"
    list_display = ["reference"]
    list_filter = [QuestionFilter, "state", ("treatment", TreatmentFilter), ("benefit", BenefitFilter), "owner"]
    search_fields = ["reference", "name", "email", "phone"]
    search_help_text = _("Name, email, telephone or reference. What patients write in their own words is encrypted.")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ["take_all", "assign_all", "release_all", "confirm_spam_of_all"]
    action_form = ActionForm

    def get_changelist(self, request, **kwargs):
        return Worklist

    def get_queryset(self, request):
        return super().get_queryset(request).for_worklist()

    def get_paginator(self, request, queryset, per_page, **options):
        return BoundedPaginator(queryset, per_page)

    def get_ordering(self, request):
        return worklist_order()

    def get_changelist_instance(self, request):
        """With several treatments each row tells its own."""
        shown = super().get_changelist_instance(request)
        shown.tells_treatments = any(isinstance(spec, TreatmentFilter) for spec in shown.filter_specs)
        return shown

    def get_action_choices(self, request, default_choices=None):
        return super().get_action_choices(request, [("", _("choose what to do"))])

    def get_search_results(self, request, queryset, search_term):
        """By the beginnings of words, any written form of a number, or a reference without its dash."""
        return queryset.found_by(search_term), False

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("search/", wrap(require_POST(self.search_view)), name="booking_consultationrequest_search"),
            path("news/", wrap(self.news_view), name="booking_consultationrequest_news"),
            path("figures/", wrap(self.figures_view), name="booking_consultationrequest_figures"),
            path(
                "export/<slug:form>/",
                wrap(require_POST(password_first(self.export_view))),
                name="booking_consultationrequest_export",
            ),
            path("views/", wrap(require_POST(self.keep_view)), name="booking_consultationrequest_keep_view"),
            path(
                "views/<int:pk>/drop/", wrap(require_POST(self.drop_view)), name="booking_consultationrequest_drop_view"
            ),
            path("hand-over/", wrap(require_POST(self.hand_over_view)), name="booking_consultationrequest_hand_over"),
            path("work/<int:pk>/", wrap(self.work_view), name="booking_consultationrequest_work"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        newest = ConsultationRequest.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        own = {
            "title": _("Worklist"),
            "newest": newest,
            "has_change_permission": self.has_change_permission(request),
            "saved_views": SavedView.objects.filter(staff=request.user.pk),
            "view_name_length": VIEW_NAME_LENGTH,
            "colleagues": self._colleagues(request),
            "note_length": NOTE_LENGTH,
        }
        return super().changelist_view(request, own | (extra_context or {}))

    def search_view(self, request):
        """Lead to the list of who was searched for, by an address that names nobody."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = " ".join(request.POST.get(SEARCH_VAR, "").split())[:SEARCH_LENGTH]
        parameters = QueryDict(mutable=True)
        if words:
            parameters[SEARCH_VAR] = cover(words)
        return HttpResponseRedirect(self._list(parameters))

    def _colleagues(self, request):
        """To whom one can hand over all that is one's own, where the list shows just that."""
        own = request.GET.dict() == {"view": "mine"} and self.has_change_permission(request)
        return who_can_own().exclude(pk=request.user.pk) if own else []

    def news_view(self, request):
        """How many requests have come since a list was opened, for the line above it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        newer = ConsultationRequest.objects.trusted().filter(pk__gt=number_in(request.GET.get("since")) or 0)
        return JsonResponse({"new": newer[:NEWS_COUNTED].count()})

    def figures_view(self, request):
        return figures_view(request, self.admin_site)

    def export_view(self, request, form):
        """What the list shows now, as a table; never what patients wrote in their own words."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if form not in FORMATS:
            raise Http404("no such form of table")
        try:
            shown = self.get_changelist_instance(request)
            requests = shown.get_queryset(request)
            exported = FORMATS[form](requests, request.user)
            note_requests(request, requests.order_by("pk"), form=form, filter=words_of_filter(shown))
            return exported
        except TooLarge as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self._list(request.GET))

    def keep_view(self, request):
        """Keep the question and filters of the list under a name, for oneself; the name's earlier view goes."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        query = SavedView.query_of(request.GET)
        name = " ".join(request.POST.get("view_name", "").split())[:VIEW_NAME_LENGTH]
        if not name:
            messages.error(request, _("Give the view a name first, such as 'Mine, in Arabic'."))
        elif len(query) > SavedView._meta.get_field("query").max_length:
            messages.error(request, _("These filters are too many to keep. Take one away."))
        else:
            SavedView.objects.update_or_create(staff=request.user, name=name, defaults={"query": query})
            messages.success(request, _("Kept as '%(name)s', under your views.") % {"name": name})
        return HttpResponseRedirect(self._list(QueryDict(query)))

    def drop_view(self, request, pk):
        """Take away a view of one's own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        get_object_or_404(SavedView, pk=pk, staff=request.user).delete()
        messages.success(request, _("The view is taken away; the requests stay as they are."))
        return HttpResponseRedirect(self._list(request.GET))

    @admin.action(description=_("Take them: they become mine"), permissions=["change"])
    def take_all(self, request, queryset):
        return self._begin(request, BulkWork.Kind.TAKE, queryset)

    @admin.action(description=_("Hand over to the colleague chosen beside"), permissions=["change"])
    def assign_all(self, request, queryset):
        colleague = who_can_own().filter(pk=number_in(request.POST.get("to"))).first()
        if colleague is None:
            messages.error(request, _("Choose the colleague who is to have them. Nothing was changed."))
            return None
        return self._begin(request, BulkWork.Kind.ASSIGN, queryset, colleague)

    @admin.action(description=_("Release: these are people"), permissions=["change"])
    def release_all(self, request, queryset):
        return self._begin(request, BulkWork.Kind.RELEASE, queryset)

    @admin.action(description=_("Confirm as spam"), permissions=["change"])
    def confirm_spam_of_all(self, request, queryset):
        return self._begin(request, BulkWork.Kind.SPAM, queryset)

    def _begin(self, request, kind, queryset, to=None):
        """
        Few are done when the page comes back; many have a page of their own that shows how far it is.

        Of a list that is longer than is counted, as many are done as the page said.
        """
        work = start_bulk_work(kind, queryset.values_list("pk", flat=True)[:MOST_COUNTED], request.user, to)
        if not work.ended_at:
            return HttpResponseRedirect(reverse("admin:booking_consultationrequest_work", args=[work.pk]))
        message = ngettext("Done for %(number)s request.", "Done for %(number)s requests.", work.done)
        messages.success(request, message % {"number": work.done})
        if left := work.left_alone:
            message = ngettext("%(number)s was left as it is.", "%(number)s were left as they are.", left)
            messages.warning(request, message % {"number": left})
        return None

    def hand_over_view(self, request):
        """At the end of a shift: all that is one's own goes to a colleague, with a note in each timeline."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        colleague = who_can_own().exclude(pk=request.user.pk).filter(pk=number_in(request.POST.get("to"))).first()
        if colleague is None:
            messages.error(request, _("Choose the colleague who is to have them. Nothing was changed."))
        else:
            note = request.POST.get("note", "").strip()[:NOTE_LENGTH]
            number = hand_over_requests(request.user, colleague, request.user, note)
            message = ngettext("%(number)s request is with %(name)s.", "%(number)s requests are with %(name)s.", number)
            messages.success(request, message % {"number": number, "name": colleague})
        return HttpResponseRedirect(self._list(QueryDict("view=mine")))

    def work_view(self, request, pk):
        """How far work on many requests has come; it goes on without this page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        work = get_object_or_404(BulkWork, pk=pk, staff=request.user)
        context = self.admin_site.each_context(request) | {"title": work.get_kind_display(), "work": work}
        return render(request, "admin/booking/work.html", context)

    def _list(self, parameters):
        query = parameters.urlencode()
        return reverse("admin:booking_consultationrequest_changelist") + (f"?{query}" if query else "")
