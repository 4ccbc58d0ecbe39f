"""gunicorn for the site: the same in a demonstration and in a deployment, but for the address it listens on."""

import os

wsgi_app = "clinic_site.wsgi"
bind = f"127.0.0.1:{os.environ.get('PORT', '').strip() or '8000'}"  # a deployment names its own with --bind
worker_class = "gthread"
workers = 2
threads = 4
control_socket_disable = True
accesslog = None  # an address can carry a private link, so none is logged
logger_class = "clinic_site.logs.web_server.WebServerLogger"
limit_request_line = 2048
limit_request_fields = 64  # headers; browsers and proxies send about 30, each of up to 8 kB
# Nobody's header says where the application lives, or by which scheme it was reached: TRUSTED_PROXIES decides that.
forwarder_headers = ""
forwarded_allow_ips = ""
graceful_timeout = 15
# systemd hears that the server is ready once a worker has its pages, and not before one is there.
told_when_ready = os.environ.pop("NOTIFY_SOCKET", "")


def on_starting(server):
    """Refuse to start where that would do harm, in one sentence, before any worker is made."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
    import django

    django.setup()
    from django.db import connections

    from clinic_site.health.checks import stop_unless_safe_to_start
    from clinic_site.processes import end_with_starter

    end_with_starter()
    stop_unless_safe_to_start()
    connections.close_all()


def post_worker_init(worker):
    """
    Render the pages of the sitemap before the worker takes its first request, and follow what changes them.

    It looks after the site, too, when nobody else does.
    """
    import gc
    from contextlib import suppress

    from django.conf import settings
    from django.db import DatabaseError, connections
    from gunicorn.systemd import sd_notify

    from clinic_site.health.watching import watch
    from clinic_site.pages.away import write_away_page
    from clinic_site.urls import sitemaps

    kinds = [kind() for kind in sitemaps.values()] if settings.RENDERED_AT_START else []
    worker.wsgi.render_all([sitemap.location(item) for sitemap in kinds for item in sitemap.items()])
    with suppress(DatabaseError, OSError):  # the worker tries again each hour
        write_away_page()
    connections.close_all()  # this thread takes no requests
    gc.collect()
    gc.freeze()  # what is there now stays: no request looks through all of Django for what can go
    worker.wsgi.watch()
    watch()
    if told_when_ready:
        os.environ["NOTIFY_SOCKET"] = told_when_ready
        sd_notify("READY=1", worker.log, unset_environment=True)
