"""Numbers the sources of one page in the order in which its text cites them."""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from treatments.models import Source


class Citations:
    """One page's sources. Text is rendered first, the list after it, so a number is given when it is first used."""

    do_not_call_in_templates = True  # a template wants the list, not a call without keys

    def __init__(self):
        self._known = {source.key: source for source in Source.objects.all()}
        self._numbers: dict[str, int] = {}

    def __call__(self, keys):
        """The superscript links that stand for these source keys; a key that is no source is passed over."""
        numbers = sorted({self._number(key) for key in keys if key in self._known})
        links = format_html_join(
            ", ", '<a href="#source-{}" aria-label="{} {}">{}</a>', ((n, _("Source"), n, n) for n in numbers)
        )
        return format_html("<sup>{}</sup>", links) if numbers else ""

    def listed(self):
        """The sources cited so far, first cited first."""
        return [self._known[key] for key in self._numbers]

    def everything(self):
        """Number every source there is, in the order of the keys, and list them all."""
        for key in sorted(self._known, key=lambda key: (len(key), key)):
            self._number(key)
        return self.listed()

    def _number(self, key):
        return self._numbers.setdefault(key, len(self._numbers) + 1)
