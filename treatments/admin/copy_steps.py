"""What staff do with a unit's words beside writing them: each a small POST that does one thing and says what it did."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from clinic_site.models import Clinic
from clinic_site.numbers import number_in
from treatments.admin.chosen_time import BadTime, chosen_time, datetime_in
from treatments.admin.making.steps import MAKING_STEPS
from treatments.models import CopyEvent
from treatments.publishing import going_live, signoff
from treatments.publishing.drafts import SavedMeanwhile, begin_translation, restore
from treatments.publishing.ordering import change_address, move
from treatments.publishing.previews import LIVES, make_link, revoke_links
from treatments.publishing.signoff import REVIEW_AFTER, Refused
from treatments.signing.to_sign import next_after

SIGN = "treatments.sign_version"
LONGEST_WORDS = 2000  # letters
IN_ADDRESS = _lazy("Write it with small letters, digits and hyphens, as in fine-lines.")
ADDRESS = forms.SlugField(max_length=50, error_messages={"required": IN_ADDRESS, "invalid": IN_ADDRESS})


class CopySteps:
    """Steps of a unit's admin. Those of `SIGNING` are a clinician's, `OF_BOTH` also theirs, the rest marketing's."""

    SIGNING = {"sign", "take-back", "send-back", "allow"}
    # Of these a clinician alone takes some pages down (going_live.py).
    OF_BOTH = {"take-down", "keep-up", "bring-back", "retire", "unretire"}

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path(
                f"<str:pk>/{step}/",
                wrap(require_POST(self._step_view(step, act))),
                name=f"treatments_{self.opts.model_name}_{step.replace('-', '_')}",
            )
            for step, act in STEPS.items()
        ]
        return own + super().get_urls()

    def _step_view(self, step, act):
        def view(request, pk):
            unit = self.get_object(request, pk)
            if unit is None:
                raise Http404("no such page")
            if not self._may(request, step, unit):
                raise PermissionDenied
            onward = _onward(request, unit) if step == "sign" else ""
            try:
                message = act(request, unit)
            except (Refused, BadTime) as refused:
                self.message_user(request, str(refused), level="WARNING")
                return HttpResponseRedirect(self._back_to(request, unit) + _chosen_times(request, step))
            self.message_user(request, message)
            return HttpResponseRedirect(onward or self._back_to(request, unit))

        return view

    def _may(self, request, step, unit):
        if step in self.SIGNING:
            return request.user.has_perm(SIGN)
        if step == "comment":
            return self.has_view_permission(request, unit)
        return self.has_change_permission(request, unit) or (step in self.OF_BOTH and request.user.has_perm(SIGN))

    def _back_to(self, request, unit):
        if "from-list" in request.GET:
            return reverse(f"admin:treatments_{self.opts.model_name}_changelist")
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return back if safe and back.startswith("/") else unit.get_staff_url()


def _onward(request, unit):
    """Where 'Sign and next' leads: to what else waits, or to the list that is empty then; '' for any other button."""
    if "_next" not in request.POST:
        return ""
    following = next_after(_version(request, unit))
    return following.url if following else reverse("admin:treatments_to_sign")


def _chosen_times(request, step):
    """The times that were chosen in a refused step, for the address: the form opens with them again."""
    chosen = {name: request.POST[name] for name in ("when", "at", "until") if request.POST.get(name)}
    return f"?{urlencode({'step': step} | chosen)}#publish" if chosen else ""


def _version(request, unit):
    """The version that a form names; a wrong number is as if there were none."""
    version = unit.words.filter(pk=number_in(request.POST.get("version"))).first()
    if version is None:
        raise Http404("no such version of this page")
    return version


def _words(request):
    """What somebody wrote beside a draft, without the one character that no database keeps."""
    words = request.POST.get("words", "").replace("\x00", "").strip()
    if len(words) > LONGEST_WORDS:
        raise Refused(_("That is too long for a note. Write %(number)s letters or fewer.") % {"number": LONGEST_WORDS})
    return words


def _send(request, unit):
    signoff.send(_version(request, unit), request.user)
    return _("Sent for sign-off. A clinician finds it on the first page after signing in.")


def _sign(request, unit):
    months = number_in(request.POST.get("months", "12"))
    if months not in REVIEW_AFTER:
        raise Refused(_("Choose when these words should be reviewed again."))
    version = _version(request, unit)
    signoff.sign(version, request.user, request.POST.get("seen", ""), months, unsent="unsent" in request.POST)
    return _("Signed off: %(title)s, version %(number)s, word for word.") % {
        "title": version.title,
        "number": version.number,
    }


def _send_back(request, unit):
    signoff.send_back(_version(request, unit), request.user, _words(request))
    return _("Sent back with your words.")


def _allow(request, unit):
    fingerprint = request.POST.get("fingerprint", "")
    signoff.allow(_version(request, unit), request.user, fingerprint, _words(request))
    return _("Allowed, for these words in this sentence alone. Your reason is in the history.")


def _ask(request, unit):
    signoff.ask(_version(request, unit), request.user, request.POST.get("fingerprint", ""), _words(request))
    return _("Asked. A clinician finds it on the first page after signing in, and by mail.")


def _comment(request, unit):
    words = _words(request)
    if not words:
        raise Refused(_("Write the comment first."))
    signoff.record(_version(request, unit), CopyEvent.Kind.COMMENT, request.user, words)
    return _("Your comment is beside the draft.")


def _publish(request, unit):
    at = chosen_time(request, _("Choose the day and time at which it goes live."))
    return going_live.publish(_version(request, unit), request.user, at, datetime_in(request, "until")).words


def _call_off(request, unit):
    version = _version(request, unit)
    going_live.call_off(version, request.user)
    return _("Version %(number)s is called off; its sign-off still holds.") % {"number": version.number}


def _take_down(request, unit):
    at = chosen_time(request, _("Choose the day and time at which it is taken down."))
    event = going_live.take_down(_version(request, unit), request.user, at)
    if at:
        return _("It is taken down on %(moment)s, by itself. You can call that off until then.") % {
            "moment": event.words
        }
    return _("Taken down. Patients find no such page now; you can bring it back.")


def _keep_up(request, unit):
    going_live.keep_up(_version(request, unit), request.user)
    return _("The end is called off. The page stays.")


def _bring_back(request, unit):
    version = _version(request, unit)
    going_live.bring_back(version, request.user)
    return _("Version %(number)s is live again.") % {"number": version.number}


def _take_back(request, unit):
    signoff.take_back(_version(request, unit), request.user)
    return _("The sign-off is taken back. The words are a draft again.")


def _restore(request, unit):
    version = _version(request, unit)
    try:
        made = restore(version, request.user)
    except SavedMeanwhile:
        raise Refused(_("Somebody saved this text at the same moment. Look again, then restore.")) from None
    if made is None:
        return _("The newest words are those of version %(number)s already.") % {"number": version.number}
    values = {"old": version.number, "new": made.number}
    return _("Version %(old)s is back as version %(new)s, a draft. Send it for sign-off to publish it.") % values


def _link(request, unit):
    make_link(unit, request.user)
    return _("A preview link is below. It shows the newest draft, and ends after %(days)s days.") % {"days": LIVES.days}


def _revoke(request, unit):
    number = revoke_links(unit)
    return _("No preview link leads here any more.") if number else _("There was no open preview link.")


def _translate(request, unit):
    """Leads to the first draft in another language."""
    language = request.POST.get("language", "")
    if language not in Clinic.profile().languages:
        raise Refused(_("The clinic's pages are not read in that language. A manager adds it to the clinic's profile."))
    begin_translation(unit, language, request.user)
    unit.language = language
    return _("These are the English words. Write over them and save; patients see none of it yet.")


def _move(request, unit):
    move(unit, "down" if "down" in request.POST else "up")
    return _("Moved. The order changes at once.")


def _address(request, unit):
    try:
        old = change_address(unit, ADDRESS.clean(request.POST.get("slug", "").strip().lower()))
    except ValidationError as refused:
        raise Refused(" ".join(refused.messages)) from None
    return _("The address is changed. Whoever opens the old one, %(old)s, is led here.") % {"old": old}


STEPS = {
    "send": _send,
    "sign": _sign,
    "send-back": _send_back,
    "allow": _allow,
    "ask": _ask,
    "comment": _comment,
    "publish": _publish,
    "call-off": _call_off,
    "take-down": _take_down,
    "keep-up": _keep_up,
    "bring-back": _bring_back,
    "take-back": _take_back,
    "restore": _restore,
    "translate": _translate,
    "link": _link,
    "revoke": _revoke,
    "move": _move,
    "address": _address,
    **MAKING_STEPS,
}
