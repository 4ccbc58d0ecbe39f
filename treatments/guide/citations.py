"""Numbers the sources of one page in the order in which its text cites them."""

from itertools import groupby

from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from treatments.models import Source


class Citations:
    """
    One page's sources. Text is rendered first, the list after it, so a number is given when it is first used.

    A mark stands for all the sources of a sentence and leads to the first; each source leads back to the first mark
    that names it.
    """

    do_not_call_in_templates = True  # a template wants the list, not a call without keys

    def __init__(self):
        self._known = {source.key: source for source in Source.objects.all()}
        self._numbers: dict[str, int] = {}
        self._marks = 0

    def __call__(self, keys):
        """The mark that stands for these source keys; a key that is no source is passed over."""
        numbers = sorted({self._number(key) for key in keys if key in self._known})
        if not numbers:
            return ""
        self._marks += 1
        for key in keys:
            if key in self._known and not hasattr(self._known[key], "mark"):
                self._known[key].mark = self._marks
        named = get_text_list(numbers, _("and"))
        label = ngettext("Source %(numbers)s", "Sources %(numbers)s", len(numbers)) % {"numbers": named}
        return format_html(
            '<a class="cite" id="cite-{}" href="#source-{}" aria-label="{}">{}</a>',
            *(self._marks, numbers[0], label, shortened(numbers)),
        )

    def listed(self):
        """The sources cited so far, first cited first; `mark` of each is the first mark that names it."""
        return [self._known[key] for key in self._numbers]

    def live(self):
        """Every live source there is, in the order of the keys."""
        live = [source for source in self._known.values() if source.is_live]
        return sorted(live, key=lambda source: (len(source.key), source.key))

    def number_all(self, sources):
        """Number these sources after those that are cited, so that the list has them too."""
        for source in sources:
            self._number(source.key)

    def _number(self, key):
        return self._numbers.setdefault(key, len(self._numbers) + 1)


def shortened(numbers):
    """Numbers as a mark shows them: 1, 5–7."""
    stretches = []
    for _gap, stretch in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        first, *rest = [number for _place, number in stretch]
        stretches.append(f"{first}–{rest[-1]}" if rest else str(first))
    return ", ".join(stretches)
