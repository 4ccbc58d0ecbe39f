"""The copy half of the admin: what marketing edits and patients read."""

from treatments.admin.reference import SourceAdmin, TermAdmin
from treatments.admin.searching import MissedSearchAdmin, SynonymAdmin
from treatments.admin.units import BenefitAdmin, SectionAdmin, TreatmentFactsAdmin

__all__ = [
    "BenefitAdmin",
    "MissedSearchAdmin",
    "SectionAdmin",
    "SourceAdmin",
    "SynonymAdmin",
    "TermAdmin",
    "TreatmentFactsAdmin",
]
