"""The site as a WSGI application, for gunicorn: published pages from memory, and Django behind them."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
django_application = get_wsgi_application()

from clinic_site.database.waiting import answer_soon  # noqa: E402 - settings and apps come first
from clinic_site.pages.page_cache import PublishedPages  # noqa: E402

answer_soon()
application = PublishedPages(django_application)
