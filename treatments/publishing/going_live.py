"""Publishing now, at a time, until a time. What patients read is worked out when they read it; no job has to run."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic_site.dates import moment_and_year_words
from treatments.models import CopyEvent, Section, Treatment, Unit, Version
from treatments.models.sections import REQUIRED
from treatments.publishing.signoff import Refused, is_signed, locked, record, refuse_stops
from treatments.words.wording import Wording

LONGEST_AHEAD = timedelta(days=2 * 366)


@transaction.atomic
def publish(version, by, at=None, until=None):
    """
    Show these words to patients from `at` (now, if None) until `until` (until others replace them, if None).

    Raises Refused unless exactly these words are signed, nothing stops them, and the time is free.
    """
    version, now = locked(version), timezone.now()
    _refuse_retired(version)
    _refuse_unsigned(version)
    if version.live_from:
        raise Refused(_("Version %(number)s was published or planned already.") % {"number": version.number})
    moment = at or now
    _refuse_times(moment, until, now, planned=at is not None)
    if until:
        _refuse_without_a_clinician(version, by)
    _refuse_older(version, now)
    _refuse_collision(version, moment, until, now)
    _refuse_half_a_treatment(version, moment, now)
    version.ends_at = until
    version.go_live(moment)
    kind = CopyEvent.Kind.PLANNED if moment > now else CopyEvent.Kind.PUBLISHED
    return record(version, kind, by, what_happens(version, moment, version.live_until, now))


@transaction.atomic
def call_off(version, by):
    """Take back a plan before its time; what was to end then lasts until its own end, or until the next plan."""
    version = locked(version)
    if version.state != Version.State.PLANNED:
        raise Refused(_("Only what has not gone live yet can be called off."))
    began = version.live_from
    version.live_from = version.live_until = version.ends_at = None
    version.save(update_fields=["live_from", "live_until", "ends_at"])
    for before in _others(version).filter(live_until=began):
        before.last_until_the_next()
    return record(version, CopyEvent.Kind.CALLED_OFF, by)


@transaction.atomic
def take_down(version, by, at=None):
    """
    End what patients read, now or at a time; an end that was chosen before is replaced. Needs no approval, but that of
    a clinician for what keeps patients safe.

    Raises Refused for what is not live, and for a time at which another version follows already.
    """
    version, now = locked(version), timezone.now()
    _refuse_without_a_clinician(version, by)
    if version.state != Version.State.LIVE:
        raise Refused(_("Only what is live can be taken down."))
    if at and at <= now:
        raise Refused(_("That time has passed. Choose a later one, or take it down now."))
    follows = _others(version).coming(now).order_by("live_from").first()
    if at and follows and follows.live_from <= at:
        values = {"number": follows.number, "moment": moment_and_year_words(follows.live_from)}
        raise Refused(_("Version %(number)s follows on %(moment)s already. Call that off first.") % values)
    version.ends_at = max(at or now, version.live_from)
    version.last_until_the_next()
    kind = CopyEvent.Kind.ENDS if at else CopyEvent.Kind.TAKEN_DOWN
    return record(version, kind, by, moment_and_year_words(version.live_until))


@transaction.atomic
def keep_up(version, by):
    """Call off a coming end: the version stays until another follows. Raises Refused where none was planned."""
    version = locked(version)
    if version.state != Version.State.LIVE or version.ends_at is None or version.ends_at != version.live_until:
        raise Refused(_("No end of this version is planned."))
    version.ends_at = None
    version.last_until_the_next()
    return record(version, CopyEvent.Kind.KEPT, by)


@transaction.atomic
def bring_back(version, by):
    """
    Show the words that patients read last once more: the undo of a take-down, without a new sign-off.

    Raises Refused where something is live, where these were not the last, or where something stops them now.
    """
    version, now = locked(version), timezone.now()
    last = _all_of(version).filter(live_until__lte=now).order_by("-live_until", "-number").first()
    if _all_of(version).live_at(now, version.language).exists() or last != version:
        raise Refused(_("Only the words that patients read last can be brought back, while nothing is live."))
    _refuse_retired(version)
    wording = Wording.of(version)
    if version.signed_digest and not is_signed(version, wording):
        raise Refused(_("These are not the words that were signed. They need a new sign-off."))
    refuse_stops(version, wording, signed=True)
    version.live_from, version.ends_at = now, None
    version.last_until_the_next()
    return record(version, CopyEvent.Kind.BROUGHT_BACK, by)


def what_happens(version, moment, until, now=None):
    """In words: from when these words are live, what they replace, and what comes after."""
    now = now or timezone.now()
    values = {"number": version.number, "moment": moment_and_year_words(moment)}
    values["until"] = moment_and_year_words(until) if until else ""
    if moment <= now:
        begins = _("Version %(number)s is live now.") % values
    else:
        begins = _("Version %(number)s goes live on %(moment)s, by itself.") % values
    replaced = _others(version).live_at(moment - timedelta(seconds=1), version.language).first()
    replaces = _("It replaces version %(number)s.") % {"number": replaced.number} if replaced else ""
    after = _others(version).filter(live_from=until).first() if until else None
    if not until:
        ends = _("It stays until you publish another one or take it down.")
    elif after:
        ends = _("On %(until)s version %(after)s follows.") % (values | {"after": after.number})
    else:
        ends = _("On %(until)s it is taken down, and the page is gone until another version is live.") % values
    return " ".join(filter(None, [begins, replaces, ends]))


def _refuse_unsigned(version):
    wording = Wording.of(version)
    if not version.signed_digest:
        raise Refused(_("A clinician has to sign version %(number)s off first.") % {"number": version.number})
    if not is_signed(version, wording):
        raise Refused(_("These are not the words that were signed. They need a new sign-off."))
    refuse_stops(version, wording, signed=True)


def _refuse_retired(version):
    """What was retired for good comes back on purpose alone."""
    here = Unit.objects.filter(treatment=version.unit.treatment_id).exclude(retired_at=None)
    if here.filter(Q(pk=version.unit_id) | Q(kind=Unit.Kind.TREATMENT)).exists():
        raise Refused(_("This page was retired for good. Call that off first, then publish it."))


def _refuse_half_a_treatment(version, moment, now):
    """A treatment begins as a whole: its facts do not go live before the pages that keep patients safe."""
    treatment = version.unit.treatment
    if version.unit.kind != Unit.Kind.TREATMENT or Treatment.objects.offered(now).filter(pk=treatment.pk).exists():
        return
    there = set(Section.objects.filter(treatment=treatment).live_at(moment).values_list("section_kind", flat=True))
    if missing := [str(kind.label) for kind in REQUIRED if kind not in there]:
        mend = _("A treatment goes live as a whole. Missing: %(pages)s. Have them signed, then publish all at once.")
        raise Refused(mend % {"pages": ", ".join(missing)})


def _refuse_without_a_clinician(version, by):
    if version.unit.needs_a_clinician and not by.has_perm("treatments.sign_version"):
        raise Refused(_("Patients need this page to stay safe. Only a clinician takes it down: ask one."))


def _refuse_times(moment, until, now, planned):
    if planned and moment <= now:
        raise Refused(_("That time has passed. Choose a later one, or publish now."))
    if moment > now + LONGEST_AHEAD:
        raise Refused(_("That is more than two years away. Choose a nearer time."))
    if until and until > now + 5 * LONGEST_AHEAD:
        raise Refused(_("That end is more than ten years away. Choose a nearer one, or none."))
    if until and until <= moment:
        raise Refused(_("It would end before it begins. Choose a later end, or none."))


def _refuse_older(version, now):
    """A page that was left open may not put old words over newer ones; restoring does, with a sign-off."""
    live = _others(version).live_at(now, version.language).first()
    if live and live.number > version.number:
        newer = _("Version %(live)s is live, and newer. Restore version %(number)s if you want it back.")
        raise Refused(newer % {"live": live.number, "number": version.number})


def _refuse_collision(version, moment, until, now):
    """Two planned versions may follow each other; they may not want the same time."""
    for other in _others(version).coming(now).order_by("live_from"):
        begins_within = other.live_from <= moment and not (other.live_until and other.live_until <= moment)
        runs_across = until and moment < other.live_from < until
        if begins_within or runs_across:
            values = {"number": other.number, "moment": moment_and_year_words(other.live_from)}
            mend = _("choose a time before it.") if begins_within else _("choose an end before it, or none.")
            collides = _("Version %(number)s is planned for %(moment)s and would collide with this.") % values
            raise Refused(f"{collides} {_('Call that off first, or')} {mend}")


def _others(version):
    return _all_of(version).filter(~Q(pk=version.pk))


def _all_of(version):
    return Version.objects.filter(unit=version.unit_id, language=version.language)
