"""The status of a unit in words: what is live, what is in draft, what happens next."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic_site.dates import clock_words, date_words, moment_and_year_words
from treatments.models import CopyEvent, Version
from treatments.words.references import Shelf, is_signed, signature_of

State = Version.State


@dataclass
class UnitStatus:
    """
    `newest` is what staff work on, `planned` what goes live by itself, `stops` what stands in the way of `wording`.

    `shelf` has the sources and glossary words that they use; `last` is what patients read last where nothing is live;
    `sent_back` the line of the history that asks for a change; `facts_signed` says whether the treatment's facts, which
    stand on each page, are signed.
    """

    newest: Version
    live: Version | None
    last: Version | None
    planned: list
    stops: list
    wording: object
    shelf: Shelf
    sent_back: CopyEvent | None
    facts_signed: bool

    @property
    def state(self):
        """Of the newest version; signed words that are no longer the stored ones are a draft."""
        if self.newest.state == State.APPROVED and not is_signed(self.newest, self.wording, self.shelf):
            return State.DRAFT
        return self.newest.state

    @property
    def signature(self):
        """Of the words on the page, and of what they use: what a clinician signs."""
        return signature_of(self.wording, self.shelf)

    @property
    def end(self):
        """The moment at which the live words are taken down by themselves, if no version follows them."""
        if self.live is None or self.live.ends_at != self.live.live_until:
            return None
        return self.live.ends_at

    @property
    def stays(self):
        """In words: how long newly published words would stay."""
        if not self.planned:
            return _("It stays until you publish another one or take it down.")
        values = {"number": self.planned[0].number, "moment": moment_and_year_words(self.planned[0].live_from)}
        return _("Version %(number)s follows on %(moment)s.") % values

    @property
    def is_draft(self):
        return self.state in (State.DRAFT, State.IN_REVIEW, State.APPROVED)

    @property
    def about_live(self):
        if self.live is None:
            return _("Nothing of this page is live.")
        signer = self.live.signed_by
        if not signer:
            is_live = _("Version %(number)s has been live since %(day)s, and nobody has signed it.")
        elif self.facts_signed:
            is_live = _("Version %(number)s has been live since %(day)s, signed off by %(who)s.")
        else:
            is_live = _(
                "Version %(number)s has been live since %(day)s, signed off by %(who)s. The treatment’s facts, which "
                "stand on this page too, are not signed yet."
            )
        is_live %= {
            "number": self.live.number,
            "day": date_words(self.live.live_from),
            "who": signer.shown_name if signer else "",
        }
        ends = _("It is taken down on %(moment)s.") % {"moment": moment_and_year_words(self.end)} if self.end else ""
        return f"{is_live} {ends}".strip()

    @property
    def about_draft(self):
        if not self.is_draft:
            return ""
        newest = self.newest
        if not newest.writer:
            return _("Version %(number)s shipped with the site.") % {"number": newest.number}
        saved = _recent_moment_words(newest.written_at)
        about = _("Version %(number)s by %(who)s, saved %(moment)s.")
        return about % {"number": newest.number, "who": newest.writer, "moment": saved}

    @property
    def next(self):
        """What has to happen next, and by whom."""
        newest = self.newest
        if self.state == State.DRAFT:
            return self._next_of_draft
        if self.state == State.IN_REVIEW:
            values = {"moment": _recent_moment_words(newest.sent_at)}
            return _("a clinician reads it and signs it off. Sent %(moment)s.") % values
        if self.state == State.APPROVED:
            return _("publish it, now or at a time.")
        if self.state == State.PLANNED:
            values = {"number": newest.number, "moment": moment_and_year_words(newest.live_from)}
            return _("version %(number)s goes live on %(moment)s by itself.") % values
        if self.state == State.LIVE:
            return _(
                "change the words and save: that makes a draft. Patients read the live words until you publish it."
            )
        if self.last:
            return _("bring it back as it was, or change the words and send them for sign-off.")
        return _("change the words and save, then send them for sign-off.")

    @property
    def _next_of_draft(self):
        if number := len(self.stops):
            mend = ngettext(
                "mend %(number)s thing, then send it for sign-off.",
                "mend %(number)s things, then send it for sign-off.",
                number,
            )
            return mend % {"number": number}
        if self.sent_back:
            return _("change what %(who)s asked for, then send it again.") % {"who": self.sent_back.who}
        return _("send it for sign-off.")

    @property
    def steps(self):
        """The four steps to a live page: (words, 'done', 'now' or '')."""
        now = {State.DRAFT: 1, State.IN_REVIEW: 2, State.APPROVED: 3, State.PLANNED: 3}.get(self.state)
        if now is None:
            return []
        checked = _("Mend %(number)s") % {"number": len(self.stops)} if self.stops else _("Copy check")
        names = [_("Draft"), checked, _("Sign-off"), _("Live")]
        return [(name, "done" if place < now else "now" if place == now else "") for place, name in enumerate(names)]


def _recent_moment_words(moment):
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return _("today, %(time)s") % {"time": clock_words(moment)}
    return f"{date_format(local, 'M j')}, {clock_words(moment)}"
