"""How a patient is told, in words for the desk; and what to say where it is told by voice."""

from itertools import groupby

from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.desk.due import day_and_clock, due_at
from booking.models import ConsultationRequest, OutboxMail, ToCall
from booking.wording import spoken_language
from clinic_site.dates import clock_words, day_words, moment_words

Kind = OutboxMail.Kind


def how_told(consultation_request):
    """How the patient hears of what has just been done, from what is owed to them now."""
    ways = []
    if consultation_request.call_by:
        ways.append(
            _("To call by %(moment)s: it stands on Today.") % {"moment": day_and_clock(consultation_request.call_by)}
        )
    mails = consultation_request.mails.to_patients().waiting().filter(attempts=0)
    due = list(mails.values_list("due_at", flat=True))  # before the clock: one that comes meanwhile does not rest
    if any(moment > timezone.now() for moment in due):
        ways.append(_("The patient is told by email in a minute; until then you can undo it."))
    elif due:
        ways.append(_("An email to the patient is on its way."))
    if not ways and consultation_request.is_sample:
        ways.append(_("This request is a sample: no email leaves."))
    return " ".join(ways) or _("Nobody is told: there is no email, and nothing to call about.")


def calls_owed(most):
    """Who is to be called, the first due standing first: at most so many, each with what to say. Two queries."""
    requests = ConsultationRequest.objects.trusted().to_call().prefetch_related("to_calls__mail")[:most]
    return [call_owed(consultation_request) for consultation_request in requests]


def call_owed(consultation_request):
    """What one patient is to be told by voice; None where that is nothing."""
    to_calls = [
        to_call for to_call in consultation_request.to_calls.all() if not (to_call.done_at or to_call.dropped_at)
    ]
    if not to_calls:
        return None
    tried = max((to_call.tried_at for to_call in to_calls if to_call.tried_at), default=None)
    by_mail_first = [to_call for to_call in to_calls if to_call.why != ToCall.Why.NO_EMAIL]
    return {
        "consultation_request": consultation_request,
        "due": due_at(consultation_request.call_by),
        "language": spoken_language(consultation_request),
        "says": [words_to_say(to_call) for to_call in to_calls],
        "why": (by_mail_first or to_calls)[0].get_why_display(),
        "email_came_back": bool(by_mail_first),
        "tries": max(to_call.tries for to_call in to_calls),
        "tried_at": tried,
        "mail": next((to_call.mail for to_call in by_mail_first if to_call.mail), None),
    }


def words_to_say(to_call):
    """What to say: what a mail of that kind would have said, with the times that it is about."""
    consultation_request = to_call.request
    times = _("; ").join(_day_with_its_clocks(*of_a_day) for of_a_day in groupby(to_call.moments, localdate))
    named = {"times": times, "reply_by": moment_words(consultation_request.next_word_by)}
    return {
        Kind.RECEIVED: _("We have your request. We will answer by %(reply_by)s."),
        Kind.IN_CONVERSATION: _("We have read your request and would like to talk with you about it."),
        Kind.ANSWERED: _("Our answer is on your private page. We can read it to you."),
        Kind.OFFERED: _("We hold this for you: %(times)s. Which one suits you?"),
        Kind.BOOKED: _("Your consultation is booked: %(times)s."),
        Kind.MOVED: _("We moved your consultation. It is now on %(times)s."),
        Kind.CANCELLED: _("Your consultation is canceled: %(times)s. We are sorry, and will find you another time."),
        Kind.TIMES_GONE: _("We cannot keep what we held for you: %(times)s. We are sorry, and will find you others.")
        if times
        else _("We cannot keep the times that we held for you. We are sorry, and will find you others."),
        Kind.EARLIER: _("An earlier time is free: %(times)s. Would you like it? What you have stays yours until then."),
        Kind.REMINDER: _("Your consultation is coming up: %(times)s. Will you come?"),
        Kind.MISSED: _("We missed you at your consultation, and would be glad to find you another time."),
        Kind.DECLINED: _("We are sorry: we cannot take your request. We can tell you why, or who could help."),
        Kind.CLOSED: _("Your request is closed. You are welcome to send a new one."),
        Kind.LINK_AGAIN: _(
            "The old link to your private page no longer works. Which address may we send a new one to?"
        ),
        Kind.NEW_ADDRESS: _("Our email to your new address did not get through. Which address may we write to?"),
    }[Kind(to_call.kind)] % named


def _day_with_its_clocks(day, moments):
    """As one says it: the day once, then each time."""
    return ", ".join([day_words(day), *map(clock_words, moments)])


def how_all_are_told(consultation_requests):
    """How those whose times have just been changed hear of it: how many by email, and how many are to be called."""
    concerned = list(consultation_requests)
    by_email = sum(consultation_request.can_be_mailed for consultation_request in concerned)
    due = [consultation_request.call_by for consultation_request in concerned if consultation_request.call_by]
    words = []
    if by_email:
        message = ngettext(
            "%(number)s patient is told by email in a minute.",
            "%(number)s patients are told by email in a minute.",
            by_email,
        )
        words.append(message % {"number": by_email})
    if due:
        message = ngettext(
            "%(number)s patient is to be called by %(moment)s: it stands on Today.",
            "%(number)s patients are to be called, the first by %(moment)s: they stand on Today.",
            len(due),
        )
        words.append(message % {"number": len(due), "moment": day_and_clock(min(due))})
    return " ".join(words)
