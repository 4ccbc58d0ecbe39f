"""What staff are told after a click, in a cookie that only this host can set."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    cookie_name = "__Host-messages" if settings.SESSION_COOKIE_SECURE else "messages"


class HostStorage(FallbackStorage):
    """The cookie, and the session for what does not fit."""

    storage_classes = (HostCookieStorage, SessionStorage)
