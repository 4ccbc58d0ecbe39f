"""The first page after signing in: panels that the apps register, each shown to those who may see what it holds."""

from collections.abc import Callable
from dataclasses import dataclass

COLUMNS = ("main", "side", "third")


@dataclass(frozen=True)
class Panel:
    """
    A part of the home page. `fill(request)` gives its context, or None where there is nothing to show.

    `column` is one of `COLUMNS`, `order` its place in it.
    """

    permission: str
    template: str
    column: str
    order: int
    fill: Callable


_panels: list[Panel] = []


def home_panel(permission, template, column="main", order=0):
    """Register a function as what fills a panel, for those who have the permission."""

    def register(fill):
        _panels.append(Panel(permission, template, column, order, fill))
        return fill

    return register


def panels_for(request, column) -> list[dict]:
    """The filled panels of a column, for whoever is signed in."""
    may = [panel for panel in _panels if panel.column == column and request.user.has_perm(panel.permission)]
    filled = [(panel, panel.fill(request)) for panel in sorted(may, key=lambda panel: panel.order)]
    return [{"template": panel.template, "panel": context} for panel, context in filled if context is not None]
