"""Settings of the clinic's site. What differs between installations comes from the environment (docs/operations.md)."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from huey.serializer import SignedSerializer

from clinic_site.environment import Environment, redis_within
from clinic_site.logs.configuration import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
# What was encrypted is restored with the keys that encrypted it, never with new ones.
env = Environment(os.environ, default_data_dir=BASE_DIR / "var", makes_keys=sys.argv[1:2] != ["restore"])

YEAR = 365 * 24 * 3600  # seconds
DEMO = env.demo
DATA_DIR = env.data_dir
PORT = env.number("PORT", 8000, lowest=1, highest=65535)

SECRET_KEY, *SECRET_KEY_FALLBACKS = env.secret_keys()
FIELD_KEYS = env.field_keys()
BACKUP_KEYS = env.backup_keys()  # of BACKUP_KEY
AUDIT_KEYS = env.audit_keys()  # of AUDIT_KEY
BACKUP_TO = env.folder("BACKUP_TO")
STATIC_DIR = env.folder("STATIC_DIR")
MEDIA_DIR = env.folder("MEDIA_DIR")
SITE_URL = env.site_url(in_demo=f"http://127.0.0.1:{PORT}")
ALLOWED_HOSTS = env.allowed_hosts(in_demo="127.0.0.1,localhost,[::1]")
OWNER_EMAIL = env.owner_email(in_demo="owner@clinic.example")
ALERT_URL = env.outside_address("ALERT_URL")
WATCHDOG_URL = env.outside_address("WATCHDOG_URL")
LOG_FORMAT = env.one_of("LOG_FORMAT", ["line", "json"])
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, highest=9)
HSTS_SECONDS = env.number("HSTS_SECONDS", YEAR, highest=2 * YEAR)
HSTS_SUBDOMAINS = env.one_of("HSTS_SUBDOMAINS", ["no", "yes"])
REDIS_URL = env.redis()
DATABASES = {"default": env.database()}
MEDIA = env.media()
globals().update(env.mail())
env.stop_if_incomplete()

DEBUG = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "clinic_site.apps.ClinicAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "crispy_forms",
    "huey.contrib.djhuey",
    "phonenumber_field",
    "treatments",
    "booking",
    "clinic_site",  # last: its roles hand out the permissions of all the apps above
]

MIDDLEWARE = [
    "clinic_site.logs.request_ids.give_request_id",  # the outermost: what all others say has it
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "clinic_site.security.http.PolicyHeadersMiddleware",
    "csp.middleware.CSPMiddleware",  # before WhiteNoise, so that static files carry the policy too
    "clinic_site.security.http.refuse_null_characters",
    "clinic_site.health.probes.answer_to_any_host",  # before what looks at the host
    "clinic_site.security.uploads.refuse_large_bodies",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic_site.pages.languages.answer_in_language_of_address",  # before all that look at the path
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "clinic_site.security.integrity.add_digests",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "clinic_site.urls"
WSGI_APPLICATION = "clinic_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["clinic_site.pages.template_loader.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic_site.pages.context.clinic",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

# Accounts

AUTH_USER_MODEL = "clinic_site.StaffMember"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds that an enrolment link lives
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"

# The one door for staff (docs/decisions/0016-one-door.md)

SESSION_ENGINE = "clinic_site.staff.session_store"
WORKING_DAY = timedelta(hours=12)  # after which everybody signs in anew
DESK_LOCKS_AFTER = timedelta(minutes=15)  # without a sign of its owner
PASSWORD_HOLDS_FOR = timedelta(minutes=10)  # until exports and changes of rights ask for it again
GUESSES_AN_HOUR = {"account": 10, "device": 10, "source": 300 if DEMO else 60}  # wrong ones
ACCOUNT_ADAPTER = "clinic_site.staff.sign_in.DoorAdapter"
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # guesses are counted in clinic_site/staff/guesses.py, before the hash
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "clinic_site.staff.second_factor.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODE_COUNT = 10
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, before and after

# Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [  # among which the clinic's record chooses; English alone until then
    *[("en", _("English")), ("ar", _("Arabic")), ("es", _("Spanish"))],
    *[("sq", _("Albanian")), ("pl", _("Polish")), ("uk", _("Ukrainian"))],
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/Detroit"
USE_I18N = True
USE_TZ = True

# Pages in memory

RENDERED_AT_START = True  # each page of the sitemap in each web worker, before its first request
CONTENT_CHANGES = DATA_DIR / "content_changes"  # how often content was changed, for the web workers of this machine

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = STATIC_DIR or DATA_DIR / "static"  # DATA_DIR is nobody else's to read, a proxy's neither
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": MEDIA,
    "staticfiles": {"BACKEND": "clinic_site.pages.static_files.JoinedStylesStorage"},
}
MEDIA_ROOT = MEDIA_DIR or DATA_DIR / "media"
MEDIA_SENT_BY_PROXY = bool(MEDIA_DIR) and "FileSystem" in MEDIA["BACKEND"]  # files that a proxy reads, not a store

# Forms

CRISPY_TEMPLATE_PACK = "clinic"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["clinic"]
PHONENUMBER_DEFAULT_REGION = "US"
PHONENUMBER_DB_FORMAT = "E164"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes; the longest honest form is about 10 kB
FILE_UPLOAD_HANDLERS = [
    "clinic_site.security.uploads.StaffAlone",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # the admin's longest page has about 500

# Mail

DEFAULT_FROM_EMAIL = SERVER_EMAIL = OWNER_EMAIL

# Work that the web does not wait for

HUEY = {
    "name": "clinic",
    "huey_class": "huey.RedisHuey" if REDIS_URL else "huey.SqliteHuey",
    "immediate": False,
    "serializer": SignedSerializer(secret=SECRET_KEY, salt="queue"),  # nobody else's pickle is loaded (CWE-502)
    "results": False,
    "connection": {"url": redis_within(REDIS_URL, seconds=1.5)}
    if REDIS_URL
    else {"filename": str(DATA_DIR / "queue.sqlite3"), "timeout": 1},
    "consumer": {"workers": 2, "max_delay": 1.0},
}

# Looking after the site

LOOKS_APART = timedelta(seconds=50)  # from one look at all checks to the next

# Clicks that are taken back

UNDO_BY_STAFF = timedelta(minutes=1)  # and as long rests the mail that a click of the desk owes

# How long things are kept; requests and the audit as the manager says (clinic_site/models/limits.py)

LINK_LIVES_ON = timedelta(days=30)  # after the request has come to an end
UNSAVED_WORDS_KEPT = timedelta(days=1)  # what staff typed and did not save

# Limits, until a manager changes them (clinic_site/models/limits.py)

REQUESTS_FROM_ONE_SOURCE = 300 if DEMO else 60  # in ten minutes: a clinic or a telephone network can be one source
HOLDS_FROM_ONE_SOURCE = 100 if DEMO else 10  # times picked in a day that the desk has yet to confirm
CACHES = {
    "default": {
        "BACKEND": f"clinic_site.shared_cache.{'ForgivingRedisCache' if REDIS_URL else 'ForgivingFileCache'}",
        "LOCATION": redis_within(REDIS_URL, seconds=1) if REDIS_URL else str(DATA_DIR / "cache.sqlite3"),
    }
}


# Security

https = urlsplit(SITE_URL).scheme == "https"
SECURE_SSL_REDIRECT = https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked on the machine, in clear
SECURE_HSTS_SECONDS = HSTS_SECONDS if https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_SUBDOMAINS == "yes"  # the clinic may have others, which are not ours to bind
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = https
SESSION_COOKIE_NAME = "__Host-staff" if https else "staff"
MESSAGE_STORAGE = "clinic_site.security.messages.HostStorage"
CSRF_COOKIE_NAME = "__Host-csrf" if https else "csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(WORKING_DAY.total_seconds())
CSRF_FAILURE_VIEW = "clinic_site.staff.unsaved.sending_again.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Logs: to the terminal or the journal, never with what a patient typed

LOGGING = logging_config(LOG_FORMAT)
