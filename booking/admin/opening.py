"""When patients can come: hours, closed days, who sees patients and who is away; a part of the open times' admin."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from booking.admin.changes import change_page
from booking.admin.opening_forms import AbsenceForm, ClosingForm, HoursForm, SeesNobodyForm
from booking.models import Absence, Clinician
from booking.schedule.changes import reopen_day, set_sees_patients
from clinic_site.dates import day_words
from clinic_site.hours import weekly_table
from clinic_site.models import ClosedDay


class OpeningPages:
    """Mixed into the admin of open times: its addresses, and what they show and do."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("opening/", wrap(self.opening_view), name="booking_opentime_opening"),
            path("opening/hours/", wrap(self.hours_view), name="booking_opentime_hours"),
            path("opening/reopen/<int:pk>/", wrap(require_POST(self.reopen_view)), name="booking_opentime_reopen"),
            path("opening/sees/<int:pk>/", wrap(self.sees_view), name="booking_opentime_sees"),
            path("opening/away/<int:pk>/", wrap(self.away_view), name="booking_opentime_away"),
            path("opening/back/<int:pk>/", wrap(require_POST(self.back_view)), name="booking_opentime_back"),
            path("close/", wrap(self.close_view), name="booking_opentime_close"),
        ]
        return own + super().get_urls()

    def opening_view(self, request):
        """Hours, closed days, who sees patients and who is away, on one page."""
        self._stop_unless(self.has_view_permission(request))
        absences = Absence.objects.to_come()
        context = self.admin_site.each_context(request) | {
            "title": _("When patients can come"),
            "week": weekly_table(),
            "closed_days": ClosedDay.objects.upcoming(timezone.localdate()),
            "clinicians": [
                (clinician, [absence for absence in absences if absence.clinician_id == clinician.pk])
                for clinician in Clinician.objects.all()
            ],
            "may_close": self.has_change_permission(request),
        }
        return render(request, "admin/booking/opening.html", context)

    def hours_view(self, request):
        self._stop_unless(request.user.has_perm("clinic_site.change_openinghours"))
        return change_page(request, self.admin_site, HoursForm(_sent(request)), _opening())

    def close_view(self, request):
        self._stop_unless(self.has_change_permission(request))
        initial = {"day": request.GET.get("day", "") or timezone.localdate()}
        form = ClosingForm(_sent(request), initial=initial)
        day = form.cleaned_data["day"] if form.is_valid() else timezone.localdate()
        calendar = reverse("admin:booking_opentime_calendar")
        return change_page(request, self.admin_site, form, f"{calendar}?day={day}")

    def reopen_view(self, request, pk):
        """A day is closed no longer: its times can be given again."""
        self._stop_unless(request.user.has_perm("clinic_site.delete_closedday"))
        closed_day = get_object_or_404(ClosedDay, pk=pk)
        reopen_day(closed_day)
        messages.success(request, _("%(day)s is open again.") % {"day": day_words(closed_day.date)})
        return HttpResponseRedirect(_opening())

    def sees_view(self, request, pk):
        """A clinician who sees patients stops, after a look at whom it touches; one who does not begins at once."""
        self._stop_unless(request.user.has_perm("booking.change_clinician"))
        clinician = get_object_or_404(Clinician, pk=pk)
        if clinician.sees_patients:
            form = SeesNobodyForm(_sent(request), clinician=clinician)
            return change_page(request, self.admin_site, form, _opening())
        if request.method == "POST":
            set_sees_patients(clinician, True)
            messages.success(request, _("%(who)s sees patients again.") % {"who": clinician})
        return HttpResponseRedirect(_opening())

    def away_view(self, request, pk):
        self._stop_unless(request.user.has_perm("booking.add_absence"))
        form = AbsenceForm(_sent(request), clinician=get_object_or_404(Clinician, pk=pk))
        return change_page(request, self.admin_site, form, _opening())

    def back_view(self, request, pk):
        """An absence is taken out: the clinician's times in it can be given again."""
        self._stop_unless(request.user.has_perm("booking.delete_absence"))
        absence = get_object_or_404(Absence.objects.select_related("clinician"), pk=pk)
        absence.delete()
        messages.success(request, _("%(who)s is not away then any more.") % {"who": absence.clinician})
        return HttpResponseRedirect(_opening())

    def _stop_unless(self, allowed):
        if not allowed:
            raise PermissionDenied


def _opening():
    return reverse("admin:booking_opentime_opening")


def _sent(request):
    """What was sent, also where it is nothing; None where the page was only opened."""
    return request.POST if request.method == "POST" else None
