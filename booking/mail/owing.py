"""
Telling people: by a mail, stored with what causes it and given to the worker once that is committed; else by voice.

`tell_patient` is the one door. It owes a mail where an address is known to work, else a call; `mail/sending.py` turns a
mail that is refused for good into a call.
"""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from booking.mail.calling import call_instead
from booking.mail.sending import send_mail
from booking.models import OutboxMail, ToCall
from booking.models.to_calls import settle_calls
from clinic_site.breaker import breaker_of

ABOUT_AN_ADDRESS = [OutboxMail.Kind.NEW_ADDRESS, OutboxMail.Kind.OLD_ADDRESS]

queue = breaker_of(settings.REDIS_URL or "The queue")


def owe(kind, consultation_request, rests=timedelta(0), old_address=None):
    """
    Store a mail in the transaction that causes it, and have it sent once that is committed and it has rested.

    What rests is found by the sweep. `old_address` is where it goes if not to the patient's address of the moment.
    """
    mail = OutboxMail.objects.create(
        kind=kind,
        request=consultation_request,
        message_id=f"<{uuid4()}@{urlsplit(settings.SITE_URL).hostname}>",
        due_at=timezone.now() + rests,
        old_address=old_address,
    )
    if not rests:
        _send_after_commit(mail)
    return mail


def tell_patient(consultation_request, kind, times=(), **options):
    """
    This person is to be told this: owe a mail where there is an email that works, else a call.

    `times` are the moments that a call is about, where the records no longer say so. Invented requests owe no mail.
    """
    if consultation_request.can_be_mailed:
        owe(kind, consultation_request, **options)
    elif not consultation_request.email and kind not in OutboxMail.NOT_BY_VOICE:
        call_instead(consultation_request, kind, ToCall.Why.NO_EMAIL, times)
    elif consultation_request.refused_email and kind not in OutboxMail.NOT_BY_VOICE_AFTER_MAIL:
        call_instead(consultation_request, kind, ToCall.Why.NO_SUCH_ADDRESS, times)


def tell_both_addresses(consultation_request, old_address):
    """
    A patient is reached at another address from now on: say so there, with their link, and at the old one, without.

    Nobody may have the link by a slip of the pen: what is at the old address may be a stranger's.
    """
    known = old_address and old_address.casefold() != consultation_request.refused_email.casefold()
    if known and not consultation_request.is_sample:
        owe(OutboxMail.Kind.OLD_ADDRESS, consultation_request, old_address=old_address)
    drop_what_is_owed(consultation_request, OutboxMail.Kind.NEW_ADDRESS)
    if consultation_request.email:
        tell_patient(consultation_request, OutboxMail.Kind.NEW_ADDRESS)


def send_again_what_did_not_arrive(consultation_request):
    """
    What came back from an old address, or was to be told by voice for want of one, goes to the new one.

    Not what is no longer so, or was told by voice meanwhile. Returns how much it is.
    """
    if not consultation_request.can_be_mailed:
        return 0
    failed = consultation_request.mails.to_patients().failed().exclude(kind__in=ABOUT_AN_ADDRESS)
    came_back = [mail for mail in failed.exclude(to_calls__done_at__isnull=False) if not mail.is_overtaken]
    for mail in came_back:
        try_again(mail)
    by_voice = list(consultation_request.to_calls.open().filter(mail=None).exclude(kind__in=ABOUT_AN_ADDRESS))
    for to_call in by_voice:
        to_call.drop()
        owe(to_call.kind, consultation_request)
    settle_calls(consultation_request)
    return len(came_back) + len(by_voice)


def tell_desk(consultation_request, kind):
    """Owe the desk a mail, which names the request by its reference alone."""
    if not consultation_request.is_sample:
        owe(kind, consultation_request)


def tell_clinicians(consultation_request, kind):
    """Owe those who advise the desk a mail, which names the request by its reference alone."""
    if not consultation_request.is_sample:
        owe(kind, consultation_request)


def drop_what_is_owed(consultation_request, *kinds):
    """What a patient was to be told, and was undone or overtaken, is dropped at once: it may come to be true again."""
    waiting = consultation_request.mails.waiting().filter(kind__in=kinds)
    waiting.update(dropped_at=timezone.now(), leased_until=None)
    if consultation_request.to_calls.open().filter(kind__in=kinds).update(dropped_at=timezone.now()):
        settle_calls(consultation_request)


def was_not_told(consultation_request, kind):
    """Whether nobody has told the patient that yet: its last mail has not left, or its call was not made."""
    last_mail = consultation_request.mails.filter(kind=kind).order_by("pk").last()
    last_call = consultation_request.to_calls.filter(kind=kind).order_by("pk").last()
    return not (last_mail and last_mail.sent_at) and not (last_call and last_call.done_at)


@transaction.atomic
def try_again(mail):
    """Give a mail that failed ten more tries, the first at once; nobody is called about it meanwhile."""
    mail.attempts, mail.due_at, mail.leased_until, mail.given_up_at = 0, timezone.now(), None, None
    mail.save(update_fields=["attempts", "due_at", "leased_until", "given_up_at"])
    if mail.request.to_calls.open().filter(mail=mail).update(dropped_at=timezone.now()):
        settle_calls(mail.request)
    _send_after_commit(mail)


def _send_after_commit(mail):
    """A mail that cannot be queued is found by the sweep; a queue that is away is not asked for each mail anew."""
    transaction.on_commit(lambda: queue.ask(lambda: send_mail(mail.pk), otherwise=None), robust=True)
