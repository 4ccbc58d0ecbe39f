"""The page For you: the choices for one concern side by side, made of what is live and of one reader's answers."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.http import Http404
from django.utils.translation import gettext as _

from treatments.guide.answers import Matter, Option, Skin
from treatments.guide.skin import TONES
from treatments.models import Choice, SectionKind


@dataclass(frozen=True)
class Column:
    """A choice with the claim that says how far it can be trusted, if one does."""

    choice: Choice
    claim: object = None


class ForYou:
    """
    One reader's page.

    Words come from the benefit of their concern, or from the treatment's facts where they named none; counts of dark
    marks from the page of risks, days and figures from the treatment's key facts.
    """

    def __init__(self, guide, answers, today):
        self.guide = guide
        self.answers = answers
        self.today = today

    @cached_property
    def benefit(self):
        """The benefit that the reader's concern is about, or None."""
        return next((each for each in self.guide.benefits if each.unit.slug == self.answers.benefit), None)

    @cached_property
    def subject(self):
        """The version whose choices stand side by side."""
        return self.benefit or self.guide.facts

    @cached_property
    def columns(self):
        """The choices, those without needles first; the option is left out for who does not want it."""
        unwanted = Choice.Kind.OPTION if self.answers.prp == Option.WITHOUT else None
        choices = [choice for choice in self.subject.choices.all() if choice.kind != unwanted]
        if not choices:
            raise Http404("nothing is written here that could be set side by side")
        return [Column(choice, self._claims.get(choice.graded_by)) for choice in choices]

    @property
    def without(self):
        return [column for column in self.columns if column.choice.kind == Choice.Kind.WITHOUT]

    @property
    def treated(self):
        return [column for column in self.columns if column.choice.kind != Choice.Kind.WITHOUT]

    @property
    def claims_of_treatment(self):
        """The claim that the treatment's own column stands on, if one does."""
        return [column.claim for column in self.columns if column.choice.kind == Choice.Kind.TREATMENT and column.claim]

    @property
    def skin_is_looked_at_first(self):
        """Whether a changing spot has to be ruled out: the concern's page says so, or no concern was named."""
        return self.benefit is None or self._passage("skin-check") is not None

    @property
    def option(self):
        """The choice that adds the treatment's option, whether wanted or not; None where there is none."""
        return next((row for row in self.subject.choices.all() if row.kind == Choice.Kind.OPTION), None)

    @property
    def wants_option(self):
        return self.answers.prp == Option.WITH and self.option is not None

    @cached_property
    def decision(self):
        """What there is to decide, in a few sentences; None where nobody wrote them."""
        return self._passage("decision")

    @cached_property
    def who_should_wait(self):
        return self._passage("who-should-not") if self.benefit else None

    @cached_property
    def cautions(self):
        """For who named no concern: the situations that the request form asks about too."""
        suitability = self.guide.section_of_kind(SectionKind.SUITABILITY)
        return [row for row in suitability.cautions.all() if row.in_form] if suitability else []

    @cached_property
    def counts(self):
        risks = self.guide.section_of_kind(SectionKind.RISKS)
        return list(risks.counts.all()) if risks else []

    @cached_property
    def skin(self):
        """The name of the reader's skin tone, or nothing."""
        return Skin(self.answers.skin).label if self.answers.skin else ""

    @property
    def heading(self):
        words = {"concern": self.benefit.title if self.benefit else "", "skin": str(self.skin).lower()}
        if self.benefit and self.skin:
            return _("%(concern)s on %(skin)s skin: your choices") % words
        return _("%(concern)s: your choices") % words if self.benefit else _("Your choices")

    @property
    def tones(self):
        """The reader's tone; all of them for who named none, since none is the usual one."""
        return [tone for tone in TONES if tone.skin in (self.answers.skin or Skin.values)]

    @property
    def prp(self):
        return Option(self.answers.prp).label if self.answers.prp else ""

    @property
    def matters(self):
        return [Matter(matter).label for matter in self.answers.matters]

    @cached_property
    def last_day(self) -> date | None:
        """The last day for the treatment that leaves the days of recovery before the reader's date."""
        settles = self.guide.key_facts.get("settle-days")
        if self.answers.ready_by is None or settles is None:
            return None
        return self.answers.ready_by - timedelta(days=int(settles.high))

    @cached_property
    def is_too_soon(self):
        return self.last_day is not None and self.last_day <= self.today

    @cached_property
    def units(self):
        """The versions whose words stand on the page."""
        shown = [
            self.subject,
            self.guide.facts,
            self.guide.section_of_kind(SectionKind.RISKS),
            self.guide.section_of_kind(SectionKind.OPTION),
        ]
        return [version for version in dict.fromkeys(shown) if version]

    @property
    def is_signed(self):
        return all(version.signed_at for version in self.units)

    @property
    def written_at(self):
        return max(version.written_at for version in self.units)

    @property
    def review_due(self):
        """When the first of its words is due for review; None while one of them has no day yet."""
        days = [version.review_due for version in self.units]
        return min(days) if all(days) else None

    @cached_property
    def _claims(self):
        """Every claim of the guide by its key, the subject's own first."""
        option = self.guide.section_of_kind(SectionKind.OPTION)
        pages = [self.subject, *self.guide.benefits, *([option] if option else [])]
        return {claim.key: claim for page in reversed(pages) for claim in page.claims.all()}

    @cached_property
    def _passages(self):
        return {passage.key: passage for passage in self.subject.passages.all()}

    def _passage(self, key):
        return self._passages.get(key)
