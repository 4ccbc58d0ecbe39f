"""Looking around on a request's page: other days, a prepared answer. Nothing changes, and nothing typed is lost."""

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from booking.admin.one_request.sent import NOTE_LENGTH
from booking.models import PreparedAnswer
from booking.schedule.suggesting import Wanted, turned_to
from clinic_site.numbers import number_in
from clinic_site.staff.unsaved.keeping import forget_unsaved_words, keep_unsaved_words, key_in, typed_in

WAYS = ["offer", "answer", "end"]
KEPT = ["note", "time", "suggested"]


def look_around(request, consultation_request):
    """
    Keep what stands in the form, and show the page as its button asks: what was typed is in no address.

    Where nothing was ticked by hand, times are suggested anew, among those that are shown then.
    """
    page = reverse("admin:booking_consultationrequest_change", args=[consultation_request.pk])
    way = request.POST.get("way_on", "")
    way = way if way in WAYS else "offer"
    keep_typed(request, page, way)
    query = {"way": way}
    if "show" in request.POST:
        wanted = Wanted.of(request.POST)
        day = turned_to(request.POST["show"], wanted, timezone.localdate())
        query |= wanted.as_query() | {"day": day.isoformat() if day else ""}
    prepared = number_in(request.POST.get("prepared"))
    if prepared is not None and PreparedAnswer.objects.filter(pk=prepared).exists():
        query["prepared"] = prepared
    return HttpResponseRedirect(f"{page}?{urlencode({name: value for name, value in query.items() if value})}")


def keep_typed(request, page, form):
    """Keep what a form of that page holds, as its script does, where the browser runs none."""
    key = key_in(request.POST)
    if key is None:
        return
    typed = {name: values for name, values in typed_in(request.POST).items() if name in KEPT}
    typed["note"] = [words[:NOTE_LENGTH] for words in typed.get("note", [])]
    if any(typed["note"]) or ticked_by_hand(typed):
        keep_unsaved_words(request.user, key, page, form, typed)
    else:
        forget_unsaved_words(request)


def ticked_by_hand(typed):
    """The times of a form, as far as they can be any, that were not ticked already when its page was made."""
    suggested = typed.get("suggested", [])
    numbers = (number_in(text) for text in typed.get("time", []) if text not in suggested)
    return [number for number in numbers if number is not None]
