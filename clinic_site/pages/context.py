"""What every page says of the clinic."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from clinic_site.content_revision import KeptUntilChanged
from clinic_site.hours import weekly_table
from clinic_site.models import Banner, Clinic, Notice, TeamMember

cache = KeptUntilChanged(most=10)  # by language
_registered: dict[str, Callable[[], Any]] = {}


def register_of_every_page(name: str, make: Callable[[], Any]):
    """Register what an app above this one shows on every page, under that name in templates: kept with the rest."""
    _registered[name] = make


def clinic(request):
    """The clinic's profile, hours and notices, read only where a template asks for them."""
    of_every_page = SimpleLazyObject(lambda: cache.get(get_language(), _of_every_page))
    names = ("banners", "weekly_hours", "header_elsewhere", "footer", *_registered)
    own = {
        "site_url": settings.SITE_URL,
        "clinic": SimpleLazyObject(Clinic.profile),
    }  # the admin shows no more than that
    return own | {name: _lazy(of_every_page, name) for name in names}


def _lazy(things, name):
    return SimpleLazyObject(lambda: things[name])


def _of_every_page():
    clinic, weekly_hours = Clinic.profile(), weekly_table()
    in_footer = {
        "clinic": clinic,
        "weekly_hours": weekly_hours,
        "has_team": TeamMember.objects.exists(),
        "notices": Notice.objects.shown(),
    }
    registered = {name: make() for name, make in _registered.items()}
    return registered | {
        "banners": list(Banner.objects.showing(timezone.now())),
        "weekly_hours": weekly_hours,
        "header_elsewhere": render_to_string("components/header.html", registered | {"clinic": clinic}),
        "footer": render_to_string("components/footer.html", in_footer),
    }
