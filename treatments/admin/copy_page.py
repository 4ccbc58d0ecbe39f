"""The page on which a unit's words are edited: the draft beside what is live, the copy check, and what happens next."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from treatments.admin.words import EditedWords, is_long
from treatments.checking import Known, grade_of, remarks_on, stops_of
from treatments.comparing import compare, pieces_of, shown_value
from treatments.copy_check.reading import grade, words_of
from treatments.drafting import SavedMeanwhile, save_draft
from treatments.models import Claim, Finding, Passage, PreviewLink, Question, Source, Version
from treatments.previews import address_of
from treatments.prose import plain
from treatments.signed_words import READ
from treatments.signoff import REVIEW_AFTER, Refused, send
from treatments.standing import Standing
from treatments.wording import Wording, wordings_of

HISTORY_LINES = 5
FEWEST_WORDS = 15  # of a text whose grade says something
NAMING = ["heading", "question", "situation", "label", "topic", "sentence", "text"]  # what a row is known by
HIDDEN = {"key", "claim_key", "position", "image", "DELETE"}


@dataclass
class TypedField:
    """A field of the page, what is live in its place, and what the copy check says of it."""

    bound: object
    live: list = field(default_factory=list)
    differs: bool = False
    is_long: bool = False
    grade: float | None = None
    remarks: list = field(default_factory=list)


@dataclass
class TypedRow:
    """A row of the page. `findings` are the rows behind a claim."""

    form: object
    label: str
    fields: list
    is_new: bool
    is_live: bool
    findings: list = field(default_factory=list)

    @property
    def is_same(self):
        return self.is_live and not any(each.differs for each in self.fields) and not self.form.errors

    @property
    def is_open(self):
        """Shut while there is nothing to look at: a page of twelve passages is a dozen lines."""
        stopped = any(remark.stops for each in self.fields for _number, remark in each.remarks)
        return not self.is_same or stopped or any(finding.is_open for finding in self.findings if not finding.is_new)

    @property
    def words(self):
        return sum(len(words_of(str(each.bound.value() or ""))) for each in self.fields if each.is_long)


class CopyPage:
    """Pages of a unit's admin: its words, and the copy check while somebody types."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        name = f"treatments_{self.opts.model_name}"
        own = [path("<int:pk>/check/", wrap(require_POST(self.check_view)), name=f"{name}_check")]
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
        edited = EditedWords(unit, _nothing(unit.newest_version()), sources, request.POST, request.FILES)
        wording = edited.wording_typed()
        remarks = remarks_on(wording, unit, Known.now(sources))
        context = {"unit": unit, "remarks": remarks, "stops": stops_of(remarks), "grade": grade_of(wording)}
        return render(request, "admin/treatments/check.html", context)

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
            return self._show(request, unit, data=request.POST, status=409, conflict=True)
        if "_send" in request.POST:
            return self._send(request, unit, made or newest)
        if made:
            self.message_user(
                request, _("Saved as version %(number)s. Patients do not see it yet.") % {"number": made.number}
            )
        else:
            self.message_user(request, _("Not one character was changed, so there is nothing to save."))
        return HttpResponseRedirect(request.path)

    def _send(self, request, unit, version):
        try:
            send(version, request.user)
        except Refused as refused:
            self.message_user(request, refused.words, level="WARNING")
            return HttpResponseRedirect(f"{request.path}#check")
        self.message_user(request, _("Sent for sign-off. A clinician finds it on the first page after signing in."))
        return HttpResponseRedirect(request.path)

    def _show(self, request, unit, data=None, status=200, conflict=False):
        now = timezone.now()
        people = ["written_by", "signed_by", "sent_by"]
        recent = list(unit.versions.select_related(*people).order_by("-number")[:HISTORY_LINES])
        shown = Q(live_from__lte=now) & (Q(live_until=None) | Q(live_until__gt=now)) | Q(live_from__gt=now)
        on_show = list(unit.versions.filter(shown).select_related(*people).order_by("live_from"))
        newest, live = recent[0], next((version for version in on_show if version.is_live), None)
        base = self._base_of(request, unit) if conflict else None
        wordings = wordings_of({version.pk: version for version in (newest, live, base) if version}.values())
        sources = Source.objects.in_bulk(field_name="key")
        edited = EditedWords(unit, wordings[newest.pk], sources, data, request.FILES if data is not None else None)
        wording = wordings[newest.pk] if data is None else edited.wording_typed()
        remarks = remarks_on(wording, unit, Known.now(sources))
        live_wording = wordings[live.pk] if live else None
        events = list(newest.events.select_related("by"))
        links = list(PreviewLink.objects.open_at(now).filter(unit=unit).select_related("made_by"))
        standing = Standing(
            newest,
            live,
            [version for version in on_show if not version.is_live],
            stops_of(remarks),
            wordings[newest.pk],
        )
        if conflict:
            self._explain_conflict(request, base, newest, wordings, wording)
        context = {
            **self.admin_site.each_context(request),
            "title": newest.title,
            "opts": self.opts,
            "unit": unit,
            "newest": newest,
            "live": live,
            "standing": standing,
            "edited": edited,
            "base": newest,
            "texts": _typed_fields(edited.texts, live_wording and live_wording.version, live_wording, remarks),
            "groups": _groups(edited, live_wording, remarks),
            "remarks": remarks,
            "stops": stops_of(remarks),
            "grade": grade_of(wording),
            "recent": recent,
            "events": events,
            "links": [(link, request.build_absolute_uri(address_of(link))) for link in links],
            "review_after": REVIEW_AFTER.items(),
            "sources": sources.values(),
            "may_change": self.has_change_permission(request, unit),
            "may_sign": request.user.has_perm("treatments.sign_version"),
            "is_typed": data is not None,
            "conflict": getattr(request, "conflict", None),
        }
        return render(request, "admin/treatments/copy.html", context, status=status)

    def _base_of(self, request, unit):
        """The version over which somebody typed while another was saved."""
        number = request.POST.get("base", "")
        return unit.versions.filter(pk=int(number)).first() if number.isdecimal() else None

    def _explain_conflict(self, request, base, newest, wordings, typed):
        request.conflict = {
            "newest": newest,
            "theirs": compare(wordings[base.pk], wordings[newest.pk]) if base else None,
            "yours": compare(wordings[base.pk] if base else wordings[newest.pk], typed),
        }


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


def _groups(edited, live, remarks):
    """The rows by kind, in their order; findings stand under their claims."""
    groups = []
    findings = _typed_rows(edited, Finding, live, remarks) if Finding in edited.formsets else []
    for model, formset in edited.formsets.items():
        if model is Finding:
            groups.append({"formset": formset, "rows": []})
            continue
        rows = _typed_rows(edited, model, live, remarks)
        if model is Claim:
            for row in rows:
                row.findings = [each for each in findings if each.form["claim_key"].value() == row.form["key"].value()]
        groups.append(
            {
                "name": capfirst(model._meta.verbose_name_plural),
                "one": model._meta.verbose_name,
                "kind": model._meta.model_name,
                "formset": formset,
                "rows": [row for row in rows if not row.is_new],
                "new": [row for row in rows if row.is_new],
                "is_ordered": model in (Passage, Question) or len(rows) > 2,
            }
        )
    first = {"claim": 0, "passage": 1}
    return sorted(groups, key=lambda group: first.get(group.get("kind"), 2))


def _typed_rows(edited, model, live, remarks):
    formset = edited.formsets[model]
    lives = {row.key: row for row in live.rows_of(model)} if live else {}
    rows = []
    for number, form in enumerate(formset.forms, start=1):
        row = lives.get(form["key"].value())
        is_new = form not in formset.initial_forms
        label = f"{capfirst(model._meta.verbose_name)} {number}"
        said = (form[name].value() for name in NAMING if name in form.fields)
        label = next((plain(str(words)) for words in said if words), label)
        rows.append(TypedRow(form, label, _typed_fields(form, row, live, remarks), is_new, row is not None))
    return sorted(rows, key=lambda row: _place_of(row.form))


def _place_of(form):
    value = str(form["position"].value() or "")
    return int(value) if value.isdecimal() else 10**6


def _typed_fields(form, live_record, live, remarks):
    by_anchor = {}
    for number, remark in enumerate(remarks, start=1):
        by_anchor.setdefault(remark.place.anchor, []).append((number, remark))
    fields = []
    for bound in form:
        if bound.name in HIDDEN:
            continue
        value = bound.value()
        shown = TypedField(bound, is_long=is_long(bound), remarks=by_anchor.get(bound.id_for_label, []))
        if live_record and (bound.name in READ[type(live_record)]):
            before, after = shown_value(live, live_record, bound.name), _shown(bound, value)
            shown.live, shown.differs = pieces_of(before, after)[0], before != after
        if shown.is_long and len(words_of(said := plain(str(value or "")))) >= FEWEST_WORDS:
            shown.grade = grade([said])
        fields.append(shown)
    return fields


def shown_number(value):
    """A number without needless zeros, as it is stored or as it was typed."""
    try:
        return "" if value in (None, "") else f"{Decimal(str(value)).normalize():f}"
    except InvalidOperation:
        return value


def _shown(bound, value):
    """What is typed, as `shown_value` tells what is stored."""
    choices = getattr(bound.field, "choices", None)
    if choices:
        return str(dict(choices).get(value, "")) if value else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(bound.field, forms.DecimalField):
        value = shown_number(value)
    text = "" if value is None else str(value).replace("\r\n", "\n")
    return " ".join(text.replace(",", " ").split()) if bound.name == "sources" else text.strip()
