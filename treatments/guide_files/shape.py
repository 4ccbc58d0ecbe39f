"""What may stand in the files of a guide: their names, their tables, and what each field takes."""

from datetime import date
from decimal import Decimal

from django.db import models

from clinic_site.models import Clinic, ClosedDay, Notice, OpeningHours
from treatments.models import Benefit, Section, Source, Synonym, Term, TreatmentFacts
from treatments.models.rows import ROW_MODELS
from treatments.words.digest import REFERENCE_FIELDS, SIGNED_FIELDS

GUIDE, FACTS, CLINIC = "guide.toml", "treatment.toml", "clinic.toml"
# Files of records: the array in each, its model, and the field by which a record is known.
RECORDS = {
    "notices.toml": ("notice", Notice, "slug"),
    "sources.toml": ("source", Source, "key"),
    "glossary.toml": ("term", Term, "slug"),
    "synonyms.toml": ("synonym", Synonym, "slug"),
}
FOLDERS = {"sections": Section, "benefits": Benefit}  # of units, beside the treatment's facts
PICTURES = "pictures"
RECORD_FIELDS = REFERENCE_FIELDS | {
    Synonym: ["slug", "typed", "means", "answered_at"],
    Notice: ["slug", "title", "body", "shown"],
}
VERSION_FIELDS = ["title", "heading", "lead", "summary", "synonyms"]
RETIRED: dict[str, type] = {"retired": bool, "leads_to": str}
# What a file of a unit says beside its words, in the original alone.
UNIT_FIELDS: dict[type, dict[str, type]] = {
    TreatmentFacts: {"position": int, **RETIRED},
    Section: {"position": int, "kind": str, **RETIRED},
    Benefit: {"position": int, **RETIRED},
}
GUIDE_FIELDS: dict[str, type] = {"slug": str, "position": int}
ARRAY_NAMES = {
    "keyfact": "key_fact",
    "preparationstep": "preparation_step",
    "recoveryday": "recovery_day",
    "caresign": "care_sign",
    "clinicfield": "clinic_field",
}


def array_of(model) -> str:
    """What the tables of a kind of row are called."""
    name = str(model._meta.model_name)
    return ARRAY_NAMES.get(name, name)


ARRAYS = {array_of(model): model for model in ROW_MODELS}
del ARRAYS["finding"]  # they stand within their claims
CLINIC_ARRAYS = {"hours": OpeningHours, "closed_day": ClosedDay}


def fields_of_row(model) -> list[str]:
    """The fields that a file gives of a row; its sources and findings are lists of their own."""
    return [name for name in SIGNED_FIELDS[model] if name not in ("claim", "source", "sources")]


def fields_of_clinic() -> list[str]:
    return [field.name for field in Clinic._meta.concrete_fields if field.name != "id"]


def is_taken(model, name, value) -> bool:
    """Whether a field of that model takes such a value; what it says is judged later."""
    field = model._meta.get_field(name)
    if isinstance(field, models.BooleanField):
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if isinstance(field, models.DecimalField):
        return isinstance(value, int | Decimal)
    if isinstance(field, models.IntegerField):
        return isinstance(value, int)
    if isinstance(field, models.DateField):
        return isinstance(value, str | date)
    if isinstance(field, models.JSONField):
        return isinstance(value, list)
    return isinstance(value, str)
