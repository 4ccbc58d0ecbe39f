"""The guide in the database: units of copy, their versions, and the rows that make up a version."""

from treatments.models.addresses import OldAddress
from treatments.models.claims import Claim, ClaimSource, Finding
from treatments.models.history import CopyEvent, PreviewLink
from treatments.models.pictures import Picture, next_change_of_pictures
from treatments.models.reference import Source, Term
from treatments.models.row import Row
from treatments.models.rows import (
    CareSign,
    Caution,
    Choice,
    ClinicField,
    Comparison,
    Count,
    KeyFact,
    Passage,
    PreparationStep,
    Question,
    RecoveryDay,
    Risk,
    Step,
)
from treatments.models.searching import MissedSearch, Synonym
from treatments.models.sections import SectionKind
from treatments.models.units import Benefit, Names, Section, Treatment, TreatmentFacts, Unit
from treatments.models.versions import REVIEW_SOON, Version, next_change_of_versions

__all__ = [
    "REVIEW_SOON",
    "Benefit",
    "CareSign",
    "Caution",
    "Choice",
    "Claim",
    "ClaimSource",
    "ClinicField",
    "Comparison",
    "CopyEvent",
    "Count",
    "Finding",
    "KeyFact",
    "MissedSearch",
    "Names",
    "OldAddress",
    "Passage",
    "Picture",
    "PreparationStep",
    "PreviewLink",
    "Question",
    "RecoveryDay",
    "Risk",
    "Row",
    "Section",
    "SectionKind",
    "Source",
    "Step",
    "Synonym",
    "Term",
    "Treatment",
    "TreatmentFacts",
    "Unit",
    "Version",
    "next_change_of_pictures",
    "next_change_of_versions",
]
