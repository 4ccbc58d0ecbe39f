"""
The language of an address: /ar/visit/ is /visit/ in Arabic. Never a cookie or a header decides, so that the same
address is the same page for everybody.

Inside, a language is a prefix of all addresses, as the folder is into which a site is put: views, patterns and
templates know nothing of it.
"""

from contextlib import contextmanager

from django.conf import settings
from django.urls import get_script_prefix, set_script_prefix
from django.utils.translation import get_language_info, override

ORIGINAL = settings.LANGUAGE_CODE  # the language in which pages are written first; others are translations of it
# The first parts of the addresses that readers have. Staff, machines and files have theirs in no language.
READ = {"", "treatments", "search", "visit", "team", "privacy", "accessibility", "notices", "consultation", "preview"}
READ |= {"card.png"}


def language_and_path(path: str) -> tuple[str, str]:
    """The language of a path, and the path without it: ('ar', '/visit/')."""
    code, slash, rest = path.removeprefix("/").partition("/")
    if slash and code != ORIGINAL and code in dict(settings.LANGUAGES) and rest.partition("/")[0] in READ:
        return code, f"/{rest}"
    return ORIGINAL, path


def here(address: str) -> str:
    """An address of this site in the language of the page on which it stands."""
    prefix = get_script_prefix()
    if prefix == "/" or not address.startswith("/") or language_and_path(address)[0] != ORIGINAL:
        return address
    is_read = address.partition("#")[0].partition("?")[0].split("/")[1] in READ
    return f"{prefix.rstrip('/')}{address}" if is_read else address


def language_name(code: str) -> str:
    """A language by its own name, as those who speak it look for it."""
    try:
        return get_language_info(code)["name_local"]
    except KeyError:
        return str(dict(settings.LANGUAGES).get(code, code))


@contextmanager
def addresses_in(language: str):
    """Addresses in that language, within this."""
    before = get_script_prefix()
    set_script_prefix("/" if language == ORIGINAL else f"/{language}/")
    try:
        yield
    finally:
        set_script_prefix(before)


@contextmanager
def in_language(language: str):
    """Words and addresses in that language, within this."""
    with addresses_in(language), override(language):
        yield
