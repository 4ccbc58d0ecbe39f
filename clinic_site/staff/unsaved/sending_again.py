"""What staff sent and nobody may take yet, as they were signed out or signed in anew: a page that holds it all."""

from http import HTTPStatus

from django.contrib import admin
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from clinic_site.security import http
from clinic_site.staff.unsaved.keeping import KEY, NEVER_KEPT


def brings_words(request):
    """Whether a request brings a form of staff whose words are kept."""
    return request.method == "POST" and KEY in request.POST


def send_again(request):
    """
    The page with which the same is sent once more. Nothing is stored: nobody is signed in whose words these could be.
    """
    answers = [(name, value) for name, values in request.POST.lists() for value in values if name not in NEVER_KEPT]
    context = admin.site.each_context(request) | {
        "title": _("Not saved yet"),
        "answers": answers,
        "longest": max((value for name, value in answers if name != KEY), key=len, default=""),
        "has_files": bool(request.FILES),
    }
    response = render(request, "admin/send_again.html", context, status=HTTPStatus.FORBIDDEN)
    add_never_cache_headers(response)
    return response


def csrf_failure(request, reason=""):
    """Who signed in anew has a new token, so a page from before sends an old one: nothing typed is lost by that."""
    if brings_words(request) and http.is_from_our_own_page(request):
        return send_again(request)
    return http.csrf_failure(request, reason)
