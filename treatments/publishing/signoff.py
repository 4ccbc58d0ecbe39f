"""Sign-off: a clinician's approval of one version's exact words (rules of copy 5, decision 13)."""

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic_site.audit import recording as audit
from clinic_site.languages import ORIGINAL
from treatments.models import CopyEvent, Unit, Version
from treatments.publishing.signatures import signatures_renewed
from treatments.words.checking import References, remarks_on
from treatments.words.references import Shelf, references_of, signature_of
from treatments.words.references import is_signed as holds
from treatments.words.remarks import stops_of
from treatments.words.wording import Wording

REVIEW_AFTER = {6: _lazy("in 6 months"), 12: _lazy("in a year"), 24: _lazy("in two years")}  # months


class Refused(Exception):
    """It was not done. Says why and what to do next, in words for staff; `stops` are the remarks in the way."""

    def __init__(self, words, stops=()):
        super().__init__(words)
        self.words = words
        self.stops = list(stops)


@transaction.atomic
def send(version, by):
    """Ask a clinician to sign these words. Raises Refused with what must be mended first."""
    version = _locked_newest(version)
    if version.live_from:
        raise Refused(
            _("Version %(number)s is not a draft. Change its words and save first.") % {"number": version.number}
        )
    if version.state != Version.State.DRAFT:
        raise Refused(_("Version %(number)s was sent or signed already.") % {"number": version.number})
    _refuse_untranslated(version)
    refuse_stops(version)
    version.sent_by, version.sent_at = by, timezone.now()
    version.save(update_fields=["sent_by", "sent_at"])
    return record(version, CopyEvent.Kind.SENT, by)


@transaction.atomic
def sign(version, by, seen, months, unsent=False):
    """
    Approve exactly the words, sources and glossary words whose signature is `seen` (words/references.py), and set the
    day of the next review, so many months from today. A new source that they use goes live with it.

    Also renews the sign-off of words that are live. `unsent`: the clinician means to sign a draft that nobody has sent
    them. Raises Refused where anything has changed since it was read, or where something still stops it.
    """
    version = locked(version)
    if not by.has_perm("treatments.sign_version"):
        raise Refused(_("Only a clinician signs copy off."))
    wording, shelf = Wording.of(version), Shelf.load()
    if signature_of(wording, shelf) != seen:
        raise Refused(_("The words have changed since you opened them. Read them again, then sign."))
    if not version.is_live and not _is_newest(version):
        raise Refused(_("There is a newer draft than version %(number)s. Read that one.") % {"number": version.number})
    if version.is_unsent and not unsent:
        raise Refused(_("Nobody has sent this draft for sign-off. Sign it only if you mean to."))
    _refuse_untranslated(version)
    refuse_stops(version, wording, shelf)
    if new := [each for each in references_of(wording, shelf) if not each.is_live]:
        with signatures_renewed(version, by, new):
            for each in new:
                each.go_live()
    now = timezone.now()
    version.signed_by, version.signed_at, version.signed_digest = by, now, seen
    version.signer, version.sent_at = by.get_full_name(), version.sent_at or now
    version.review_due, version.review_mailed_at = timezone.localdate(now) + relativedelta(months=months), None
    version.save(
        update_fields=["signed_by", "signer", "signed_at", "signed_digest", "sent_at", "review_due", "review_mailed_at"]
    )
    return record(version, CopyEvent.Kind.SIGNED, by)


@transaction.atomic
def take_back(version, by):
    """A clinician takes a sign-off back that nothing was published on; the words are a draft again."""
    version = _locked_newest(version)
    if not by.has_perm("treatments.sign_version"):
        raise Refused(_("Only a clinician takes a sign-off back."))
    if version.state != Version.State.APPROVED:
        raise Refused(_("Only the sign-off of words that are neither live nor planned can be taken back."))
    version.signed_by = version.signed_at = version.review_due = version.sent_by = version.sent_at = None
    version.signer = version.signed_digest = ""
    version.save(
        update_fields=["signed_by", "signed_at", "review_due", "signer", "signed_digest", "sent_by", "sent_at"]
    )
    return record(version, CopyEvent.Kind.UNSIGNED, by)


@transaction.atomic
def send_back(version, by, words):
    """A clinician wants it changed, and says what; it is a draft again."""
    version = _locked_newest(version)
    if version.state != Version.State.IN_REVIEW:
        raise Refused(_("Only what waits for sign-off can be sent back."))
    if not words.strip():
        raise Refused(_("Say what should change, so that marketing knows."))
    version.sent_by = version.sent_at = None
    version.save(update_fields=["sent_by", "sent_at"])
    return record(version, CopyEvent.Kind.SENT_BACK, by, words.strip())


def allow(version, by, fingerprint, reason):
    """A clinician lets one remark of the copy check stand, with a written reason that stays in the history."""
    if not by.has_perm("treatments.sign_version"):
        raise Refused(_("Only a clinician allows what the copy check stops."))
    if not reason.strip():
        raise Refused(_("Write the reason: it stays in the history."))
    remarks = remarks_on(Wording.of(version), version.unit, References.load())
    if not any(fingerprint and remark.fingerprint == fingerprint for remark in remarks):
        raise Refused(_("These words are no longer in the draft."))
    return record(version, CopyEvent.Kind.ALLOWED, by, reason.strip(), fingerprint=fingerprint)


def ask(version, by, fingerprint, words):
    """Ask a clinician about one remark of the copy check, also on a draft that cannot be sent because of it."""
    remarks = remarks_on(Wording.of(version), version.unit, References.load())
    remark = next((each for each in remarks if fingerprint and each.fingerprint == fingerprint), None)
    if remark is None:
        raise Refused(_("These words are no longer in the draft. Save it first, then ask."))
    said = f"“{remark.words}”: {remark.mend}"
    return record(version, CopyEvent.Kind.ASKED, by, f"{said}\n{words}".strip(), fingerprint=fingerprint)


def record(version, kind, by, words="", **fields):
    """Add a line to the version's history; who decides what patients read is in the audit too."""
    if kind != CopyEvent.Kind.COMMENT:
        audit.record(audit.Action.COPY, by, page="copy", details={"step": kind, "version": version.pk})
    return CopyEvent.objects.create(version=version, kind=kind, by=by, words=words, **fields)


def is_signed(version, wording=None, shelf=None) -> bool:
    """Whether what is stored now is, to the character, what was signed."""
    return holds(version, wording or Wording.of(version), shelf or Shelf.load())


def refuse_stops(version, wording=None, shelf=None, signed=False):
    """
    Raises Refused while the claim rule or the copy check stops these words.

    `signed`: a clinician has signed exactly these, so what their signature sees to stops nothing any more.
    """
    stops = stops_of(remarks_on(wording or Wording.of(version), version.unit, References.load(shelf)))
    if stops := [stop for stop in stops if not (signed and stop.until_signed)]:
        raise Refused(_("Mend what stops this draft first."), stops)


def locked(version):
    """The version as it stands now, while nobody else can take a step on its unit."""
    Unit.objects.select_for_update().only("pk").get(pk=version.unit_id)
    return Version.objects.select_related("unit__treatment").get(pk=version.pk)


def _locked_newest(version):
    version = locked(version)
    if not _is_newest(version):
        raise Refused(_("There is a newer draft than version %(number)s.") % {"number": version.number})
    return version


def _refuse_untranslated(version):
    """What is still the original, letter for letter, is no translation of it."""
    originals = Version.objects.filter(unit=version.unit_id, language=ORIGINAL)
    if version.language != ORIGINAL and originals.filter(digest=version.digest).exists():
        raise Refused(_("These are still the English words. Translate them and save first."))


def _is_newest(version):
    return not Version.objects.filter(
        unit=version.unit_id, language=version.language, number__gt=version.number
    ).exists()
