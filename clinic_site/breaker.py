"""What does not answer is left alone for a while."""

import logging
import time
from functools import cache

logger = logging.getLogger(__name__)

RESTS = 10  # seconds
SLOW = 0.1  # seconds; an answer takes about a thousandth


class Breaker:
    """
    Asks a service that may hang, for all threads of a process.

    After a question that failed it is not asked for some seconds, and while one goes unanswered for longer than usual
    no other is begun: those who come then wait for nothing.
    """

    def __init__(self, name):
        self.name, self._again_at = name, 0.0
        self._unanswered: dict[object, float] = {}

    def ask(self, question, otherwise, errors=(Exception,)):
        """What `question()` returns; `otherwise`, where it fails with one of these errors or was not asked."""
        now, me = time.monotonic(), object()
        if now < self._again_at or any(now - began > SLOW for began in list(self._unanswered.values())):
            return otherwise
        self._unanswered[me] = now
        try:
            return question()
        except errors as error:
            self._again_at = time.monotonic() + RESTS
            logger.warning("%s does not answer: %s.", self.name, type(error).__name__)
            return otherwise
        finally:
            del self._unanswered[me]

    def reset(self):
        self._again_at = 0.0


@cache
def breaker_of(address):
    """The one for that address: what one part of the program found out about a server, the others know."""
    return Breaker("Redis" if address.startswith("redis") else address)
