"""All addresses that the project has, from its URL configuration: what the table of access is held against."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def all_addresses() -> Iterator[tuple[str, list[str]]]:
    """The full name of each address, with the names of its parts; those without a name by their pattern."""
    yield from _below(get_resolver(), "", [])


def _below(resolver, space, parts) -> Iterator[tuple[str, list[str]]]:
    for entry in resolver.url_patterns:
        own = [*parts, *_parts_of(entry.pattern)]
        if isinstance(entry, URLResolver):
            yield from _below(entry, f"{space}{entry.namespace}:" if entry.namespace else space, own)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name or entry.pattern}", own


def _parts_of(pattern):
    return list(getattr(pattern, "converters", {}) or pattern.regex.groupindex)
