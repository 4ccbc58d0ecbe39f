"""
Which pages of the staff are written down, and in which words. The apps register theirs.

A page on which the name of a request was read is written down whether it is registered or not.
"""

from dataclasses import dataclass

from django.utils.functional import Promise

from clinic_site.models import AuditEntry


@dataclass(frozen=True)
class Page:
    """
    `words` say what a look at it was, `pressed` what sending something from it was; a page without `pressed` has
    forms that write themselves down, or change nothing. With `is_of_one` the number in its address is a request's.
    """

    words: str | Promise
    pressed: str | Promise = ""
    is_of_one: bool = False
    action: str = AuditEntry.Action.LOOKED


_pages: dict[str, Page] = {}


def register_pages(pages: dict[str, Page]):
    """Pages by the names of their addresses, such as `booking_consultationrequest_change`."""
    _pages.update(pages)


def page_named(name: str) -> Page | None:
    return _pages.get(name)
