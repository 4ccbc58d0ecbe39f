"""
Counting what the search had no answer to, beside the pages and not on their way.

A thread of the process writes it when the page is made; what waits is in memory alone, and lost with the process. A
database that is away or busy costs a count, and never a page.
"""

import logging
from queue import Empty, Full, Queue
from threading import Lock, Thread

from django.db import Error, connection, transaction
from django.utils import timezone

from treatments.guide.search.language import words_of
from treatments.models import MissedSearch
from treatments.models.searching import LONGEST_MISSED

MOST_WAITING = 100
RESTS = 0.2  # seconds that the thread waits for more before it ends

logger = logging.getLogger(__name__)
_waiting: Queue[str] = Queue(MOST_WAITING)
_starting = Lock()
_writers: list[Thread] = []


def note_missed(query: str):
    """
    Have a search without an answer counted, soon and elsewhere.

    What has a digit or an @ may be somebody's, and is not counted; nor is what is as long as a letter.
    """
    words = " ".join(words_of(query))
    if not words or len(words) > LONGEST_MISSED or "@" in query or any(letter.isdigit() for letter in query):
        return
    transaction.on_commit(lambda: _hand_over(words))


def _hand_over(words):
    try:
        _waiting.put_nowait(words)
    except Full:
        return
    with _starting:
        _writers[:] = [writer for writer in _writers if writer.is_alive()]
        if not _writers:
            _writers.append(Thread(target=_write, name="missed-searches", daemon=True))
            _writers[0].start()


def _write():
    """Count what waits, one at a time, until nothing more has come for a while."""
    try:
        while True:
            words = _waiting.get(timeout=RESTS)
            MissedSearch.objects.note(words, timezone.localdate())
            connection.close()  # no connection is held while nothing is to be written
    except Empty:
        pass
    except Error as error:  # the count is lost, and the words are not to be logged
        logger.info("searches without an answer were not counted: %s", type(error).__name__)
    finally:
        connection.close()
