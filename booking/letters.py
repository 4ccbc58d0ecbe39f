"""The words of each mail: one text template a kind, from which the plain and the HTML form are both made."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from clinic_site.hours import reply_by
from clinic_site.models import Clinic

ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: SafeString


def write(kind, request, clinic, time=None) -> Letter:
    """
    The mail of that kind about that request, as it stands now; or as it will be once it is booked at `time`.

    The template's first line is the subject. A line that is an address alone becomes a button in the HTML form.
    """
    booked = request.consultation.time if request.consultation else None
    rendered = render_to_string(f"mail/{kind}.txt", {"request": request, "clinic": clinic, "time": time or booked})
    subject, _blank, body = rendered.partition("\n\n")
    subject = subject.strip()
    text = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    blocks = [{"text": line, "is_link": bool(ADDRESS.fullmatch(line))} for line in text.splitlines() if line.strip()]
    html = render_to_string("mail/letter.html", {"subject": subject, "blocks": blocks, "clinic": clinic})
    return Letter(subject, text, html)


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
    reference: str = "ABC-DEF"
    private_url: str = f"{settings.SITE_URL}/consultation/r/sample-link/"
    desk_url: str = f"{settings.SITE_URL}/admin/"


def preview(kind) -> Letter:
    """That mail with sample values."""
    moment = reply_by(timezone.now())
    in_a_week = SampleTime(moment + timedelta(days=7))
    return write(kind, SampleRequest(moment, SampleConsultation(in_a_week), in_a_week), Clinic.profile())
