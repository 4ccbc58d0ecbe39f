"""The page on which a unit's words are edited: the draft beside what is live, the copy check, and what happens next."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from treatments.admin.beside import groups_of, typed_fields
from treatments.admin.words import EditedWords
from treatments.checking import Known, grade_of, remarks_on, stops_of
from treatments.comparing import compare
from treatments.drafting import SavedMeanwhile, save_draft
from treatments.models import CopyEvent, PreviewLink, Source, Unit, Version
from treatments.preview_views import preview_page
from treatments.previews import address_of
from treatments.signed_words import digest_of
from treatments.signoff import REVIEW_AFTER, Refused, send
from treatments.standing import Standing
from treatments.wording import Wording, wordings_of

HISTORY_LINES, EVENTS = 5, 20
PEOPLE = ["written_by", "signed_by", "sent_by"]
CONFLICT = 409


class CopyPage:
    """Pages of a unit's admin: its words, and the copy check while somebody types."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        name = f"treatments_{self.opts.model_name}"
        own = [
            path("<int:pk>/check/", wrap(require_POST(self.check_view)), name=f"{name}_check"),
            path("<int:pk>/preview/", wrap(require_safe(self.preview_view)), name=f"{name}_preview"),
        ]
        return own + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        unit = self.get_object(request, object_id)
        if unit is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, unit):
            raise PermissionDenied
        if request.method != "POST":
            return self._show(request, unit)
        if not self.has_change_permission(request, unit):
            raise PermissionDenied
        if "_move" in request.POST:
            return self._show(request, unit, data=_moved(request.POST))
        if "_check" in request.POST:
            return self._show(request, unit, data=request.POST)
        return self._save(request, unit)

    def check_view(self, request, pk):
        """What the copy check says of words that are typed and not saved: the panel, to be put in place of the old."""
        unit = self.get_object(request, str(pk))
        if unit is None or not self.has_change_permission(request, unit):
            raise PermissionDenied
        sources = Source.objects.in_bulk(field_name="key")
        typed_over = _nothing(unit.newest_version())
        edited = EditedWords(unit, typed_over, sources, request.POST, request.FILES, stores=False)
        wording = edited.wording_typed()
        remarks = remarks_on(wording, unit, Known.now(sources))
        context = {"unit": unit, "remarks": remarks, "stops": stops_of(remarks), "grade": grade_of(wording)}
        return render(request, "admin/treatments/check.html", context)

    def preview_view(self, request, pk):
        """The real page with the newest words in place, for whoever is signed in; no link has to be made."""
        unit = self.get_object(request, str(pk))
        if unit is None:
            raise Http404("no such page")
        if not self.has_view_permission(request, unit):
            raise PermissionDenied
        return preview_page(request, unit)

    def _save(self, request, unit):
        newest = unit.newest_version()
        sources = Source.objects.in_bulk(field_name="key")
        edited = EditedWords(unit, _nothing(newest), sources, request.POST, request.FILES)
        if not edited.is_valid():
            return self._show(request, unit, data=request.POST, status=422)
        base = newest if request.POST.get("base") == str(newest.pk) else Version(pk=0, language=newest.language)
        why = edited.texts.cleaned_data["why"]
        try:
            made = save_draft(unit, edited.wording_typed(), base, request.user, why, sources)
        except SavedMeanwhile:
            return self._show(request, unit, data=request.POST, status=CONFLICT)
        if "_send" in request.POST:
            return self._send(request, unit, made or newest)
        if made:
            self.message_user(request, _what_saving_did(made, newest))
        else:
            self.message_user(request, _("Not one character was changed, so there is nothing to save."))
        return HttpResponseRedirect(request.path)

    def _send(self, request, unit, version):
        try:
            send(version, request.user)
        except Refused as refused:
            self.message_user(request, refused.words, level="WARNING")
            return HttpResponseRedirect(request.path)
        self.message_user(request, _("Sent for sign-off. A clinician finds it on the first page after signing in."))
        return HttpResponseRedirect(request.path)

    def _show(self, request, unit, data=None, status=200):
        """The page: as it is stored or, with `data`, as it was typed and not saved."""
        now = timezone.now()
        recent = list(unit.versions.select_related(*PEOPLE).order_by("-number")[:HISTORY_LINES])
        on_show = list(unit.versions.shown_or_planned(now).select_related(*PEOPLE).order_by("live_from"))
        newest, live = recent[0], next((version for version in on_show if version.is_live), None)
        base = self._base_of(request, unit) if status == CONFLICT else None
        wordings = wordings_of({version.pk: version for version in (newest, live, base) if version}.values())
        stored, beside = wordings[newest.pk], wordings[live.pk] if live else None
        sources = Source.objects.in_bulk(field_name="key")
        typed_over = _nothing(newest) if data else stored
        edited = EditedWords(unit, typed_over, sources, data, request.FILES if data else None, beside)
        wording = edited.wording_typed() if data else stored
        remarks = remarks_on(wording, unit, Known.now(sources))
        stops = stops_of(remarks)
        planned = [version for version in on_show if not version.is_live]
        last = None if live else _last_live(unit, now)
        events = _said_of_the_draft(unit, newest, live)
        facts = Version.objects.live_at(now).of_kind(Unit.Kind.TREATMENT).filter(unit__treatment=unit.treatment_id)
        links = PreviewLink.objects.open_at(now).filter(unit=unit).select_related("made_by")
        context = self.admin_site.each_context(request) | {
            "title": newest.title,
            "opts": self.opts,
            "unit": unit,
            "newest": newest,
            # Words that were typed and not saved stay written over what they were written over, or a save would hide
            # what somebody else saved meanwhile; once both were shown, they may be saved over the newest.
            "base": request.POST.get("base", "") if data and status != CONFLICT else newest.pk,
            "live": live,
            "standing": Standing(
                newest,
                live,
                last,
                planned,
                stops,
                stored,
                _sent_back(unit),
                not facts.filter(signed_at=None).exists(),
            ),
            "edited": edited,
            "texts": typed_fields(edited.texts, beside and beside.version, beside, remarks),
            "groups": groups_of(edited, beside, remarks),
            "remarks": remarks,
            "stops": stops,
            "grade": grade_of(wording),
            "recent": recent,
            "events": events,
            "live_digest": digest_of(beside) if beside and live != newest else "",
            "links": [(link, request.build_absolute_uri(address_of(link))) for link in links],
            "review_after": REVIEW_AFTER.items(),
            "sources": sorted(sources.values(), key=lambda source: (len(source.key), source.key)),
            "may_change": self.has_change_permission(request, unit),
            "may_sign": request.user.has_perm("treatments.sign_version"),
            "is_typed": bool(data),
            "moved_row": data.get("_move", "").partition(" ")[0] if data else "",
            "chosen": request.GET,
        }
        if status == CONFLICT:
            before = wordings[base.pk] if base else stored
            context |= {"theirs": compare(before, stored), "yours": compare(before, wording)}
        return render(request, "admin/treatments/copy.html", context, status=status)

    def _base_of(self, request, unit):
        """The version over which somebody typed while another was saved."""
        number = request.POST.get("base", "")
        return unit.versions.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None


def _what_saving_did(made, newest):
    """In words, also where the version before had come further than a draft."""
    told = {"number": made.number, "old": newest.number}
    saved = _("Saved as version %(number)s. Patients do not see it yet.") % told
    if newest.state == Version.State.IN_REVIEW:
        return f"{saved} {_('Version %(old)s no longer waits for sign-off: send the new one.') % told}"
    if newest.state == Version.State.APPROVED:
        return f"{saved} {_('The sign-off of version %(old)s does not cover it: send the new one.') % told}"
    return saved


def _last_live(unit, now):
    """What patients read last, where they read nothing of this page now."""
    return unit.versions.filter(live_until__lte=now).order_by("-live_until", "-number").first()


def _said_of_the_draft(unit, newest, live):
    """What happened since the live version, the oldest first: words of a clinician outlive the next save."""
    since = (live.number if live != newest else newest.number - 1) if live else 0
    events = CopyEvent.objects.filter(version__unit=unit, version__number__gt=since).select_related("by", "version")
    return list(events.order_by("-pk")[:EVENTS])[::-1]


def _sent_back(unit):
    """The line with which a clinician asked for a change that was not sent yet."""
    kinds = CopyEvent.Kind
    steps = CopyEvent.objects.filter(version__unit=unit, kind__in=[kinds.SENT, kinds.SENT_BACK, kinds.SIGNED])
    last = steps.select_related("by").order_by("-pk").first()
    return last if last and last.kind == kinds.SENT_BACK else None


def _nothing(version):
    """No rows: what is typed says all that there is."""
    return Wording(version, {}, {})


def _moved(data):
    """What was typed, with one row moved a place up or down: 'passage-3 up'."""
    data = data.copy()
    prefix, _space, way = data["_move"].partition(" ")
    kind = prefix.rpartition("-")[0]
    total = data.get(f"{kind}-TOTAL_FORMS", "")
    if not total.isdecimal() or way not in ("up", "down"):
        return data
    names = [f"{kind}-{number}-position" for number in range(min(int(total), 500))]
    placed = sorted((name for name in names if data.get(name, "").isdecimal()), key=lambda name: int(data[name]))
    moving = f"{prefix}-position"
    if moving in placed:
        place = placed.index(moving)
        other = place + (1 if way == "down" else -1)
        if 0 <= other < len(placed):
            placed[place], placed[other] = placed[other], placed[place]
    for number, name in enumerate(placed, start=1):
        data[name] = str(number * 10)
    return data
