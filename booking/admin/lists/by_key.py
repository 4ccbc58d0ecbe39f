"""
A list whose every page costs the same: counted up to a thousand, in numbered pages; past that by the key of a row.

A page far down by its number would read all rows before it. By key it is looked up in the index of the list's order.
"""

from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property

from booking.desk.worklist import MOST_COUNTED
from booking.models.requests.querysets import MOST_FOUND
from clinic_site.numbers import number_in

FOUND_ON_A_PAGE = 20  # of a search: whoever is not among the newest is found by another word
AFTER, BEFORE, LAST = "after", "before", "last"


class BoundedPaginator(Paginator):
    """Counts what is there up to a thousand, and says whether there is more."""

    @cached_property
    def counted(self):
        return self.object_list.order_by().values("pk")[: MOST_COUNTED + 1].count()

    @property
    def count(self):
        return min(self.counted, MOST_COUNTED)

    @property
    def goes_on(self):
        return self.counted > MOST_COUNTED


class ListByKey(ChangeList):
    """The worklist, by pages: those with a number, then by key, and the last one read from its end."""

    def get_filters_params(self, params=None):
        kept = super().get_filters_params(params)
        for name in (AFTER, BEFORE):
            kept.pop(name, None)
        return kept

    def get_results(self, request):
        if self.query:
            self.list_per_page = FOUND_ON_A_PAGE
        after, before = key_in(request.GET.get(AFTER)), key_in(request.GET.get(BEFORE))
        is_last = request.GET.get(PAGE_VAR) == LAST
        if self.page_num * self.list_per_page > MOST_COUNTED:
            is_last, self.page_num = True, 1
        super().get_results(request)
        self.goes_on, self.is_numbered = self.paginator.goes_on, True
        self.found_most = bool(self.query) and self.result_count == MOST_FOUND
        if not self.goes_on:
            if is_last:
                self.page_num = self.paginator.num_pages
                self.result_list = self.paginator.page(self.page_num).object_list
            return
        rows = []
        if after and not is_last:
            rows = list(self.queryset.filter(_stands_after(*after))[: self.list_per_page + 1])
            is_last = len(rows) <= self.list_per_page
        elif before and not is_last:
            rows = self._from_its_end(self.queryset.filter(_stands_before(*before)))
            rows = rows if len(rows) == self.list_per_page else []  # less than a page: that is the first one
        if is_last and not rows:
            rows = self._from_its_end(self.queryset)
        self.is_last, self.is_numbered = is_last, not rows
        self.result_list = rows[: self.list_per_page] or list(self.result_list)

    def _from_its_end(self, queryset):
        return list(queryset.reverse()[: self.list_per_page])[::-1]

    @property
    def older_url(self):
        """The page after this one; empty on the last."""
        return "" if self.is_last else self._page(AFTER, key_of(self.result_list[-1]))

    @property
    def newer_url(self):
        """The page before this one; empty on a numbered page, which has links of its own."""
        return "" if self.is_numbered else self._page(BEFORE, key_of(self.result_list[0]))

    @property
    def first_url(self):
        return self.get_query_string(remove=[PAGE_VAR, AFTER, BEFORE])

    @property
    def last_url(self):
        return "" if self.is_last else self._page(PAGE_VAR, LAST)

    def _page(self, name, value):
        others = [other for other in (PAGE_VAR, AFTER, BEFORE) if other != name]
        return self.get_query_string({name: value}, remove=others)


def key_of(consultation_request) -> str:
    """Where a request stands in the order of the worklist."""
    due_by = consultation_request.due_by
    received_at = consultation_request.received_at.isoformat()
    return f"{due_by.isoformat() if due_by else ''}~{received_at}~{consultation_request.pk}"


def key_in(text):
    """The parts of a key that came from outside; None where it is none."""
    due_by, _tilde, rest = (text or "").partition("~")
    received_at, _tilde, pk = rest.partition("~")
    try:
        key = parse_datetime(due_by) if due_by else None, parse_datetime(received_at), number_in(pk)
    except ValueError:
        return None
    is_whole = all(key[1:]) and bool(key[0]) == bool(due_by) and all(moment.tzinfo for moment in key[:2] if moment)
    return key if is_whole else None


def _stands_after(due_by, received_at, pk):
    earlier = Q(received_at__lte=received_at) & (Q(received_at__lt=received_at) | Q(pk__lt=pk))
    if due_by is None:
        return Q(due_by=None) & earlier
    return Q(due_by=None) | Q(due_by__gt=due_by) | (Q(due_by=due_by) & earlier)


def _stands_before(due_by, received_at, pk):
    """Of what nothing is owed about, those of which the same holds: what is owed stands on the numbered pages."""
    later = Q(received_at__gte=received_at) & (Q(received_at__gt=received_at) | Q(pk__gt=pk))
    if due_by is None:
        return Q(due_by=None) & later
    return Q(due_by__lt=due_by) | (Q(due_by=due_by) & later)
