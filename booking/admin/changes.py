"""The page of a change of hours, closed days, absences or who sees patients: first whom it touches, then the change."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from booking.desk.telling import how_all_are_told
from booking.models import ConsultationRequest
from booking.schedule.changes import carry_out, whom_it_touches
from booking.schedule.constraints import constraints_refuse
from booking.schedule.settling import CANCEL, KEEP, MOVE, Choice
from booking.states import IllegalStep
from clinic_site.numbers import number_in


def change_page(request, admin_site, form, back):
    """
    The page of a change: its form, then whom it touches with a choice for each, then the change.

    What is touched is worked out again as it is made; if it is no longer what was looked at, it is shown again.
    """
    effect, refusal = None, ""
    if form.is_valid():
        effect = whom_it_touches(form.make)
        if "do" in request.POST:
            refusal = _carry_out(request, form, effect)
            if not refusal:
                return HttpResponseRedirect(back)
            effect = whom_it_touches(form.make)
    context = admin_site.each_context(request) | {
        "title": form.button if effect else form.heading,
        "form": form,
        "effect": effect,
        "rows": _rows(effect, request.POST) if effect else [],
        "refusal": refusal,
        "seen": _seen(form, effect) if effect else "",
        "back": back,
    }
    status = 422 if form.errors else 409 if refusal else 200
    return render(request, "admin/booking/change.html", context, status=status)


def _carry_out(request, form, effect):
    """Make the change that was looked at; returns why not, or nothing."""
    if request.POST.get("seen") != _seen(form, effect):
        return _("Something has changed since you looked. Nothing was done; look at the list once more.")
    later = request.POST["do"] == "later"
    choices = {} if later else {each.key: _chosen(each, request.POST) for each in effect.touched}
    try:
        with constraints_refuse():
            carry_out(form.make, effect, choices, request.user, form.cleaned_data["words"])
    except IllegalStep as refusal:
        return str(refusal)
    messages.success(request, " ".join([str(form.done), *_said(effect, choices)]))
    return ""


def _chosen(each, data):
    """What was chosen for one who is touched, as far as it is a choice; what was proposed where nothing was."""
    what = data.get(f"do-{each.key}", each.proposed.what)
    if what not in (KEEP, MOVE, CANCEL):
        what = KEEP
    number = number_in(data.get(f"to-{each.key}"))
    to = next((time for time in each.fits if time.pk == number), None) if what == MOVE else None
    return Choice(what, to)


def _rows(effect, data):
    """Each who is touched with what is chosen for them, as the page shows it."""
    rows = []
    for each in effect.touched:
        number = number_in(data.get(f"to-{each.key}"))
        proposed = each.proposed.to.pk if each.proposed.to else None
        rows.append({"touched": each, "what": _chosen(each, data).what, "to": number or proposed})
    return rows


def _said(effect, choices):
    """What became of those who were touched, in a sentence."""
    if not effect.touched:
        return []
    whats = [choices.get(each.key, Choice(KEEP)).what for each in effect.touched]
    counts = {"moved": whats.count(MOVE), "cancelled": whats.count(CANCEL), "kept": whats.count(KEEP)}
    done = _("Moved: %(moved)s. Canceled: %(cancelled)s. To be settled on Today: %(kept)s.") % counts
    changed = [each.request.pk for each, what in zip(effect.touched, whats, strict=True) if what != KEEP]
    return [f"{done} {how_all_are_told(ConsultationRequest.objects.filter(pk__in=changed))}".strip()]


def _seen(form, effect):
    """A mark of what was looked at: the change and whom it touches."""
    answers = [(name, str(value)) for name, value in sorted(form.cleaned_data.items()) if name != "words"]
    return salted_hmac("booking.admin.changes", repr((answers, effect.identities)), algorithm="sha256").hexdigest()
