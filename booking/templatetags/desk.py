"""How the desk's pages show requests."""

from django import template
from django.utils.html import format_html

from booking.desk.steps import just_done
from booking.desk.worklist import in_bands
from booking.states import State

SIGNS = {
    State.RECEIVED: "●",
    State.IN_CONVERSATION: "◐",
    State.OFFERED: "◷",
    State.BOOKED: "✓",
    State.ATTENDED: "✓✓",
    State.MISSED: "✕",
    State.UNREACHABLE: "–",
}

register = template.Library()


@register.filter
def initials(name):
    """The first letter of each part of a name: what a sheet of paper may say of a person."""
    return " ".join(f"{part[0]}." for part in name.split())


@register.filter
def short_initials(name):
    """The same where three letters have room; titles such as 'Dr.' are left out."""
    parts = [part for part in name.split() if not part.endswith(".")] or name.split()
    return "".join(part[0] for part in parts[:3]).upper()


@register.filter
def breaks_at_sign(email):
    """An address that, where it has no room on one line, goes on in the next with its @."""
    name, sign, host = email.partition("@")
    return format_html("{}<wbr>{}{}", name, sign, host)


@register.filter
def at(things, number):
    """The thing of that number, from 0 on."""
    return things[number]


@register.simple_tag
def bands_of(requests):
    """The rows of the worklist in bands of urgency."""
    return in_bands(requests)


@register.inclusion_tag("admin/booking/undo_bar.html", takes_context=True)
def undo_bar(context):
    """What this member has just done to a request, with the way back; empty once it cannot be undone."""
    request = context["request"]
    consultation_request, line = just_done(request.user)
    return {"request": request, "consultation_request": consultation_request, "line": line}


@register.filter
def state_sign(state):
    """The sign that stands before the words for a state, so that it shows without its colour too."""
    return SIGNS.get(state, "□")


@register.simple_tag
def mark_of(cell, chosen, moving):
    """What a cell of the calendar is just now: the time that moves, where it would land, the chosen one, or nothing."""
    if moving and cell.time.request_id == moving["consultation_request"].pk:
        return "moving"
    if chosen and cell.time == chosen["time"]:
        return "landing" if moving else "chosen"
    return ""
