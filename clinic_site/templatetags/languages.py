"""Tags for the language of a page and of the words on it, where that is another one."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language

from clinic_site.languages import ORIGINAL, addresses_in, here, language_and_path, language_name

register = template.Library()


def is_right_to_left(language):
    return language.split("-")[0] in settings.LANGUAGES_BIDI


@register.simple_tag
def lang_of(words, inline=False):
    """
    The attributes of an element whose words are in another language than what is around it; nothing where they are not.

    `words`: a language, or a version. `inline`: of a few words in a row of others, whose place does not change sides.
    """
    language = getattr(words, "language", words)
    if not language or language == get_language():
        return ""
    if inline:
        return format_html(' lang="{}"', language)
    return format_html(' lang="{}" dir="{}"', language, "rtl" if is_right_to_left(language) else "ltr")


@register.simple_tag
def in_own_language(words, of, is_block=False):
    """
    Words in a line of the page, or a block of them, marked where they are in another language than it. `of`: as in
    `lang_of`.
    """
    mark = lang_of(of, inline=not is_block)
    return format_html("<div{0}>{1}</div>" if is_block else "<span{0}>{1}</span>", mark, words) if mark else words


@register.simple_tag(takes_context=True)
def language_of_words(context):
    """The language of what a page says, where that may be another than the page's: of its version, or `words_in`."""
    version = _version_of(context)
    return version.language if version else context.get("words_in") or get_language()


@register.simple_tag(takes_context=True)
def canonical_path(context, words):
    """The path under which search engines know the page: the original's, where it is not translated."""
    path = context["request"].path
    return path if words == get_language() else language_and_path(path)[1]


@register.simple_tag(takes_context=True)
def translations(context):
    """The languages in which the words of a page can be read, each with the address of the page."""
    codes = [ORIGINAL, *context["clinic"].languages]
    if version := _version_of(context):
        translated = version.unit.languages_now()
        codes = [code for code in codes if code in translated]
    elif words_in := context.get("words_in"):
        codes = [words_in]
    return [(code, _address(context, code)) for code in codes]


@register.simple_tag(takes_context=True)
def page_in_languages(context):
    """The same page in each of the clinic's languages: code, name and address."""
    codes = [ORIGINAL, *context["clinic"].languages]
    return [(code, language_name(code), _address(context, code)) for code in codes]


@register.filter
def in_page_language(address):
    """An address that staff wrote, in the language of the page."""
    return here(address)


def _version_of(context):
    """The words that make up the page: a version, or on pages of several the one that counts."""
    return context.get("version") or context.get("words_of")


def _address(context, code):
    with addresses_in(code):
        return here(language_and_path(context["request"].path)[1])
