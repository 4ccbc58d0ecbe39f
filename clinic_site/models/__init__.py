"""The clinic itself: who it is, when it is open, who works there, and the notices on its site."""

from clinic_site.content_revision import ContentRevision
from clinic_site.models.audit import AuditCheck, AuditEntry, AuditPurge, AuditSeal
from clinic_site.models.clinic import Clinic, SelfPick
from clinic_site.models.health import FieldKeyCheck, NightJob, WorkerBeat
from clinic_site.models.hours import ClosedDay, OpeningHours
from clinic_site.models.limits import Limits
from clinic_site.models.notices import Banner, Notice, next_change_of_banners
from clinic_site.models.people import StaffMember, TeamMember
from clinic_site.models.problems import HealthLook, OperatorMessage, Problem
from clinic_site.models.sessions import StaffSession
from clinic_site.models.unsaved_words import UnsavedWords

__all__ = [
    "AuditCheck",
    "AuditEntry",
    "AuditPurge",
    "AuditSeal",
    "Banner",
    "Clinic",
    "ClosedDay",
    "ContentRevision",
    "FieldKeyCheck",
    "HealthLook",
    "Limits",
    "NightJob",
    "Notice",
    "OpeningHours",
    "OperatorMessage",
    "Problem",
    "SelfPick",
    "StaffMember",
    "StaffSession",
    "TeamMember",
    "UnsavedWords",
    "WorkerBeat",
    "next_change_of_banners",
]
