"""
Signals that a request was sent by a program. They never refuse one: a suspect is kept apart, and the desk decides.

No puzzle, no third party. Suspects do not use up the limit of their source, so people behind the same address as a bot
still pass.
"""

import re
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from booking.models import ConsultationRequest
from clinic_site.models import Limits
from clinic_site.security.sources import count_from, source_of

FASTEST = timedelta(seconds=2)  # between the opened form and the answer
MOST_FROM_ONE_FORM = 5  # requests with different answers from the same opened form
MOST_LINKS = 1  # in the patient's own words
TEN_MINUTES, HOUR, DAY = 600, 3600, 24 * 3600  # seconds
LINK = re.compile(r"https?://(?:www\.)?|www\.|\[url|<a\s", re.IGNORECASE)


class Suspicion(models.TextChoices):
    """Why a request looks like spam, in words for the desk."""

    TRAP = "trap", _("a field that people cannot see was filled in")
    UNOPENED = "unopened", _("it was sent without opening the form")
    TOO_FAST = "too-fast", _("it was filled in within two seconds")
    SAME_FORM = "same-form", _("many different requests came from one opened form")
    LINKS = "links", _("it holds web links where people write none")
    TOO_MANY = "too-many", _("too many requests came from one place in ten minutes")


def suspicions_about(form, http_request) -> list[str]:
    """What speaks against a valid form; empty for a person."""
    found = [suspicion for suspicion, holds in _signals(form) if holds]
    if not found:
        source = source_of(http_request)
        if count_from(source, "requests", TEN_MINUTES) > Limits.now().from_source:
            found.append(Suspicion.TOO_MANY)
    return [suspicion.value for suspicion in found]


def is_past_all_limits(http_request) -> bool:
    """Whether this place has sent more in a day, or all have in an hour, than the site takes from anybody."""
    limits = Limits.now()
    return (
        count_from(source_of(http_request), "requests-a-day", DAY) > limits.from_source_a_day
        or count_from("everybody", "requests-an-hour", HOUR) > limits.in_all_an_hour
    )


def _signals(form):
    answers = form.cleaned_data
    opened = form.opened_for
    yield Suspicion.TRAP, bool(answers["leave_empty"])
    yield Suspicion.UNOPENED, opened is None
    yield Suspicion.TOO_FAST, opened is not None and opened < FASTEST
    yield Suspicion.SAME_FORM, _is_used_up(form.instance.opened_form)
    yield (
        Suspicion.LINKS,
        bool(LINK.search(answers["name"])) or holds_too_many_links(answers.get("concern", "")),
    )


def holds_too_many_links(words):
    """Whether somebody's own words hold more than the one link that people do write."""
    return len(LINK.findall(words)) > MOST_LINKS


def _is_used_up(opened_form):
    return bool(opened_form) and (
        ConsultationRequest.objects.filter(opened_form=opened_form).count() >= MOST_FROM_ONE_FORM
    )
