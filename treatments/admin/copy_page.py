"""The page on which a unit's words are edited: the draft beside what is live, the copy check, and what happens next."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic_site.languages import in_language
from clinic_site.numbers import number_in
from clinic_site.staff.unsaved.keeping import as_sent, forget_unsaved_words, words_put_back
from treatments.admin.copy_context import CopyContext, check_context, without_rows
from treatments.admin.edited_words import EditedWords
from treatments.models import Source, Version
from treatments.publishing.drafts import SavedMeanwhile, save_draft
from treatments.publishing.preview_views import preview_page
from treatments.publishing.signoff import Refused, send
from treatments.words.checking import References
from treatments.words.disagreeing import said_elsewhere
from treatments.words.references import Shelf

CONFLICT = 409


class CopyPage:
    """Pages of a unit's admin: its words, and the copy check while somebody types."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        name = f"treatments_{self.opts.model_name}"
        own = [
            path("<str:pk>/check/", wrap(require_POST(self.check_view)), name=f"{name}_check"),
            path("<str:pk>/preview/", wrap(require_safe(self.preview_view)), name=f"{name}_preview"),
        ]
        return own + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        unit = self.get_object(request, object_id)
        if unit is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, unit):
            raise PermissionDenied
        if request.method != "POST":
            words = words_put_back(request)
            return self._show(request, unit, data=as_sent(words) if words else None)
        if not self.has_change_permission(request, unit):
            raise PermissionDenied
        if "_move" in request.POST:
            return self._show(request, unit, data=_moved(request.POST))
        if "_check" in request.POST:
            return self._show(request, unit, data=request.POST)
        return self._save(request, unit)

    def check_view(self, request, pk):
        """What the copy check says of words that are not saved yet: the panel, to be put in place of the old."""
        unit = self.get_object(request, pk)
        if unit is None or not self.has_change_permission(request, unit):
            raise PermissionDenied
        shelf, over = Shelf.load(), without_rows(unit.newest_version())
        edited = EditedWords(unit, over, shelf.sources, request.POST, request.FILES, stores=False)
        references = References.load(shelf, edited.uploads, said_elsewhere(unit))
        return render(request, "admin/treatments/check.html", check_context(unit, edited, references))

    def preview_view(self, request, pk):
        """The real page with the newest words in place, for whoever is signed in; no link has to be made."""
        unit = self.get_object(request, pk)
        if unit is None:
            raise Http404("no such page")
        if not self.has_view_permission(request, unit):
            raise PermissionDenied
        with in_language(unit.language):
            return preview_page(request, unit)

    def _save(self, request, unit):
        newest = unit.newest_version()
        sources = Source.objects.in_bulk(field_name="key")
        edited = EditedWords(unit, without_rows(newest), sources, request.POST, request.FILES)
        if not edited.is_valid():
            return self._show(request, unit, data=request.POST, status=422)
        base = newest if request.POST.get("base") == str(newest.pk) else Version(pk=0, language=newest.language)
        why = edited.texts.cleaned_data["why"]
        try:
            made = save_draft(unit, edited.wording, base, request.user, why, sources)
        except SavedMeanwhile:
            return self._show(request, unit, data=request.POST, status=CONFLICT)
        forget_unsaved_words(request)
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
        """The page: as it is stored or, with `data`, as it was sent and not saved."""
        context = self.admin_site.each_context(request) | CopyContext(request, unit, data, status == CONFLICT).context()
        context |= {
            "opts": self.opts,
            "may_change": self.has_change_permission(request, unit),
            "may_sign": request.user.has_perm("treatments.sign_version"),
        }
        return render(request, "admin/treatments/copy.html", context, status=status)


def _what_saving_did(made, newest):
    """In words, also where the version before had come further than a draft."""
    values = {"number": made.number, "old": newest.number}
    saved = _("Saved as version %(number)s. Patients do not see it yet.") % values
    if newest.state == Version.State.IN_REVIEW:
        return f"{saved} {_('Version %(old)s no longer waits for sign-off: send the new one.') % values}"
    if newest.state == Version.State.APPROVED:
        return f"{saved} {_('The sign-off of version %(old)s does not cover it: send the new one.') % values}"
    return saved


def _moved(data):
    """What was sent, with one row moved a place up or down: 'passage-3 up'."""
    data = data.copy()
    prefix, _space, way = data["_move"].partition(" ")
    kind = prefix.rpartition("-")[0]
    total = number_in(data.get(f"{kind}-TOTAL_FORMS"))
    if total is None or way not in ("up", "down"):
        return data
    positions = {name: number_in(data.get(name)) for name in (f"{kind}-{n}-position" for n in range(min(total, 500)))}
    placed = sorted((name for name, position in positions.items() if position is not None), key=positions.get)
    moving = f"{prefix}-position"
    if moving in placed:
        place = placed.index(moving)
        other = place + (1 if way == "down" else -1)
        if 0 <= other < len(placed):
            placed[place], placed[other] = placed[other], placed[place]
    for number, name in enumerate(placed, start=1):
        data[name] = str(number * 10)
    return data
