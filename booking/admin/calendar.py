"""The calendar screen and the day sheet: a part of the open times' admin."""

from datetime import date, datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from booking.desk.hoards import free_hoard, hold_freed_again
from booking.mail.rendering import render_preview
from booking.models import Clinician, Consultation, ConsultationRequest, OpenTime, OutboxMail
from booking.models.requests.querysets import worklist_order
from booking.schedule.calendar import agenda_of
from booking.schedule.constraints import constraints_refuse
from booking.schedule.opening import open_again, open_time
from booking.schedule.waiting_list import waiting_for, waiting_matches
from booking.states import STEPS, IllegalStep, State
from clinic_site.dates import moment_words
from clinic_site.models import Clinic
from clinic_site.numbers import number_in

MATCHES_SHOWN = 5
FREE_TIMES_SHOWN = 40
TO_BOOK_SHOWN = 6
CAN_BE_BOOKED = [state for state, steps in STEPS.items() if State.BOOKED in steps]


class BlockForm(forms.Form):
    """A stretch of a day in which no time is to be given."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    begins = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}))
    who = forms.ModelChoiceField(
        label=_("Who"), queryset=Clinician.objects.filter(sees_patients=True), required=False, empty_label=_("Everyone")
    )
    reason = forms.CharField(label=_("Reason, staff only"), max_length=80, required=False)


class CalendarPages:
    """Mixed into the admin of open times: its addresses, and what they show and do."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("calendar/", wrap(self.calendar_view), name="booking_opentime_calendar"),
            path("calendar/do/<slug:action>/", wrap(require_POST(self.act_view)), name="booking_opentime_act"),
            path("calendar/sheet/", wrap(self.sheet_view), name="booking_opentime_sheet"),
            path("free-held/", wrap(require_POST(self.free_held_view)), name="booking_opentime_free_held"),
            path("hold-again/", wrap(require_POST(self.hold_again_view)), name="booking_opentime_hold_again"),
        ]
        return own + super().get_urls()

    def calendar_view(self, request):
        """A week by clinician, one of its days wide; what was chosen stands beside, with what can be done."""
        self._stop_unless(self.has_view_permission(request))
        parameters = request.GET
        day = parse_date_or_today(parameters.get("day", ""))
        first = day - timedelta(days=day.weekday())
        clinicians = list(Clinician.objects.in_calendar())
        only = [who for who in clinicians if str(who.pk) == parameters.get("who")]
        week = timedelta(weeks=1)
        context = self.admin_site.each_context(request) | {
            "title": _("Calendar"),
            "agenda": agenda_of(first, week.days, only or clinicians, wide=day),
            "clinicians": clinicians,
            "only": only[0] if only else None,
            "first": first,
            "day": day,
            "before": day - week,
            "after": day + week,
            "today": timezone.localdate(),
            "moving": self._moving(parameters),
            "chosen": self._chosen(parameters),
            "slot": _slot_in(parameters),
            "to_book": self._to_book(parameters),
            "matches": waiting_matches()[:MATCHES_SHOWN],
            "block_form": BlockForm(initial={"day": max(day, timezone.localdate())}),
            "may_change": self.has_change_permission(request),
            "here": request.get_full_path(),
            "base": _query_without(parameters, "time", "at", "clinician"),
        }
        return render(request, "admin/booking/calendar.html", context)

    def _to_book(self, parameters):
        """Who can be given the chosen time: whom a search finds, else those who are owed a word first."""
        can_have = ConsultationRequest.objects.open().filter(state__in=CAN_BE_BOOKED)
        asked = parameters.get("find", "").strip()
        found = can_have.found_by(asked) if asked else can_have.awaiting_answer()
        return {"asked": asked, "requests": found.order_by(*worklist_order())[:TO_BOOK_SHOWN]}

    def act_view(self, request, action):
        """Open, block or withdraw a time from the calendar, and come back to where it was pressed."""
        self._stop_unless(self.has_change_permission(request))
        if action not in ACTIONS:
            raise Http404("no button asks for that")
        try:
            with constraints_refuse():
                level, message = ACTIONS[action](request.POST)
        except IllegalStep as refusal:
            level, message = messages.ERROR, str(refusal)
        messages.add_message(request, level, message)
        return HttpResponseRedirect(back_to(request, reverse("admin:booking_opentime_calendar")))

    def free_held_view(self, request):
        """Free all unconfirmed times of a hoard, and go back to Today, where that can be undone for a minute."""
        self._stop_unless(self.has_change_permission(request))
        pks = [number for number in map(number_in, request.POST.getlist("time")) if number is not None]
        number, freed = free_hoard(pks, request.user)
        message = ngettext(
            "%(number)s time is free again, and its patient is told in a minute.",
            "%(number)s times are free again, and their patients are told in a minute.",
            number,
        )
        messages.success(request, message % {"number": number})
        return HttpResponseRedirect(f"{reverse('admin:index')}?{urlencode({'freed': freed})}")

    def hold_again_view(self, request):
        self._stop_unless(self.has_change_permission(request))
        try:
            held, not_held = hold_freed_again(request.POST.get("freed", ""), request.user)
            message = _("Held again: %(held)s. Gone meanwhile: %(gone)s.")
            messages.success(request, message % {"held": held, "gone": not_held})
        except IllegalStep as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:index"))

    def sheet_view(self, request):
        """One day on paper: times, initials and references, and no more than that about a person."""
        self._stop_unless(self.has_view_permission(request))
        day = parse_date_or_today(request.GET.get("day", ""))
        booked = Consultation.objects.not_cancelled().filter(time__in=OpenTime.objects.on_day(day))
        context = self.admin_site.each_context(request) | {
            "title": _("Day sheet"),
            "day": day,
            "consultations": booked.select_related("time__clinician", "request").order_by("time__starts_at"),
        }
        return render(request, "admin/booking/day_sheet.html", context)

    def _chosen(self, parameters):
        """The time that was clicked, with its consultation, and who waits for one like it."""
        time = _record_numbered(OpenTime.objects.select_related("clinician", "request"), parameters.get("time", ""))
        if time is None:
            return None
        consultation = Consultation.objects.not_cancelled().filter(time=time).first()
        waiting = waiting_for(time) if time.state == OpenTime.State.OPEN else []
        return {"time": time, "consultation": consultation, "waiting": waiting}

    def _moving(self, parameters):
        """The request whose consultation is being moved, and the free times to which it can go."""
        consultation_request = _record_numbered(ConsultationRequest.objects.all(), parameters.get("move", ""))
        consultation = consultation_request.consultation if consultation_request else None
        if consultation is None:
            return None
        free = OpenTime.objects.bookable().select_related("clinician")
        to = _record_numbered(free, parameters.get("time", ""))
        mail_preview = (
            render_preview(OutboxMail.Kind.MOVED, consultation_request, Clinic.profile(), to)
            if to and consultation_request.email
            else None
        )
        return {
            "consultation_request": consultation_request,
            "consultation": consultation,
            "free": free[:FREE_TIMES_SHOWN],
            "mail_preview": mail_preview,
        }


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


def _slot_in(parameters):
    """The empty place that was clicked: a moment and a clinician, where a time could be opened."""
    try:
        moment = parse_datetime(parameters.get("at", ""))
    except ValueError:
        return None
    who = _record_numbered(Clinician.objects.all(), parameters.get("clinician", ""))
    if moment is None or timezone.is_naive(moment) or who is None:
        return None
    return {"moment": moment, "clinician": who}


def _record_numbered(records, text):
    """The record whose number an address gives; None where it gives no number, or one that there is not."""
    number = number_in(text)
    return None if number is None else records.filter(pk=number).first()


def _query_without(parameters, *names):
    """The rest of an address' questions, so that a click in the calendar keeps week, clinician and what is moved."""
    left = parameters.copy()
    for name in names:
        left.pop(name, None)
    return f"?{left.urlencode()}&" if left else "?"


def _open(data):
    slot = _slot_in(data)
    if slot is None:
        return messages.ERROR, _("This is no place for a time. Nothing was opened.")
    opened = open_time(slot["clinician"], slot["moment"], Clinic.profile().consultation_minutes)
    return messages.SUCCESS, _("Open now: %(time)s.") % {"time": moment_words(opened.starts_at)}


def _set(state):
    def act(data):
        time = _record_numbered(OpenTime.objects.all(), data.get("time", ""))
        if time is None:
            raise Http404("there is no such time")
        if not time.set_state_unless_given(state, data.get("reason", "").strip()[:80]):
            return messages.ERROR, _("This time is held or booked. Move or cancel it first. Nothing was changed.")
        return messages.SUCCESS, _("%(time)s is now '%(state)s'.") % {
            "time": moment_words(time.starts_at),
            "state": OpenTime.State(state).label,
        }

    return act


def _open_again(data):
    time = _record_numbered(OpenTime.objects.select_related("clinician"), data.get("time", ""))
    if time is None:
        raise Http404("there is no such time")
    open_again(time)
    return messages.SUCCESS, _("Open now: %(time)s.") % {"time": moment_words(time.starts_at)}


def _note_interpreter(data):
    """Whether an interpreter comes at that time, whoever has it."""
    time = _record_numbered(OpenTime.objects.all(), data.get("time", ""))
    if time is None:
        raise Http404("there is no such time")
    comes = data.get("comes") == "1"
    OpenTime.objects.filter(pk=time.pk).update(with_interpreter=comes)
    words = _("%(time)s: an interpreter comes.") if comes else _("%(time)s: no interpreter comes.")
    return messages.SUCCESS, words % {"time": moment_words(time.starts_at)}


def _block_span(data):
    form = BlockForm(data)
    if not form.is_valid():
        return messages.ERROR, _("Give the day, from when and to when. Nothing was blocked.")
    answers = form.cleaned_data
    zone = timezone.get_default_timezone()
    begins, ends = (datetime.combine(answers["day"], answers[name], tzinfo=zone) for name in ("begins", "ends"))
    times = OpenTime.objects.filter(state=OpenTime.State.OPEN, starts_at__gte=begins, starts_at__lt=ends)
    if answers["who"]:
        times = times.filter(clinician=answers["who"])
    number = times.update(state=OpenTime.State.BLOCKED, reason=answers["reason"])
    message = ngettext("%(number)s time is blocked.", "%(number)s times are blocked.", number) % {"number": number}
    return messages.SUCCESS if number else messages.WARNING, message


ACTIONS = {
    "open": _open,
    "block": _set(OpenTime.State.BLOCKED),
    "withdraw": _set(OpenTime.State.WITHDRAWN),
    "open-again": _open_again,
    "interpreter": _note_interpreter,
    "block-span": _block_span,
}
