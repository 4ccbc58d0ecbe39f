"""
Each look of staff is one row: what was read is known once the page is made, and it is sent once the row is there.

What is pressed is written down before it is done, so that nothing is done that could not be written down.
"""

import logging
from functools import wraps

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.loader import render_to_string

from clinic_site.audit.pages import page_named
from clinic_site.audit.recording import Action, NotWritten, reading, record
from clinic_site.numbers import number_in

logger = logging.getLogger(__name__)

STEP_LENGTH = 40


def audited(view):
    """Write down each look and each press in a view of the staff; without the row, nothing is shown or done."""

    @wraps(view)
    def watched(request, *args, **kwargs):
        try:
            return _watched(view, request, args, kwargs)
        except NotWritten as error:
            return not_written(request, error)

    return watched


def not_written(request, error):
    """The page that says that nothing is shown, since nobody could write down who looked."""
    logger.error("%s was refused, as the audit could not be written: %s.", request.path, type(error.__cause__).__name__)
    response = HttpResponse(render_to_string("admin/not_written.html"), status=503)
    response["Cache-Control"] = "no-store"
    return response


def _watched(view, request, args, kwargs):
    name = request.resolver_match.url_name or ""
    page = page_named(name)
    pressed = _write_press(request, name, page, kwargs) if request.method == "POST" and page and page.pressed else None
    with reading() as read:
        try:
            response = view(request, *args, **kwargs)
        except PermissionDenied:
            record(Action.REFUSED, request.user, request, page=name, about=_numbers_in(page, kwargs))
            raise
        if hasattr(response, "render") and callable(response.render) and not response.is_rendered:
            response.render()
    if pressed is None:
        _write_look(request, name, page, kwargs, response, read)
    elif response.status_code not in REDIRECTS and set(read) - set(pressed.requests):
        record(Action.LOOKED, request.user, request, page=name, about=read)
    return response


REDIRECTS = (301, 302, 303)


def _write_press(request, name, page, kwargs):
    """A row before anything is done: which button, and for which requests."""
    about = _numbers_in(page, kwargs) or filter(None, map(number_in, request.POST.getlist(ACTION_CHECKBOX_NAME)))
    step = str(kwargs.get("action") or request.POST.get("action") or "")
    details = {"step": step} if step.replace("-", "").replace("_", "").isalnum() and len(step) <= STEP_LENGTH else {}
    return record(Action.PRESSED, request.user, request, page=name, about=about, details=details)


def _write_look(request, name, page, kwargs, response, read):
    """One row, where somebody's request was read, where the view says more, or where the page is registered."""
    noted = getattr(request, "audit_details", {})
    is_registered = page is not None and not (request.method == "POST" and page.pressed)
    if response.status_code in REDIRECTS or not (read or noted or is_registered):
        return
    searched = bool(request.GET.get("q", "").strip())
    action = Action.SEARCHED if searched else page.action if page else Action.LOOKED
    own = _numbers_in(page, kwargs)
    details = noted | ({"of": own[0]} if own else {})
    record(action, request.user, request, page=name, about=[*own, *read], details=details)


def _numbers_in(page, kwargs):
    """The number of the request in the address of a page that is of one."""
    number = number_in(str(kwargs.get("pk") or kwargs.get("object_id") or "")) if page and page.is_of_one else None
    return [number] if number else []
