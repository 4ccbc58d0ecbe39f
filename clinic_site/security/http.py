"""What every response says to the browser, and what no request may contain."""

from functools import wraps

from django.core.exceptions import BadRequest
from django.shortcuts import render

from clinic_site.security.uploads import stop_if_too_many_fields


class PolicyHeadersMiddleware:
    """Headers that neither Django nor django-csp sets; on pages, admin and static files alike."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response


def same_origin_only(view):
    """
    Refuse a POST that another site's page sends in a visitor's name.

    For forms that need no session: readers get no cookie, so there is none that a token could be compared with.
    Browsers name the sending site in Sec-Fetch-Site and Origin; a client that names none has no visitor to abuse.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method == "POST" and not is_from_our_own_page(request):
            return csrf_failure(request, reason="the form was sent from another site")
        stop_if_too_many_fields(request)
        return view(request, *args, **kwargs)

    guarded.csrf_exempt = True
    return guarded


def is_from_our_own_page(request):
    """What browsers say of where a form was; a client that says nothing has no visitor to abuse."""
    sent_from = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    return sent_from in ("same-origin", "none") and (origin is None or origin.partition("://")[2] == request.get_host())


def refuse_null_characters(get_response):
    """An address with a null character is nobody's honest request, and PostgreSQL cannot even compare it."""

    def middleware(request):
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("null character in the address")
        return get_response(request)

    return middleware


def csrf_failure(request, reason=""):
    """A form came without its token, or from another site: say what to do about it."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
