"""The words of each mail: one text template a kind, from which the plain and the HTML form are both made."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from booking.models import OutboxMail
from clinic_site.dates import NO_BREAK
from clinic_site.hours import reply_by
from clinic_site.models import Clinic

ADDRESS = re.compile(r"https?://\S+")
NAMED_ADDRESS = re.compile(r"(?P<name>[^:]+): (?P<address>https?://\S+)")

# What the one button says, where it is not only the page that is opened.
BUTTONS = {
    OutboxMail.Kind.BOOKED: _("See my appointment"),
    OutboxMail.Kind.MOVED: _("See my appointment"),
    OutboxMail.Kind.REMINDER: _("Confirm that I am coming"),
    OutboxMail.Kind.OFFERED: _("Choose a time"),
    OutboxMail.Kind.EARLIER: _("See the earlier time"),
    OutboxMail.Kind.ANSWERED: _("Read the answer"),
    OutboxMail.Kind.ASK_CLINICIAN: _("Answer the desk"),
    OutboxMail.Kind.URGENT: _("Read and answer now"),
    OutboxMail.Kind.TELL_THE_DESK: _("Open the request"),
    OutboxMail.Kind.NEWS_FOR_THE_DESK: _("Open the request"),
}
OPEN_THE_PAGE = _("Open my private page")


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    text: str
    html: SafeString


def render_mail(kind, consultation_request, clinic, time=None) -> RenderedMail:
    """
    The mail of that kind about that request, as it stands now; or as it will be once `time` is booked, or lost.

    The template's first line is the subject. In the HTML form a line that is an address alone becomes the button, and
    one that names an address ('I cannot make it: https://…') a link.
    """
    return _render(kind, consultation_request, clinic, consultation_request.private_url, time)


def render_preview(kind, consultation_request, clinic, time=None) -> RenderedMail:
    """
    The same for staff who look at it before it goes.

    Its link is not the patient's: it opens their page for staff, where what is pressed is recorded as staff's.
    """
    return _render(kind, consultation_request, clinic, consultation_request.private_page_for_staff, time)


def _render(kind, consultation_request, clinic, link, time):
    cancelled = kind == OutboxMail.Kind.CANCELLED
    about = consultation_request.cancelled_consultation if cancelled else consultation_request.consultation
    time = time or (about.time if about else None)
    context = {"consultation_request": consultation_request, "clinic": clinic, "time": time, "link": link}
    rendered = render_to_string(f"mail/{kind}.txt", context).lstrip()
    subject, _blank, body = rendered.partition("\n\n")
    subject = subject.strip()
    text = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    blocks = [block for paragraph in text.strip().split("\n\n") for block in _blocks(paragraph)]
    button = BUTTONS.get(kind, OPEN_THE_PAGE)
    html = render_to_string(
        "mail/mail.html", {"subject": subject, "blocks": blocks, "clinic": clinic, "button": button}
    )
    return RenderedMail(subject.replace(NO_BREAK, " "), text, html)


def _blocks(paragraph):
    """A paragraph of the text as the HTML form shows it: its words, the button, and links with names."""
    words = []
    for line in paragraph.splitlines():
        named = NAMED_ADDRESS.fullmatch(line)
        if not named and not ADDRESS.fullmatch(line):
            words.append(line)
            continue
        if words:
            yield {"words": "\n".join(words)}
            words = []
        yield {"words": named["name"], "link": named["address"]} if named else {"button": line}
    if words:
        yield {"words": "\n".join(words)}


@dataclass(frozen=True)
class SampleTime:
    starts_at: datetime


@dataclass(frozen=True)
class SampleConsultation:
    time: SampleTime


@dataclass(frozen=True)
class SampleRequest:
    """What a mail is about, invented, for staff who look at what a mail says. Its link opens nothing."""

    reply_by: datetime
    consultation: SampleConsultation
    picked_time: SampleTime
    cancelled_consultation: SampleConsultation
    reference: str = "ABC-DEF"
    private_url: str = f"{settings.SITE_URL}/consultation/r/sample-link/"
    desk_url: str = f"{settings.SITE_URL}/admin/"


def render_sample(kind) -> RenderedMail:
    """That mail with sample values."""
    moment = reply_by(timezone.now())
    in_a_week = SampleTime(moment + timedelta(days=7))
    return render_mail(
        kind,
        SampleRequest(moment, SampleConsultation(in_a_week), in_a_week, SampleConsultation(in_a_week)),
        Clinic.profile(),
    )
