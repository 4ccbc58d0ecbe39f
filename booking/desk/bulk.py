"""The same step for many requests: at once where they are few, by the worker where they are many."""

from django.db import transaction
from django.utils import timezone
from huey.contrib.djhuey import db_task

from booking.desk.calls import set_owner
from booking.desk.handing_over import assign
from booking.desk.steps import confirm_spam, release
from booking.models import BulkWork, ConsultationRequest
from booking.states import IllegalStep

AT_ONCE = 50  # a page of the worklist
CHUNK = 20  # requests between two commits: what a killed worker does again is nothing, what it has done stays

STEPS_IN_BULK = {BulkWork.Kind.TAKE: set_owner, BulkWork.Kind.RELEASE: release, BulkWork.Kind.SPAM: confirm_spam}


@transaction.atomic
def start_bulk_work(kind, requests, staff, to=None):
    """
    Do a step for these requests, given by their numbers; what is more than a page is left to the worker.

    `to` is the colleague to whom they are handed over.
    """
    work = BulkWork.objects.create(kind=kind, requests=list(requests), staff=staff, to=to)
    if work.total <= AT_ONCE:
        return run_bulk_work(work.pk)
    transaction.on_commit(lambda: do_bulk_work(work.pk), robust=True)
    return work


def run_bulk_work(pk):
    """Go on until it is done; returns the work. Safe to call by several workers, and after one was killed."""
    while True:
        work = _do_some(pk)
        if work.ended_at:
            return work


@transaction.atomic
def _do_some(pk):
    """One stretch: its requests and how far it has come are stored together, or not at all."""
    work = BulkWork.objects.select_for_update(of=("self",)).select_related("staff", "to").get(pk=pk)
    if work.ended_at:
        return work
    stretch = work.requests[work.position : work.position + CHUNK]
    by_pk = ConsultationRequest.objects.in_bulk(stretch)
    for request_pk in stretch:
        work.done += _is_done(work, by_pk.get(request_pk))
    work.position += len(stretch)
    if work.position == work.total:
        work.ended_at = timezone.now()
    work.save()
    return work


def _is_done(work, consultation_request):
    if consultation_request is None:
        return False
    try:
        if work.kind == BulkWork.Kind.ASSIGN:
            assign(consultation_request, work.to, work.staff)
        else:
            STEPS_IN_BULK[work.kind](consultation_request, work.staff)
    except IllegalStep:
        return False
    return True


@db_task()
def do_bulk_work(pk):
    """Have the worker go on with this work."""
    run_bulk_work(pk)
