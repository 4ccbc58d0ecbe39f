"""The figures screen: six figures, each a sentence, a drawing and a table."""

import csv
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from booking.admin.lists.export import defused
from booking.desk.due import span_words
from booking.desk.figures import WEEK, Span, figures_of, percentage
from booking.desk.figures.charts import horizontal_bars, line_chart, vertical_bars

MAY_SEE = "booking.count_consultationrequest"
FEW = 20  # below that, a share of a hundred would say more than is known


class SpanForm(forms.Form):
    """Which weeks, and which weeks to hold them against."""

    weeks = forms.TypedChoiceField(
        label=_lazy("Show"),
        coerce=int,
        choices=[
            (4, _lazy("the last 4 weeks")),
            (12, _lazy("the last 12 weeks")),
            (26, _lazy("the last 26 weeks")),
            (52, _lazy("the last 52 weeks")),
        ],
    )
    against = forms.ChoiceField(
        label=_lazy("against"),
        choices=[("before", _lazy("as many weeks before")), ("year", _lazy("the same weeks a year before"))],
    )

    WITHOUT_CHOICE = {"weeks": 12, "against": "before"}

    def spans(self):
        chosen = self.cleaned_data if self.is_valid() else self.WITHOUT_CHOICE
        span = Span.up_to_now(chosen["weeks"])
        return span, span.a_year_before if chosen["against"] == "year" else span.before


@dataclass
class Figure:
    """One figure, and the question that it answers. `kind` names its drawing: bars, columns or line."""

    key: str
    question: str
    heading: str
    title: str
    kind: str
    head: list[str]
    rows: list[list]
    foot: str = ""
    shapes: list = field(default_factory=list)
    ticks: list = field(default_factory=list)
    line: str = ""
    legend: list[tuple[str, str]] = field(default_factory=list)

    @property
    def description(self):
        """The drawing in words: what its table says."""
        return "; ".join(f"{row[0]}: {', '.join(str(cell) for cell in row[1:])}" for row in self.rows)


def figures_view(request, admin_site):
    """Counts of a span of weeks, held against another. They name nobody."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    form = SpanForm(request.GET or SpanForm.WITHOUT_CHOICE)
    span, against = form.spans()
    now, then = figures_of(span), figures_of(against)
    figures = all_figures(now, then) if now.all.requests else []
    if wanted := next((figure for figure in figures if figure.key == request.GET.get("table")), None):
        return table_of(wanted, span)
    context = admin_site.each_context(request) | {
        "title": _("Figures"),
        "form": form,
        "now": now,
        "against": against,
        "figures": figures,
    }
    return render(request, "admin/booking/figures.html", context)


def table_of(figure, span):
    """The table of one figure as a CSV file."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{figure.key}-{span.first:%Y-%m-%d}-{span.last:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    response.write("\N{BYTE ORDER MARK}")  # without it, spreadsheets misread names
    rows = [[figure.question], [figure.heading], figure.head, *figure.rows]
    writer.writerows([defused(str(cell)) for cell in row] for row in rows)
    return response


def all_figures(now, then):
    """The six figures of a span, held against another."""
    return [
        _requests(now, then),
        _promise(now, then),
        _waits(now, then),
        _outcome(now, then),
        _pages(now),
        _campaigns(now),
    ]


def share(part, whole):
    """How many of a hundred, where there are enough to say so; else how many of how many."""
    if whole < FEW:
        return _("%(part)s of %(whole)s") % {"part": part, "whole": whole}
    return _("%(share)s of 100") % {"share": percentage(part, whole)}


def _requests(now, then):
    more = now.all.requests - then.all.requests
    if more > 0:
        compared = ngettext("%(n)s more than before", "%(n)s more than before", more) % {"n": more}
    elif more < 0:
        compared = ngettext("%(n)s fewer than before", "%(n)s fewer than before", -more) % {"n": -more}
    else:
        compared = _("as many as before")
    names = _week_names(now)
    columns, ticks = vertical_bars(
        [
            (name, [(week.by_telephone, "second"), (week.requests - week.by_telephone, "first")])
            for name, week in zip(names, now.weeks, strict=True)
        ]
    )
    return Figure(
        "asked",
        _("How many ask us, and how many of them telephone?"),
        _("%(asked)s asked: %(compared)s") % {"asked": now.all.requests, "compared": compared},
        _("Requests by week"),
        "columns",
        [_("Week of"), _("Asked"), _("Phoned in"), _("Before")],
        _newest_first(
            [name, week.requests, week.by_telephone, old.requests]
            for name, week, old in zip(names, now.weeks, then.weeks, strict=True)
        ),
        _("This week is not over yet."),
        columns,
        ticks,
        legend=[("first", _("by the form")), ("second", _("phoned in"))],
    )


def _promise(now, then):
    names = _week_names(now)
    dots, ticks, line = line_chart(
        [(name, week.in_time_percentage) for name, week in zip(names, now.weeks, strict=True)],
    )
    heading = _("Nobody's promise fell due in these weeks")
    if now.all.due:
        heading = _("%(share)s had their answer within the promise") % {"share": share(now.all.in_time, now.all.due)}
    before = share(then.all.in_time, then.all.due) if then.all.due else "–"
    return Figure(
        "promise",
        _("Do people hear from us when we said they would?"),
        heading,
        _("Answered within the promise, of 100, by week"),
        "line",
        [_("Week of"), _("Due"), _("In time"), _("Of 100")],
        _newest_first(
            [name, week.due, week.in_time, "–" if week.in_time_percentage is None else week.in_time_percentage]
            for name, week in zip(names, now.weeks, strict=True)
        ),
        _("Before: %(share)s. A promise that still runs is not counted.") % {"share": before},
        dots,
        ticks,
        line,
    )


def _waits(now, then):
    names = [*(_("within %(span)s") % {"span": span_words(end)} for end, _n in now.waits[:-1]), _("later")]
    numbers = [number for _end, number in now.waits]
    before = [number for _end, number in then.waits]
    heading = _("Nobody has had a first word yet")
    foot = ""
    if now.half_within is not None:
        heading = _("Half had a first word within %(span)s") % {"span": span_words(now.half_within)}
        foot = _("Nine of ten: within %(span)s. Counted while the clinic is open.") % {
            "span": span_words(now.nine_of_ten_within)
        }
    rows = list(zip(names, numbers, before, strict=True))
    late = len(rows) - 1
    return Figure(
        "waits",
        _("How long do people wait for our first word?"),
        heading,
        _("Opening time until the first word"),
        "bars",
        [_("First word"), _("Requests"), _("Before")],
        [list(row) for row in rows],
        foot,
        horizontal_bars(
            [
                (name, [(number, "warn" if place == late else "first")])
                for place, (name, number, _old) in enumerate(rows)
            ],
            most_bars=len(rows),
        ),
    )


def _outcome(now, then):
    steps = [
        (_("asked"), now.all.requests, then.all.requests, "second"),
        (_("answered"), now.all.answered, then.all.answered, "second"),
        (_("booked"), now.all.booked, then.all.booked, "first"),
        (_("attended"), now.all.attended, then.all.attended, "chief"),
        (_("missed"), now.all.missed, then.all.missed, "warn"),
    ]
    foot = _("%(number)s are still to come.") % {"number": now.all.to_come}
    if now.all.missed:
        fell_due = now.all.attended + now.all.missed
        foot += " " + _("Missed: %(share)s that fell due.") % {"share": share(now.all.missed, fell_due)}
    return Figure(
        "outcome",
        _("What becomes of those who ask?"),
        _("%(attended)s of %(asked)s came to a consultation; %(missed)s missed it")
        % {"attended": now.all.attended, "asked": now.all.requests, "missed": now.all.missed},
        _("From request to consultation"),
        "bars",
        [_("Step"), _("Number"), _("Of 100 asked"), _("Before")],
        [[name, number, percentage(number, now.all.requests), old] for name, number, old, _role in steps],
        foot,
        horizontal_bars([(name, [(number, role)]) for name, number, _old, role in steps]),
    )


def _pages(now):
    first = now.pages[0]
    return Figure(
        "pages",
        _("What are people asking about?"),
        _("Most requests, %(number)s, are about: %(page)s") % {"number": first.requests, "page": first.name},
        _("Requests by benefit page"),
        "bars",
        [_("Benefit page"), _("Asked"), _("Booked"), _("Attended")],
        [[page.name, page.requests, page.booked, page.attended] for page in now.pages],
        _("By the benefit that was chosen in the form."),
        horizontal_bars(
            [(page.name, [(page.booked, "first"), (page.requests - page.booked, "second")]) for page in now.pages]
        ),
        legend=[("first", _("booked")), ("second", _("asked, not booked"))],
    )


def _campaigns(now):
    untagged = next((tally.requests for tally in now.campaigns if tally.name == _("no tag")), 0)
    return Figure(
        "campaigns",
        _("Which letters and advertisements bring people here?"),
        _("%(number)s of %(asked)s came without a campaign tag") % {"number": untagged, "asked": now.all.requests},
        _("Requests by campaign tag"),
        "bars",
        [_("Tag"), _("Asked"), _("Booked"), _("Attended")],
        [[tally.name, tally.requests, tally.booked, tally.attended] for tally in now.campaigns],
        _("A tag is a part of the address; nobody is followed."),
        horizontal_bars([(tally.name, [(tally.requests, "first")]) for tally in now.campaigns]),
    )


def _week_names(figures):
    return [date_format(figures.span.first + number * WEEK, "M j") for number in range(figures.span.weeks)]


def _newest_first(rows):
    return list(rows)[::-1]
