"""What is said while the database does not answer: 503, when to come again, and what the clinic's number is."""

from functools import wraps

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.log import log_response

from clinic_site.models import Clinic

AWAY = (OperationalError, InterfaceError)  # locked, gone, hung up, or not in time
COME_AGAIN = 10  # seconds


def unavailable(request, error, template="503.html", **context):
    """A page that reads nothing: in the site's look, with the clinic's number as it was last known."""
    words = render_to_string(template, context | said_without_database(request))
    response = come_again(HttpResponse(words, status=503))
    log_response("503", request=request, response=response, exception=error)
    return response


def said_without_database(request):
    """What a page says that can ask nobody: the clinic's number as it was last known, and the request's name."""
    return {"clinic": Clinic.last_known, "request_id": getattr(request, "request_id", "")}


def come_again(response):
    """The same answer, with the word when to try again; nobody keeps it."""
    response["Retry-After"], response["Cache-Control"] = str(COME_AGAIN), "no-store"
    return response


def keeps_answers(labels):
    """
    For a view that takes a patient's answers: where they cannot be stored, the page that says so holds them all.

    It reads nothing, and sends the same once more. `labels` names what patients type, which is shown to them.
    """

    def decorate(view):
        @wraps(view)
        def kept(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except AWAY as error:
                if request.method != "POST":
                    raise
                answers = [(name, value) for name, values in request.POST.lists() for value in values]
                typed = [(labels[name], value) for name, value in answers if name in labels and value]
                sent_to = {"address": request.path, "answers": answers, "typed": typed}
                return unavailable(request, error, "booking/send_again.html", **sent_to)

        return kept

    return decorate
