"""Looks after all checks once a minute, notes what began and what ended, and has the operator told."""

import logging
import time
from datetime import timedelta
from threading import Thread

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinic_site.health.checks import Level, findings
from clinic_site.health.telling import tell_what_is_owed
from clinic_site.models import HealthLook, OperatorMessage, Problem

LOOKS = 3  # in which a problem shows itself before the operator is told, and after whose want it has ended
FORGOTTEN_AFTER = timedelta(days=90)
logger = logging.getLogger(__name__)


def look_after_site(apart=None):
    """
    Look, if nobody has for that long (LOOKS_APART), note and tell.

    Any number of processes may call this at any time: whoever comes first looks, and no word goes out twice. While the
    database is away nothing can be noted; then WATCHDOG_URL hears no more, and `/readyz` says no.
    """
    if not HealthLook.claim(settings.LOOKS_APART if apart is None else apart):
        return
    found = {finding.name: finding for finding in findings()}
    if "database" not in found:
        note(found)
        tell_what_is_owed()


@transaction.atomic
def note(found):
    """Begin, keep up and end problems by what one look found: findings by their names."""
    open_ones = {problem.name: problem for problem in Problem.objects.open().select_for_update()}
    for name, finding in found.items():
        if problem := open_ones.pop(name, None):
            _see_again(problem, finding)
        else:
            fresh = Problem(name=name, level=finding.level, words=finding.words)
            Problem.objects.bulk_create([fresh], ignore_conflicts=True)  # another machine may have seen it just now
    for problem in open_ones.values():
        _miss(problem)


def _see_again(problem, finding):
    before = problem.seen, problem.missed, problem.words
    problem.seen, problem.missed, problem.words = min(problem.seen + 1, LOOKS), 0, finding.words
    if before == (problem.seen, problem.missed, problem.words):
        return
    if problem.seen == LOOKS and not problem.is_told and problem.level != Level.ADVICE:
        problem.is_told = True
        OperatorMessage.owe(problem, is_end=False)
    problem.save(update_fields=["seen", "missed", "words", "is_told"])


def _miss(problem):
    problem.missed += 1
    if problem.missed == LOOKS or problem.level == Level.ADVICE:
        problem.ended_at = timezone.now()
        if problem.is_told:
            OperatorMessage.owe(problem, is_end=True)
    problem.save(update_fields=["missed", "ended_at"])


def forget_old_problems():
    Problem.objects.filter(ended_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()


def watch():
    """In a thread of a web server: look when nobody else does, as when the worker is silent or its clock is wrong."""
    Thread(target=_watch_for_ever, name="health", daemon=True).start()


def _watch_for_ever():
    while True:
        time.sleep(settings.LOOKS_APART.total_seconds())
        try:
            look_after_site(apart=settings.LOOKS_APART * 2)
        except DatabaseError as error:
            logger.warning("The checks were not looked after: %s.", type(error).__name__)
            connection.close()
