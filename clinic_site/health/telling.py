"""Tells the operator that a problem began or ended: by mail to OWNER_EMAIL and by a POST to ALERT_URL, each once."""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from clinic_site.health.checks import Level, health_check
from clinic_site.health.outside import post
from clinic_site.models import OperatorMessage

FAILS_FOR_LONG = 3  # tries
logger = logging.getLogger(__name__)


def tell_what_is_owed():
    """Send the messages that are owed. A way that fails is left alone until its next try, and holds up no other."""
    for way in OperatorMessage.ways():
        while message := OperatorMessage.objects.lease_next(way):
            try:
                _send[way](message)
            except Exception as error:  # noqa: BLE001 - whatever went wrong, the message stays owed
                message.record_failure()
                logger.warning("Word of trouble not sent by %s: %s.", way, type(error).__name__)
                break
            message.mark_sent()


def _mail(message):
    subject, _line, words = render_to_string("clinic_site/problem.txt", _words(message)).partition("\n\n")
    key = f"{message.problem_id}-{message.problem.began_at:%Y%m%d%H%M%S}-{'end' if message.is_end else 'begin'}"
    headers = {
        "Message-ID": f"<problem-{key}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    EmailMessage(subject, words, None, [settings.OWNER_EMAIL], headers=headers).send()


def _post(message):
    problem = message.problem
    subject = render_to_string("clinic_site/problem.txt", _words(message)).partition("\n\n")[0]
    post(
        settings.ALERT_URL,
        {
            "text": f"{subject}: {problem.words}",  # what Slack, Mattermost and others show
            "id": message.pk,
            "site": settings.SITE_URL,
            "what": "ended" if message.is_end else "began",
            "level": problem.level,
            "check": problem.name,
            "words": problem.words,
            "began_at": problem.began_at.isoformat(),
            "ended_at": problem.ended_at.isoformat() if message.is_end else None,
        },
    )


_send = {OperatorMessage.Way.MAIL: _mail, OperatorMessage.Way.ADDRESS: _post}


def _words(message):
    return {
        "problem": message.problem,
        "is_end": message.is_end,
        "is_stop": message.problem.level == Level.STOP,
        "host": urlsplit(settings.SITE_URL).netloc,
        "site_url": settings.SITE_URL,
    }


@health_check("word of trouble", Level.TROUBLE)
def operator_cannot_be_told():
    """The one way says that the other fails."""
    failing = OperatorMessage.objects.owed().filter(attempts__gte=FAILS_FOR_LONG, way__in=OperatorMessage.ways())
    names = {OperatorMessage.Way.MAIL: "OWNER_EMAIL", OperatorMessage.Way.ADDRESS: "ALERT_URL"}
    ways = sorted(names[OperatorMessage.Way(way)] for way in failing.values_list("way", flat=True).distinct())
    if not ways:
        return ""
    return (
        f"Word of trouble does not reach {' and '.join(ways)}: see that it is right, and that what it leads to works."
    )
