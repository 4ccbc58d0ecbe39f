"""What the page of a unit's words shows: the draft beside what is live, the remarks on it, and what happens next."""

from functools import cached_property

from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone

from clinic_site.languages import ORIGINAL
from clinic_site.numbers import number_in
from treatments.admin.edited_fields import edited_fields, groups_of
from treatments.admin.edited_words import EditedWords
from treatments.admin.remarks import shown_remarks
from treatments.models import CopyEvent, PreviewLink, Unit
from treatments.publishing.making.whole import Whole
from treatments.publishing.previews import address_of
from treatments.publishing.status import UnitStatus
from treatments.publishing.what_goes import what_goes
from treatments.words.checking import References, grade_of, remarks_on
from treatments.words.comparing import compare
from treatments.words.disagreeing import said_elsewhere
from treatments.words.parts import parts_of
from treatments.words.references import Shelf
from treatments.words.remarks import stops_of
from treatments.words.wording import Wording, wordings_of

HISTORY_LINES, EVENTS = 5, 20
PEOPLE = ["written_by", "signed_by", "sent_by"]


def check_context(unit, edited, references):
    """The panel of the copy check."""
    remarks = shown_remarks(remarks_on(edited.wording, unit, references), edited)
    return {"unit": unit, "remarks": remarks, "stops": stops_of(remarks), "grade": grade_of(edited.wording)}


def without_rows(version):
    """A wording over which a whole page is written: what was sent says all the rows that there are."""
    return Wording(version, {}, {})


class CopyContext:
    """
    The page as it is stored or, with `data`, as it was sent and not saved.

    `conflict`: it was not saved because somebody else saved meanwhile.
    """

    def __init__(self, request, unit, data=None, conflict=False):
        self.request, self.unit, self.data, self.conflict = request, unit, data, conflict
        self.now = timezone.now()
        on_show = Exists(unit.words.shown_or_planned(self.now).filter(pk=OuterRef("pk")))
        recent = unit.words.order_by("-number").values("pk")[:HISTORY_LINES]
        words = unit.words.annotate(on_show=on_show).filter(Q(on_show=True) | Q(pk__in=recent))
        words = list(words.select_related(*PEOPLE).order_by("-number"))
        self.recent = words[:HISTORY_LINES]
        on_show = sorted((version for version in words if version.on_show), key=lambda version: version.live_from)
        live = [version for version in on_show if version.is_live]
        self.planned = [version for version in on_show if not version.is_live]
        self.newest, self.live = self.recent[0], live[0] if live else None
        self.base = self._base() if conflict else None
        versions = filter(None, [self.newest, self.live, self.base])
        self.wordings = wordings_of({version.pk: version for version in versions}.values())
        self.stored = self.wordings[self.newest.pk]
        self.live_wording = self.wordings[self.live.pk] if self.live else None

    @cached_property
    def shelf(self):
        return Shelf.load()

    @cached_property
    def references(self):
        return References.load(self.shelf, self.edited.uploads, said_elsewhere(self.unit, self.stored))

    @cached_property
    def edited(self):
        over = self.stored if self.data is None else without_rows(self.newest)
        files = None if self.data is None else self.request.FILES
        return EditedWords(self.unit, over, self.shelf.sources, self.data, files, self.live_wording)

    def context(self):
        check = check_context(self.unit, self.edited, self.references)
        return {
            **check,
            **self._versions(),
            "status": self._status(check["stops"]),
            **self._words(check["remarks"]),
            **self._unsaved(),
            **self._making(check["remarks"]),
            **(self._conflict() if self.conflict else {}),
        }

    def _versions(self):
        links = (
            PreviewLink.objects.open_at(self.now)
            .filter(unit=self.unit, language=self.unit.language)
            .select_related("made_by")
        )
        return {
            "title": self.newest.title,
            "newest": self.newest,
            "live": self.live,
            "goes": what_goes(self.live) if self.live and self.request.GET.get("step") == "take-down" else None,
            "recent": self.recent,
            "events": self._events[0],
            "links": [(link, self.request.build_absolute_uri(address_of(link))) for link in links],
        }

    @cached_property
    def _events(self):
        return _events_of_draft(self.unit, self.newest, self.live)

    def _status(self, stops):
        return UnitStatus(
            newest=self.newest,
            live=self.live,
            last=None if self.live else _last_live(self.unit, self.now),
            planned=self.planned,
            stops=stops,
            wording=self.stored,
            shelf=self.shelf,
            sent_back=self._events[1],
            facts_signed=self.references.are_facts_signed(self.unit.treatment_id),
        )

    def _words(self, remarks):
        edited, live = self.edited, self.live_wording
        return {
            "edited": edited,
            "texts": edited_fields(edited.texts, live and live.version, live, remarks),
            "groups": groups_of(edited, live, remarks),
            "sources": sorted(edited.sources.values(), key=lambda source: (len(source.key), source.key)),
        }

    def _making(self, remarks):
        """
        The parts of a page that patients have never read, the treatment that has not begun, and the pages to which one
        may lead that is about to be retired.
        """
        is_unread = not (self.live or self.planned or _last_live(self.unit, self.now))
        parts = parts_of(self.unit, self.edited.wording, remarks) if is_unread and not self.newest.shipped else []
        is_facts = self.unit.kind == Unit.Kind.TREATMENT and self.unit.language == ORIGINAL
        is_retiring = self.request.GET.get("step") == "retire"
        others = Unit.objects.offered(self.now).exclude(pk=self.unit.pk).select_related("treatment")
        return {
            "parts": parts,
            "parts_open": [part for part in parts if part.is_open],
            "copied": any(part.state == "copied" for part in parts),
            "whole": Whole.of(self.unit.treatment) if is_facts and is_unread else None,
            "is_retiring": is_retiring,
            "others": others.exclude(kind=Unit.Kind.TREATMENT) if is_retiring else [],
        }

    def _unsaved(self):
        """
        What somebody sent or chose, and has not done yet.

        Words that were sent and not saved stay written over what they were written over, or a save would hide what
        somebody else saved meanwhile; once both were shown, they may be saved over the newest.
        """
        is_unsaved = self.data is not None
        return {
            "base": self.data.get("base", "") if is_unsaved and not self.conflict else self.newest.pk,
            "is_unsaved": is_unsaved,
            "moved_row": self.data.get("_move", "").partition(" ")[0] if is_unsaved else "",
            "chosen": self.request.GET,
        }

    def _conflict(self):
        """What both have changed since the version that they began with."""
        before = self.wordings[self.base.pk] if self.base else self.stored
        return {"theirs": compare(before, self.stored), "yours": compare(before, self.edited.wording)}

    def _base(self):
        """The version over which somebody wrote while another was saved."""
        return self.unit.words.filter(pk=number_in(self.request.POST.get("base"))).first()


def _last_live(unit, now):
    """What patients read last, where they read nothing of this page now."""
    return unit.words.filter(live_until__lte=now).order_by("-live_until", "-number").first()


def _events_of_draft(unit, newest, live):
    """
    What happened since the live version, the oldest first: words of a clinician outlive the next save; beside it the
    line with which a clinician asked for a change that was not sent yet, or None. Both in one query.
    """
    since = (live.number if live != newest else newest.number - 1) if live else 0
    kinds, words = CopyEvent.Kind, unit.words.values("pk")
    steps = CopyEvent.objects.filter(version__in=words, kind__in=[kinds.SENT, kinds.SENT_BACK, kinds.SIGNED])
    is_last_step = Q(pk__in=steps.order_by("-pk").values("pk")[:1])
    found = CopyEvent.objects.filter(Q(version__number__gt=since) | is_last_step, version__in=words)
    found = found.annotate(is_last_step=Case(When(is_last_step, then=True), default=False))
    events = list(found.select_related("by", "version").order_by("-is_last_step", "-pk")[: EVENTS + 1])
    of_draft = sorted((event for event in events if event.version.number > since), key=lambda event: event.pk)
    sent_back = next((event for event in events if event.is_last_step and event.kind == kinds.SENT_BACK), None)
    return of_draft[-EVENTS:], sent_back
