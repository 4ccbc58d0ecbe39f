"""What treatments share: sources, words of the glossary and of the search, notices; and the sample clinic."""

from datetime import date, time

from django.utils import timezone

from clinic_site.models import Clinic
from treatments.guide_files.fields import check_record, fields_of, refuse_others, save_record, tables_of
from treatments.guide_files.folder import TextFile
from treatments.guide_files.shape import (
    CLINIC_ARRAYS,
    RECORD_FIELDS,
    RECORDS,
    fields_of_clinic,
)
from treatments.models import (
    Source,
    Synonym,
    Term,
)
from treatments.publishing.signatures import in_use
from treatments.words.digest import REFERENCE_FIELDS, digest_of_fields

FOLLOWING = {Source, Term, Synonym}  # they follow their file while nobody has edited them


def load_clinic(file: TextFile):
    """The sample clinic, on an empty database only: afterwards the profile is the clinic's."""
    if Clinic.objects.exists():
        return
    profile = file.data.get("clinic", {})
    save_record(
        Clinic(**fields_of(file, ("clinic",), Clinic, profile, fields_of_clinic(), "clinic")), file, ("clinic",), ""
    )
    for array, model in CLINIC_ARRAYS.items():
        for number, row in enumerate(tables_of(file, array)):
            place = (array, number)
            try:
                values = {name: _time_or_date(name, value) for name, value in row.items()}
                model.objects.create(**values)
            except (TypeError, ValueError) as error:
                raise file.bad(place, str(error), array) from None


def _time_or_date(name, value):
    if name in ("opens", "closes"):
        return time.fromisoformat(value)
    return date.fromisoformat(str(value)) if name == "date" else value


def load_records(file: TextFile, must_agree: bool):
    """
    Add the records that are not there yet.

    Sources, words of the glossary and of the search follow their file while nobody has edited them, as units do: at
    once while nobody has signed a page, and afterward, where clinicians sign them, as drafts. `must_agree`: the first
    load of a treatment beside others, whose files must not mean something else by a key than is meant here.
    """
    array, model, key = RECORDS[file.name]
    known = model.objects.in_bulk(field_name=key)
    is_signed = in_use().exclude(signed_digest="").exists()
    seen: set = set()
    refuse_others(file, {array})
    for number, row in enumerate(tables_of(file, array)):
        place, what = (array, number), f"{array} {row.get(key, '')}".strip()
        record = model(**fields_of(file, place, model, row, RECORD_FIELDS[model], what))
        name = getattr(record, key)
        if name in seen:
            raise file.bad((*place, key), "it stands in this file twice. Give one of them another key.", what)
        seen.add(name)
        there = known.get(name)
        if there and must_agree and model in FOLLOWING and not _agree(record, there):
            words = "another treatment uses this key, and here it says something else. Make them one, or rename it."
            raise file.bad(place, words, what)
        _load_record(file, place, what, record, there, is_signed)


def _agree(record, there):
    """Whether a record says what is there already, live or as drafted."""
    names = RECORD_FIELDS[type(record)]
    said = [digest_of_fields(there, names)]
    if isinstance(there, Source | Term):
        said.append(digest_of_fields(there.as_drafted(), names))
    return digest_of_fields(record, names) in said


def _load_record(file, place, what, record, there, is_signed):
    model = type(record)
    if model in FOLLOWING:
        record.shipped = digest_of_fields(record, RECORD_FIELDS[model])
        if there and there.shipped == digest_of_fields(there, RECORD_FIELDS[model]) != record.shipped:
            record.pk, record._state.adding = there.pk, False
            if model in REFERENCE_FIELDS:
                record.is_live = there.is_live
            there = None
        if there is None and is_signed and model in REFERENCE_FIELDS:
            check_record(file, place, record, what)
            _keep_draft(record)
            return
    if there is None:
        save_record(record, file, place, what)


def _keep_draft(shipped):
    """What the file says now, as a draft beside what is live; a new record is all draft."""
    draft = {name: getattr(shipped, name) for name in [*REFERENCE_FIELDS[type(shipped)], "shipped"]}
    is_new = shipped.pk is None
    record = shipped if is_new else type(shipped).objects.get(pk=shipped.pk)
    if record.draft != draft and record.drafted_by is None:
        record.draft, record.drafted_at, record.drafted_by = draft, timezone.now(), None
        record.is_live = record.is_live and not is_new
        record.save()
