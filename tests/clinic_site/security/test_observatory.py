"""
The public rules of the HTTP Observatory (MDN), over our real responses: 100, plus and minus what each finding weighs.

The weights are those of its published scoring table (github.com/mdn/mdn-http-observatory, 2024).
"""

import re
from base64 import b64encode
from hashlib import sha384
from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from clinic_site.security.integrity import digest_of
from tests.factories import make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

LEAST, PUBLIC, WITH_COOKIES_AND_SCRIPTS = 130, 130, 140
HALF_A_YEAR = 15_768_000  # seconds
PAGES = ["/", "/treatments/microneedling/risks/", "/consultation/", "/visit/", "/no-such-page/"]
WITH_DIGEST = re.compile(r'<(?:script|link)\b[^>]*(?:src|href)="([^"]*)" integrity="sha384-([^"]*)"')
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)


@pytest.fixture
def over_https(settings):
    """As a deployment answers."""
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 365 * 24 * 3600, True
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The folder of static files, as a deployment collects them."""
    folder = tmp_path_factory.mktemp("static")
    manifest = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    with override_settings(STATIC_ROOT=folder, STORAGES=settings.STORAGES | {"staticfiles": manifest}):
        call_command("collectstatic", "--no-input", verbosity=0)
        digest_of.cache_clear()
        yield folder


def policy_of(response):
    directives = (part.split() for part in response["Content-Security-Policy"].split(";") if part.strip())
    return {name: sources for name, *sources in directives}


def for_policy(policy):
    """+10: nothing but what is named, no inline, no eval, and nothing by default."""
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    if {"'unsafe-inline'", "data:", "*", "https:"} & set(scripts):
        return -20
    if "'unsafe-eval'" in scripts:
        return -10
    if "'unsafe-inline'" in policy.get("style-src", policy.get("default-src", ["*"])):
        return 0
    return 10 if policy.get("default-src") == ["'none'"] else 5


def for_cookies(response):
    cookies = SimpleCookie()
    for morsel in response.cookies.values():
        cookies[morsel.key] = morsel.value
        cookies[morsel.key].update({name: value for name, value in morsel.items() if value})
    if not cookies:
        return 0
    for morsel in cookies.values():
        if not morsel["secure"]:
            return -20
        if not morsel["httponly"]:
            return -30
    return 5 if all(morsel["samesite"] in ("Lax", "Strict") for morsel in cookies.values()) else 0


def for_transport(response):
    header = response.headers.get("Strict-Transport-Security", "")
    found = re.search(r"max-age=(\d+)", header)
    if not found:
        return -20
    return 0 if int(found[1]) >= HALF_A_YEAR else -10


def for_scripts(response):
    """+5: a digest in each tag. Nothing where they come from our own address without one."""
    scripts = SCRIPT.findall(response.text)
    if any(words.strip() and "application/ld+json" not in tag for tag, words in scripts):
        return -50  # inline, though the policy would stop it
    sources = [re.search(r'src="([^"]*)"', tag)[1] for tag, _words in scripts if "src=" in tag]
    if any(source.startswith(("http:", "//")) for source in sources):
        return -50
    digests = sum('integrity="sha384-' in tag for tag, _words in scripts)
    return 5 if sources and digests == len(sources) else 0


def score(response):
    headers = response.headers
    return 100 + sum(
        [
            for_policy(policy_of(response)),
            for_cookies(response),
            for_transport(response),
            for_scripts(response),
            5 if headers.get("Referrer-Policy") in ("same-origin", "no-referrer", "strict-origin") else 0,
            0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
            5 if policy_of(response).get("frame-ancestors") == ["'none'"] else 0,
            10 if headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site") else 0,
            -50 if headers.get("Access-Control-Allow-Origin") == "*" else 0,
        ]
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_public_page_has_all_that_a_page_without_cookies_can_have(over_https, page):
    response = Client().get(page, secure=True)
    assert score(response) == PUBLIC


@pytest.mark.parametrize("page", ["/admin/sign-in/", "/admin/"])
def test_a_page_of_the_staff_never_has_less(over_https, page):
    client = Client()
    if page == "/admin/":
        sign_in(client, make_staff("manager"))
    response = client.get(page, secure=True)
    assert response.status_code == 200 and score(response) >= LEAST


@pytest.mark.parametrize("page", ["/admin/sign-in/", "/admin/"])
def test_the_scripts_of_a_page_of_the_staff_are_held_against_their_digests(over_https, collected, page):
    client = Client()
    if page == "/admin/":
        sign_in(client, make_staff("manager"))
    response = client.get(page, secure=True)
    assert for_scripts(response) == 5 and score(response) == WITH_COOKIES_AND_SCRIPTS
    for address, digest in WITH_DIGEST.findall(response.text):
        file = collected / address.removeprefix("/static/")
        assert digest == b64encode(sha384(file.read_bytes()).digest()).decode()
    assert 'css"' not in "".join(re.findall(r"<link[^>]*stylesheet[^>]*>", WITH_DIGEST.sub("", response.text)))


def test_plain_http_leads_to_https_at_the_same_host(over_https):
    response = Client().get("/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/")
