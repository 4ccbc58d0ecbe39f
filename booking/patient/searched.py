"""The form and the way back to a link, in the guide's search."""

from django.urls import reverse
from django.utils.translation import gettext as _

from treatments.guide.search.passages import Searched, register_searched


@register_searched
def pages():
    """What they say of themselves, in short."""
    yield Searched(
        _("Request a consultation"),
        "",
        reverse("booking:request"),
        _(
            "Your name and one way to reach you are enough, and it takes about a minute. Tell us there which language "
            "you prefer, whether you want an interpreter, and what you need at your visit."
        ),
        _("appointment, book, schedule, form, ask us, interpreter, language"),
    )
    yield Searched(
        _("Send my link again"),
        "",
        reverse("booking:find"),
        _("Lost the private link to your request? We send it to the email address that you gave us."),
        _("find my request, lost link, change or cancel my appointment, status"),
    )
