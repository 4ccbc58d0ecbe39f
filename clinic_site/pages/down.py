"""Links to what is not there now. Each app says of its own pages which are down."""

from collections.abc import Callable

_registered: list[Callable[[str], bool]] = []


def register_down(is_down: Callable[[str], bool]):
    """Register a function that says whether nothing is to be read at an address of its app now."""
    _registered.append(is_down)


def is_down(address: str) -> bool:
    """Whether nothing is to be read at that address now, so that no link may lead there."""
    return any(asked(address) for asked in _registered)
