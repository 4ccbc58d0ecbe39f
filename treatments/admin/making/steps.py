"""Steps of a page that was made here, and of one that is given up: each a small POST, as in copy_steps.py."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic_site.numbers import number_in
from treatments.admin.chosen_time import chosen_time
from treatments.models import Unit
from treatments.publishing.making.pages import read_copied_words
from treatments.publishing.making.whole import begin, retire, unretire
from treatments.publishing.signoff import Refused


def _begin(request, unit):
    if unit.kind != Unit.Kind.TREATMENT:
        raise Refused(_("A treatment is published from the page of its facts."))
    at = chosen_time(request, _("Choose the day and time at which it goes live."))
    pages = len(begin(unit.treatment, request.user, at))
    if at:
        words = ngettext("%(number)s page goes live then.", "%(number)s pages go live then, all at once.", pages)
    else:
        words = ngettext("%(number)s page is live now.", "%(number)s pages are live now, all at once.", pages)
    return words % {"number": pages}


def _read_copied(request, unit):
    read_copied_words(unit, request.user)
    return _("The copied words are this page’s own from now on.")


def _retire(request, unit):
    leads_to = None
    if chosen := request.POST.get("leads_to"):
        leads_to = Unit.objects.offered(timezone.now()).filter(pk=number_in(chosen)).first()
        if leads_to is None:
            raise Refused(_("That page is not live. Choose another one, or none."))
    retire(unit, request.user, leads_to)
    if leads_to:
        return _("Retired. Its address leads to %(address)s from now on.") % {"address": leads_to.get_absolute_url()}
    return _("Retired. Its address says that the page is gone for good.")


def _unretire(request, unit):
    unretire(unit, request.user)
    return _("It can be published again. Nothing went live by this.")


MAKING_STEPS = {
    "begin": _begin,
    "read-copied": _read_copied,
    "retire": _retire,
    "unretire": _unretire,
}
