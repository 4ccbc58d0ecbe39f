"""The calendar screen, the day sheet and closing a day: a part of the open times' admin."""

from datetime import date, datetime, timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from booking.agenda import agenda_of
from booking.closing import close_day, plan_closing
from booking.letters import write
from booking.models import Clinician, Consultation, ConsultationRequest, OpenTime, OutboxMail
from booking.moments import moment_words
from booking.times import open_time
from booking.waiting_list import chances, who_fits
from clinic_site.models import Clinic

CHANCES_SHOWN = 5
FREE_TIMES_SHOWN = 40


class BlockForm(forms.Form):
    """A stretch of a day in which no time is to be given."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    begins = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}))
    who = forms.ModelChoiceField(
        label=_("Who"), queryset=Clinician.objects.filter(sees_patients=True), required=False, empty_label=_("Everyone")
    )
    reason = forms.CharField(label=_("Reason, staff only"), max_length=80, required=False)


class ClosingForm(forms.Form):
    """Which day is closed, why, and what is said to whom."""

    day = forms.DateField(label=_("Which day"), widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(
        label=_("Why, in a word"), max_length=80, help_text=_("Patients see it beside the hours, such as 'Snow'.")
    )
    banner = forms.CharField(
        label=_("Banner on every page"),
        max_length=200,
        required=False,
        help_text=_("Shows from the day before until the day is over. Empty: no banner."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    words = forms.CharField(
        label=_("Words to those who had a time"),
        max_length=2000,
        required=False,
        help_text=_("On their private page. The mail says only that the time is gone and that they hear from us."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose today or a later one."))
        return day


class CalendarPages:
    """Mixed into the admin of open times: its addresses, and what they show and do."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("calendar/", wrap(self.calendar_view), name="booking_opentime_calendar"),
            path("calendar/do/<slug:wish>/", wrap(require_POST(self.act_view)), name="booking_opentime_act"),
            path("calendar/sheet/", wrap(self.sheet_view), name="booking_opentime_sheet"),
            path("close/", wrap(self.close_view), name="booking_opentime_close"),
        ]
        return own + super().get_urls()

    def calendar_view(self, request):
        """A week, or a day, by clinician; what was chosen in it stands beside, with what can be done."""
        self._stop_unless(self.has_view_permission(request))
        asked = request.GET
        day = parse_date_or_today(asked.get("day", ""))
        one_day = asked.get("span") == "day"
        first = day if one_day else day - timedelta(days=day.weekday())
        clinicians = list(Clinician.objects.filter(sees_patients=True))
        only = [who for who in clinicians if str(who.pk) == asked.get("who")]
        step = timedelta(days=1 if one_day else 7)
        context = self.admin_site.each_context(request) | {
            "title": _("Calendar"),
            "agenda": agenda_of(first, step.days, only or clinicians),
            "clinicians": clinicians,
            "only": only[0] if only else None,
            "first": first,
            "day": day,
            "one_day": one_day,
            "before": first - step,
            "after": first + step,
            "today": timezone.localdate(),
            "moving": self._moving(asked),
            "chosen": self._chosen(asked),
            "place": _place(asked),
            "chances": chances()[:CHANCES_SHOWN],
            "block_form": BlockForm(initial={"day": max(day, timezone.localdate())}),
            "may_change": self.has_change_permission(request),
            "here": request.get_full_path(),
            "base": _without(asked, "time", "at", "clinician"),
        }
        return render(request, "admin/booking/calendar.html", context)

    def act_view(self, request, wish):
        """Open, block or withdraw a time from the calendar, and come back to where it was pressed."""
        self._stop_unless(self.has_change_permission(request))
        if wish not in WISHES:
            raise Http404("no button asks for that")
        level, said = WISHES[wish](request.POST)
        messages.add_message(request, level, said)
        return HttpResponseRedirect(back_to(request, reverse("admin:booking_opentime_calendar")))

    def sheet_view(self, request):
        """One day on paper: times, initials and references, and no more than that about a person."""
        self._stop_unless(self.has_view_permission(request))
        day = parse_date_or_today(request.GET.get("day", ""))
        booked = Consultation.objects.exclude(state=Consultation.State.CANCELLED).filter(
            time__in=OpenTime.objects.on_day(day)
        )
        context = self.admin_site.each_context(request) | {
            "title": _("Day sheet"),
            "day": day,
            "consultations": booked.select_related("time__clinician", "request").order_by("time__starts_at"),
        }
        return render(request, "admin/booking/day_sheet.html", context)

    def close_view(self, request):
        """First a preview of whom it concerns; closed by a second click."""
        self._stop_unless(self.has_change_permission(request))
        day = parse_date_or_today(request.GET.get("day", ""))
        form = ClosingForm(request.POST or None, initial={"day": day})
        plan = plan_closing(form.cleaned_data["day"]) if form.is_valid() else None
        if plan and "close" in request.POST:
            done = close_day(**form.cleaned_data, staff=request.user)
            number = len(done.consultations) + len(done.offered)
            said = ngettext(
                "%(day)s is closed. %(number)s patient is told in a minute and waits for a new time.",
                "%(day)s is closed. %(number)s patients are told in a minute and wait for a new time.",
                number,
            )
            messages.success(request, said % {"day": date_format(done.day, "l, F j"), "number": number})
            return HttpResponseRedirect(f"{reverse('admin:booking_opentime_calendar')}?day={done.day}")
        context = self.admin_site.each_context(request) | {"title": _("Close a day"), "form": form, "plan": plan}
        return render(request, "admin/booking/close_day.html", context, status=422 if form.errors else 200)

    def _chosen(self, asked):
        """The time that was clicked, with its consultation, and who waits for one like it."""
        time = _named(OpenTime.objects.select_related("clinician", "request"), asked.get("time", ""))
        if time is None:
            return None
        consultation = Consultation.objects.exclude(state="cancelled").filter(time=time).first()
        fits = who_fits(time) if time.state == OpenTime.State.OPEN else []
        return {"time": time, "consultation": consultation, "who_fits": fits}

    def _moving(self, asked):
        """The request whose consultation is being moved, and the free times to which it can go."""
        request = _named(ConsultationRequest.objects.all(), asked.get("move", ""))
        consultation = request.consultation if request else None
        if consultation is None:
            return None
        free = OpenTime.objects.free().select_related("clinician")
        to = _named(free, asked.get("time", ""))
        letter = write(OutboxMail.Kind.MOVED, request, Clinic.profile(), to) if to and request.email else None
        return {"request": request, "consultation": consultation, "free": free[:FREE_TIMES_SHOWN], "letter": letter}

    def _stop_unless(self, allowed):
        if not allowed:
            raise PermissionDenied


def parse_date_or_today(text) -> date:
    """A day as an address gives it; today where it gives none, or none that there is."""
    try:
        return parse_date(text) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


def back_to(request, otherwise):
    """Where a form asks to go back to, within the staff's pages alone."""
    wanted = request.POST.get("back", "")
    return wanted if wanted.startswith(reverse("admin:index")) and "\\" not in wanted else otherwise


def _place(asked):
    """The empty place that was clicked: a moment and a clinician, where a time could be opened."""
    try:
        moment = parse_datetime(asked.get("at", ""))
    except ValueError:
        return None
    who = _named(Clinician.objects.all(), asked.get("clinician", ""))
    if moment is None or timezone.is_naive(moment) or who is None:
        return None
    return {"moment": moment, "clinician": who}


def _named(records, text):
    """The record whose number an address gives; None where it gives no number, or one that there is not."""
    return records.filter(pk=text).first() if text.isdecimal() and len(text) < 19 else None


def _without(asked, *names):
    """The rest of an address' questions, so that a click in the calendar keeps week, clinician and what is moved."""
    left = asked.copy()
    for name in names:
        left.pop(name, None)
    return f"?{left.urlencode()}&" if left else "?"


def _open(sent):
    place = _place(sent)
    if place is None:
        return messages.ERROR, _("This is no place for a time. Nothing was opened.")
    try:
        with transaction.atomic():
            opened = open_time(place["clinician"], place["moment"], Clinic.profile().consultation_minutes)
    except IntegrityError:
        return messages.ERROR, _("This clinician already has a time that starts then. Nothing was opened.")
    return messages.SUCCESS, _("Open now: %(time)s.") % {"time": moment_words(opened.starts_at)}


def _set(state):
    def act(sent):
        time = _named(OpenTime.objects.all(), sent.get("time", ""))
        if time is None:
            raise Http404("there is no such time")
        if not time.set_aside(state, sent.get("reason", "").strip()[:80]):
            return messages.ERROR, _("This time is held or booked. Move or cancel it first. Nothing was changed.")
        return messages.SUCCESS, _("%(time)s is now '%(state)s'.") % {
            "time": moment_words(time.starts_at),
            "state": OpenTime.State(state).label,
        }

    return act


def _block_span(sent):
    form = BlockForm(sent)
    if not form.is_valid():
        return messages.ERROR, _("Give the day, from when and to when. Nothing was blocked.")
    asked = form.cleaned_data
    zone = timezone.get_default_timezone()
    begins, ends = (datetime.combine(asked["day"], asked[name], tzinfo=zone) for name in ("begins", "ends"))
    times = OpenTime.objects.filter(state=OpenTime.State.OPEN, starts_at__gte=begins, starts_at__lt=ends)
    if asked["who"]:
        times = times.filter(clinician=asked["who"])
    number = times.update(state=OpenTime.State.BLOCKED, reason=asked["reason"])
    said = ngettext("%(number)s time is blocked.", "%(number)s times are blocked.", number) % {"number": number}
    return messages.SUCCESS if number else messages.WARNING, said


WISHES = {
    "open": _open,
    "block": _set(OpenTime.State.BLOCKED),
    "withdraw": _set(OpenTime.State.WITHDRAWN),
    "open-again": _set(OpenTime.State.OPEN),
    "block-span": _block_span,
}
