"""What of a version stands in sight on its page, and what lies in the folds under it."""

from dataclasses import dataclass, field
from functools import cached_property

from treatments.models.row import Layer

KINDS = ["keyfacts", "claims", "comparisons", "risks", "passages", "questions"]


@dataclass
class Fold:
    """The rows of one layer by their kind, each kind in the order of the page; of claims, those with their findings."""

    keyfacts: list = field(default_factory=list)
    claims: list = field(default_factory=list)
    comparisons: list = field(default_factory=list)
    risks: list = field(default_factory=list)
    passages: list = field(default_factory=list)
    questions: list = field(default_factory=list)

    @property
    def findings(self):
        """How many studies stand in it."""
        return sum(len(findings) for _claim, findings in self.claims)

    @property
    def notes(self):
        """How many other entries stand in it."""
        return sum(len(getattr(self, kind)) for kind in KINDS if kind != "claims")

    def __bool__(self):
        return bool(self.claims) or self.notes > 0


class PageLayers:
    """
    The rows of one version by where they stand. Each kind is read once, when it is asked for.

    A claim's findings stand beside it, all of them, until somebody puts a row of the version in a fold or chooses the
    finding that matters most: so a version from before keeps its look.
    """

    def __init__(self, version):
        self._version = version
        self._read = {}

    @cached_property
    def is_layered(self):
        folded = any(row.layer for kind in KINDS for row in self._rows(kind))
        return folded or any(finding.shown for claim in self._rows("claims") for finding in claim.findings.all())

    def in_sight(self, kind):
        return [row for row in self._rows(kind) if not row.layer]

    def _rows(self, kind):
        if kind not in self._read:
            self._read[kind] = list(getattr(self._version, kind).all())
        return self._read[kind]

    keyfacts = property(lambda self: self.in_sight("keyfacts"))
    comparisons = property(lambda self: self.in_sight("comparisons"))
    risks = property(lambda self: self.in_sight("risks"))
    passages = property(lambda self: self.in_sight("passages"))
    questions = property(lambda self: self.in_sight("questions"))

    @cached_property
    def claims(self):
        """Each claim in sight, with the findings beside it."""
        return [(claim, self._findings(claim, shown=True)) for claim in self.in_sight("claims")]

    @cached_property
    def studies(self):
        behind = [(claim, self._findings(claim, shown=False)) for claim in self.in_sight("claims")]
        fold = self._fold(Layer.STUDIES)
        fold.claims = [(claim, findings) for claim, findings in behind if findings] + fold.claims
        return fold

    @cached_property
    def reviewed(self):
        return self._fold(Layer.REVIEWED)

    def _fold(self, layer):
        rows = {kind: [row for row in self._rows(kind) if row.layer == layer] for kind in KINDS}
        claims = [(claim, list(claim.findings.all())) for claim in rows.pop("claims")]
        return Fold(claims=claims, **rows)

    def _findings(self, claim, shown):
        findings = list(claim.findings.all())
        if not self.is_layered:
            return findings if shown else []
        return [finding for finding in findings if finding.shown == shown]
