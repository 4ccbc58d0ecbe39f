"""From the guide's text files to the database (treatments/content/README.md describes the files)."""

import hashlib
import tomllib
from collections import Counter
from datetime import date, time
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from clinic_site.models import Clinic, ClosedDay, Notice, OpeningHours
from treatments.models import (
    Benefit,
    Claim,
    Finding,
    Section,
    Source,
    Synonym,
    Term,
    Treatment,
    TreatmentFacts,
    Version,
)
from treatments.models.rows import ROW_MODELS
from treatments.publishing.signatures import in_use
from treatments.words.checking import References, remarks_on
from treatments.words.digest import REFERENCE_FIELDS, digest_of, digest_of_fields
from treatments.words.references import Shelf
from treatments.words.remarks import stops_of
from treatments.words.wording import Wording

CONTENT = Path(__file__).parent / "content"
LANGUAGE = "en"
FOLLOWING = REFERENCE_FIELDS | {Synonym: ["slug", "typed", "means", "answered_at"]}
VERSION_FIELDS = ["title", "heading", "lead", "summary", "synonyms"]
ARRAYS = {
    "key_fact": "keyfact",
    "preparation_step": "preparationstep",
    "recovery_day": "recoveryday",
    "care_sign": "caresign",
    "clinic_field": "clinicfield",
}


class BadContent(Exception):
    """A text file of the guide cannot be loaded: names the file, the row and what to mend."""


@transaction.atomic
def load_guide(live: bool) -> Counter:
    """
    Load the shipped guide; returns how many records were new, updated, kept as staff left them, or unchanged.

    All or nothing. With `live` units are shown to patients at once (and say that they are unsigned), unless a clinician
    has signed that unit before; without it they wait as drafts. Raises BadContent.
    """
    counts: Counter = Counter()
    _load_clinic()
    _load_records("notices.toml", "notice", Notice, "slug")
    _load_records("sources.toml", "source", Source, "key")
    _load_records("glossary.toml", "term", Term, "slug")
    _load_records("synonyms.toml", "synonym", Synonym, "slug")
    treatment, _made = Treatment.objects.get_or_create(slug="microneedling")
    files = [(TreatmentFacts, "treatment.toml")]
    files += [(Section, f"sections/{file.name}") for file in sorted((CONTENT / LANGUAGE / "sections").glob("*.toml"))]
    files += [(Benefit, f"benefits/{file.name}") for file in sorted((CONTENT / LANGUAGE / "benefits").glob("*.toml"))]
    for kind, name in files:
        counts[_load_unit(treatment, kind, name, live)] += 1
    return counts


def _load_clinic():
    """The sample clinic, on an empty database only: afterwards the profile is the clinic's."""
    if Clinic.objects.exists():
        return
    shipped = _read(CONTENT / "clinic.toml")
    Clinic.objects.create(**shipped["clinic"])
    for row in shipped["hours"]:
        OpeningHours.objects.create(
            weekday=row["weekday"], opens=time.fromisoformat(row["opens"]), closes=time.fromisoformat(row["closes"])
        )
    for row in shipped["closed_day"]:
        ClosedDay.objects.create(date=date.fromisoformat(str(row["date"])), name=row["name"])


def _load_records(file, array, model, key):
    """
    Add the records that are not there yet.

    Sources, words of the glossary and of the search follow their file while nobody has edited them, as units do: at
    once while nobody has signed a page, and afterward, where clinicians sign them, as drafts.
    """
    known = model.objects.in_bulk(field_name=key)
    is_signed = in_use().exclude(signed_digest="").exists()
    for row in _read(CONTENT / file)[array]:
        where, there = f"{file}, {row[key]}", known.get(row[key])
        shipped = _made(model, row, where)
        if model in FOLLOWING:
            shipped.shipped = digest_of_fields(shipped, FOLLOWING[model])
            if there and there.shipped == digest_of_fields(there, FOLLOWING[model]) != shipped.shipped:
                shipped.pk, shipped._state.adding = there.pk, False
                if model in REFERENCE_FIELDS:
                    shipped.is_live = there.is_live
                there = None
            if there is None and is_signed and model in REFERENCE_FIELDS:
                _load_draft(shipped, where)
                continue
        if there is None:
            _save(shipped, where)


def _load_draft(shipped, where):
    """What the file says now, as a draft beside what is live; a new record is all draft."""
    _check_record(shipped, where)
    draft = {name: getattr(shipped, name) for name in [*REFERENCE_FIELDS[type(shipped)], "shipped"]}
    is_new = shipped.pk is None
    record = shipped if is_new else type(shipped).objects.get(pk=shipped.pk)
    if record.draft != draft and record.drafted_by is None:
        record.draft, record.drafted_at, record.drafted_by = draft, timezone.now(), None
        record.is_live = record.is_live and not is_new
        record.save()


def _load_unit(treatment, kind, name, live):
    path = CONTENT / LANGUAGE / name
    shipped = _read(path)
    if "position" not in shipped:
        raise BadContent(f"{name}: it has no position.")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    slug = treatment.slug if kind is TreatmentFacts else path.stem
    unit, made = kind.objects.get_or_create(treatment=treatment, slug=slug, defaults={"position": shipped["position"]})
    newest = unit.newest_version()
    if newest and not newest.shipped:
        return "changed by staff and left alone"
    if newest and newest.shipped == digest:
        return "unchanged"
    number = unit.versions.aggregate(Max("number"))["number__max"] or 0
    words = {field: shipped.get(field, "") for field in VERSION_FIELDS}
    version = _save(Version(unit=unit, language=LANGUAGE, number=number + 1, shipped=digest, **words), name)
    _load_rows(version, shipped, name)
    _check(version, name)
    if live and not unit.versions.exclude(signed_at=None).exists():
        version.go_live()
    return "new" if made else "updated"


def _check(version, file):
    """Hold the words to the rules that staff are held to, and keep their digest."""
    wording = Wording.of(version)
    references = References.load(
        Shelf.load().as_drafted()
    )  # what the files say of sources may still wait for a clinician
    if stops := stops_of(remarks_on(wording, version.unit, references)):
        raise BadContent("; ".join(f"{file}, {_named(stop.field.record)}: {stop.words} {stop.mend}" for stop in stops))
    version.digest = digest_of(wording)
    version.save(update_fields=["digest"])


def _named(record):
    return f"{record._meta.model_name} {getattr(record, 'key', '')}".rstrip()


def _load_rows(version, shipped, file):
    known = {model._meta.model_name: model for model in ROW_MODELS if model is not Finding}
    arrays = {name: rows for name, rows in shipped.items() if name not in [*VERSION_FIELDS, "position"]}
    for array, rows in arrays.items():
        model = known.get(ARRAYS.get(array, array))
        if model is None:
            raise BadContent(f"{file}: nothing is called '{array}'.")
        for position, row in enumerate(rows, start=1):
            _load_row(model, version, position * 10, row, f"{file}, {array} {row.get('key')}")


def _load_row(model, version, position, row, where):
    fields = {name: value for name, value in row.items() if name not in ("sources", "finding")}
    if model is Finding:
        fields["source"] = _source(row.get("source"), where)
    saved = _save(_made(model, {"version": version, "position": position, **fields}, where), where)
    if model is Claim:
        if not row.get("sources"):
            raise BadContent(f"{where}: a claim needs at least one source.")
        saved.sources.set(_source(key, where) for key in row["sources"])
    for number, finding in enumerate(row.get("finding", []), start=1):
        _load_row(Finding, version, position + number, {**finding, "claim": saved}, f"{where}, {finding.get('key')}")


def _source(key, where):
    try:
        return Source.objects.get(key=key)
    except Source.DoesNotExist:
        raise BadContent(f"{where}: there is no source {key} in sources.toml.") from None


def _read(path):
    try:
        return tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise BadContent(f"{path.relative_to(CONTENT)}: {error}") from error


def _made(model, fields, where):
    try:
        return model(**fields)
    except TypeError as error:
        raise BadContent(f"{where}: {error}") from error


def _save(record, where):
    """Save a record, held to the rules that staff are held to."""
    _check_record(record, where)
    record.save()
    return record


def _check_record(record, where):
    try:
        record.full_clean()
    except ValidationError as error:
        raise BadContent(f"{where}: {error}") from error
