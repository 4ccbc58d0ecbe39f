"""Whoever asks whether the site is up: a balancer, a service that looks from outside, the machine itself."""

from urllib.parse import urlsplit

from django.conf import settings

ADDRESSES = ["/healthz", "/readyz"]


def answer_to_any_host(get_response):
    """Middleware. A probe asks a machine by its number, or by any name: it means this site."""
    our_host = urlsplit(settings.SITE_URL).netloc

    def middleware(request):
        if request.path_info in ADDRESSES:
            request.META["HTTP_HOST"] = our_host
        return get_response(request)

    return middleware


def quiet(response):
    """The same answer, without a line in the log: those who ask every few seconds note it themselves."""
    response._has_been_logged = True  # which Django asks before it writes one
    return response
