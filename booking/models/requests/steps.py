"""The steps of a request from state to state, each with its line in the timeline, and the promise that each leaves."""

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from booking.models.timeline import Event
from booking.models.to_calls import ToCall
from booking.states import STEPS, IllegalStep, State
from clinic_site.hours import reply_by


class Steps:
    """Mixed into a request: how it moves, and how what it owes is kept in step."""

    promised_by = None  # what was owed before the step that is being taken: a call that it brings is due by then
    pressed_by = None  # the member of staff who presses the patient's buttons, while they do

    @transaction.atomic
    def move_to(self, state, actor, staff=None, reason="", owed_by=None, times=()):
        """
        Take one step, with its line in the timeline, and say by when the clinic owes its next word, if it does.

        `times` are the moments that it is about. The line keeps how the request stood.

        Raises IllegalStep, and changes nothing, where the request does not stand (or no longer stands) in a state from
        which the step leads.
        """
        before = State(self.state)
        if state not in STEPS[before]:
            raise IllegalStep(_why_no_step_leads(before, State(state)))
        was = self.stands_now()
        self._set_state(before, state, owed_by)
        return self.record(
            Event.Kind.STEP, actor, staff=staff, before=before, after=state, note=reason, times=times, was=was
        )

    @transaction.atomic
    def go_back(self, state, owed_by, actor, staff=None, undoes=None, times=()):
        """
        Undo the line that led here from that state, with a line of its own; `times` are those that could not come back.

        Raises IllegalStep if the request moved on.
        """
        before = State(self.state)
        self._set_state(before, state, owed_by)
        was = {"undoes": undoes.pk} if undoes else {}
        self.record(Event.Kind.UNDONE, actor, staff=staff, before=before, after=state, times=times, was=was)

    def stands_now(self):
        """How a request stands, as a step that is about to be taken keeps it, so that it can come back as it was."""
        offer, consultation = self.offers.waiting().first(), self.consultations.booked().first()
        mail, to_call = self.mails.order_by("pk").last(), self.to_calls.order_by("pk").last()
        return {
            "at": timezone.now().isoformat(),
            "state": self.state,
            "owed_by": self.owed_by.isoformat() if self.owed_by else None,
            "tries": self.tries,
            "owner": self.owner_id,
            "times": dict(self.times.values_list("pk", "state")),
            "offer": offer.pk if offer else None,
            "consultation": consultation.pk if consultation else None,
            "mail": mail.pk if mail else 0,
            "to_call": to_call.pk if to_call else 0,
        }

    def promise_after_undoing(self, line):
        """What is owed once that line is undone: as before, unless the patient has been promised a word since."""
        owed_by = line.was.get("owed_by")
        asked_since = self.timeline.filter(pk__gt=line.pk, kind__in=[Event.Kind.ADDED, Event.Kind.OTHER_TIME]).exists()
        return parse_datetime(owed_by) if owed_by else self.owed_by if asked_since else None

    def _set_state(self, before, after, owed_by):
        """Set the state where it is still the one that the step begins with: compare and set in one statement."""
        now = timezone.now()
        moved = type(self).objects.filter(pk=self.pk, state=before, redacted_at=None)
        if not moved.update(state=after, state_since=now, owed_by=owed_by):
            self.refresh_from_db(fields=["state", "state_since", "owed_by", "redacted_at"])
            raise IllegalStep(
                _("Somebody else has just changed this request: it is now '%(now)s'. Nothing of yours was changed.")
                % {"now": self.get_state_display()}
            )
        self.promised_by = self.owed_by
        self.state, self.state_since, self.owed_by = after, now, owed_by
        ToCall.objects.drop_overtaken(self)

    def owe_a_word(self):
        """The next word is the clinic's: promise it, unless one is owed already."""
        promise = reply_by(timezone.now())
        if type(self).objects.filter(pk=self.pk, owed_by=None).update(owed_by=promise):
            self.owed_by = promise

    def owe_nothing(self):
        """The word that was owed has been given."""
        type(self).objects.filter(pk=self.pk).update(owed_by=None)
        self.promised_by, self.owed_by = self.owed_by, None

    def record(self, kind, actor, staff=None, times=(), **line):
        """
        Add a line to the timeline, about these moments; the further names are fields of `Event`.

        What a member of staff does with the patient's buttons is theirs, and not the patient's.
        """
        if actor == Event.Actor.PATIENT and self.pressed_by:
            actor, staff = Event.Actor.STAFF, self.pressed_by
        times = [time.isoformat() for time in times]
        return Event.objects.create(request=self, kind=kind, actor=actor, staff=staff, times=times, **line)


def _why_no_step_leads(before, after):
    if before == after:
        return _("This request is '%(state)s' already.") % {"state": before.label}
    return _("A request that is '%(before)s' cannot become '%(after)s'.") % {
        "before": before.label,
        "after": after.label,
    }
