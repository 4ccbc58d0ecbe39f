"""From a folder of text files to the database (treatments/content/README.md describes the files)."""

from collections import Counter
from datetime import date, time
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from clinic_site.languages import ORIGINAL
from clinic_site.models import Clinic
from treatments.guide_files.fields import check_record, fields_of, refuse_hidden, tables_of, texts_in
from treatments.guide_files.folder import SLUG, BadContent, TextFile, read_folder
from treatments.guide_files.pictures import check_pictures, store_pictures
from treatments.guide_files.shape import (
    ARRAYS,
    CLINIC,
    CLINIC_ARRAYS,
    FACTS,
    FOLDERS,
    GUIDE,
    GUIDE_FIELDS,
    RECORD_FIELDS,
    RECORDS,
    UNIT_FIELDS,
    VERSION_FIELDS,
    fields_of_clinic,
    fields_of_row,
)
from treatments.models import (
    Claim,
    ClaimSource,
    Finding,
    Section,
    SectionKind,
    Source,
    Synonym,
    Term,
    Treatment,
    TreatmentFacts,
    Version,
)
from treatments.publishing.signatures import in_use
from treatments.words.checking import References, remarks_on
from treatments.words.digest import REFERENCE_FIELDS, digest_of, digest_of_fields
from treatments.words.references import Shelf
from treatments.words.remarks import stops_of
from treatments.words.wording import Wording

CONTENT = Path(__file__).parent / "content"
FOLLOWING = {Source, Term, Synonym}  # they follow their file while nobody has edited them
RESERVED = {"for-you"}  # addresses below a treatment that no section can have


class _SameWords(Exception):
    """A file was written anew and says what is there already."""


@transaction.atomic
def load_guide(live: bool, folder: Path | None = None, say=None) -> Counter:
    """
    Load a guide from a folder, the shipped one by default; returns how many pages were new, updated, kept as staff left
    them, or unchanged.

    All or nothing. With `live` pages are shown to patients at once (and say that they are unsigned), unless a clinician
    has signed that page before; without it they wait as drafts. `say` is told of each page. Raises BadContent.
    """
    read = read_folder(folder or CONTENT)
    guide = read.files[GUIDE]
    slug = _slug_of_guide(guide)
    is_new = not Treatment.objects.filter(slug=slug).exists()
    check_pictures(read)
    counts: Counter = Counter()
    if CLINIC in read.files:
        _load_clinic(read.files[CLINIC])
    for name in RECORDS:
        if name in read.files:
            _load_records(read.files[name], must_agree=is_new and Treatment.objects.exists())
    treatment, _made = Treatment.objects.get_or_create(slug=slug, defaults={"position": guide.data.get("position", 0)})
    if not is_new:
        _refuse_another(treatment, read.files[f"{ORIGINAL}/{FACTS}"])
    for language in read.languages():
        for kind, file in _units_of(read, language):
            if say:
                say(file.name)
            counts[_load_unit(treatment, kind, file, language, live, read.pictures)] += 1
    store_pictures(read)
    return counts


def _slug_of_guide(guide: TextFile) -> str:
    for name, value in guide.data.items():
        if name not in GUIDE_FIELDS:
            raise guide.bad((name,), f"nothing is called '{name}' here.")
        if not isinstance(value, GUIDE_FIELDS[name]) or isinstance(value, bool):
            raise guide.bad((name,), f"{name} takes no such value: {str(value)[:40]}")
    slug = guide.data.get("slug", "")
    if not SLUG.match(slug) or len(slug) > 50:
        raise guide.bad(("slug",), "write the treatment's address in small letters, digits and hyphens.")
    if not 0 <= guide.data.get("position", 0) < 30_000:
        raise guide.bad(("position",), "position is a number from 0 to 29999.")
    return slug


def _units_of(read, language):
    """The files of pages in a language, the facts first, each with its kind."""
    if facts := read.files.get(f"{language}/{FACTS}"):
        yield TreatmentFacts, facts
    for folder, kind in FOLDERS.items():
        for file in read.units(language, folder):
            yield kind, file


def _refuse_another(treatment, facts):
    """A folder does not go into a treatment of another name that staff made at its address."""
    unit = TreatmentFacts.objects.filter(treatment=treatment).first()
    first = unit and unit.words.order_by("number").first()
    newest = unit and unit.newest_version()
    if first and newest and not first.shipped and newest.title != facts.data.get("title"):
        words = f"another treatment has the address {treatment.slug}: {newest.title}. Choose another slug in {GUIDE}."
        raise facts.bad(("title",), words)


def _load_clinic(file: TextFile):
    """The sample clinic, on an empty database only: afterwards the profile is the clinic's."""
    if Clinic.objects.exists():
        return
    profile = file.data.get("clinic", {})
    _save(Clinic(**fields_of(file, ("clinic",), Clinic, profile, fields_of_clinic(), "clinic")), file, ("clinic",), "")
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


def _load_records(file: TextFile, must_agree: bool):
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
    _refuse_others(file, {array})
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
        _save(record, file, place, what)


def _keep_draft(shipped):
    """What the file says now, as a draft beside what is live; a new record is all draft."""
    draft = {name: getattr(shipped, name) for name in [*REFERENCE_FIELDS[type(shipped)], "shipped"]}
    is_new = shipped.pk is None
    record = shipped if is_new else type(shipped).objects.get(pk=shipped.pk)
    if record.draft != draft and record.drafted_by is None:
        record.draft, record.drafted_at, record.drafted_by = draft, timezone.now(), None
        record.is_live = record.is_live and not is_new
        record.save()


def _load_unit(treatment, kind, file, language, live, pictures):
    _refuse_others(file, {*VERSION_FIELDS, *ARRAYS, *(UNIT_FIELDS[kind] if language == ORIGINAL else ())})
    unit, made = _unit_at(treatment, kind, file, language)
    newest = unit.newest_version()
    if newest and not newest.shipped:
        return "changed by staff and left alone"
    if newest and newest.shipped == file.digest:
        return "unchanged"
    try:
        with transaction.atomic():
            version = _store(unit, file, pictures)
            if newest and version.digest == newest.digest:
                raise _SameWords
    except _SameWords:
        newest.shipped = file.digest
        newest.save(update_fields=["shipped"])
        return "unchanged"
    if live and not unit.words.exclude(signed_at=None).exists():
        version.go_live()
    return "updated" if newest or not made else "new"


def _unit_at(treatment, kind, file, language):
    """The page of a file, made where it is new, for work on its words in that language; and whether they are new."""
    slug = treatment.slug if kind is TreatmentFacts else file.slug
    if slug in RESERVED or len(slug) > 50:
        raise file.bad((), "no page can have this address. Give the file another name.")
    unit = kind.objects.filter(treatment=treatment, slug=slug).first()
    if unit is None and language != ORIGINAL:
        raise file.bad((), f"there is no page in {ORIGINAL} at this address, of which it could be a translation.")
    if unit is None or language == ORIGINAL:
        own = {name: file.data[name] for name in UNIT_FIELDS[kind] if name in file.data}
        if "position" not in own:
            raise file.bad((), "it has no position.")
        if not isinstance(own["position"], int) or not 0 <= own["position"] < 30_000:
            raise file.bad(("position",), "position is a number from 0 to 29999.")
        if own.get("kind", "other") not in SectionKind.values:
            raise file.bad(("kind",), f"the kind is one of: {', '.join(SectionKind.values)}.")
    if unit is None:
        unit = kind(kind=kind.kind_of_unit, treatment=treatment, slug=slug, position=own["position"])
        if kind is Section:
            unit.section_kind = own.get("kind") or SectionKind.of_slug(slug)
        return _save(unit, file, (), ""), True
    unit.language = language
    return unit, not unit.words.exists()


def _store(unit, file, pictures):
    """The words of a file as the unit's next version."""
    words = {name: file.data.get(name, "") for name in VERSION_FIELDS}
    fields_of(file, (), Version, {name: file.data[name] for name in words if name in file.data}, VERSION_FIELDS, "")
    number = unit.words.aggregate(Max("number"))["number__max"] or 0
    version = Version(unit_id=unit.pk, language=unit.language, number=number + 1, shipped=file.digest, **words)
    places: dict[tuple, tuple] = {}
    _save(version, file, (), "")
    for array, model in ARRAYS.items():
        for place, row in enumerate(tables_of(file, array)):
            _load_row(file, (array, place), model, version, (place + 1) * 10, row, places)
    _check(version, unit, file, places, pictures)
    return version


def _load_row(file, place, model, version, position, row, places, **ties):
    what = f"{place[-2]} {row.get('key', '')}".strip()
    given = {"position": position} | fields_of(file, place, model, row, _allowed(model), what)
    if model is Finding:
        ties["source"] = _source(file, (*place, "source"), row.get("source"), what)
        given.pop("source", None)
    record = _save(model(version=version, **given, **ties), file, place, what)
    places[model, record.key] = place
    if model is not Claim:
        return
    keys = texts_in(file, place, row, "sources", what)
    if not keys:
        raise file.bad(place, "a claim needs at least one source.", what)
    for key in dict.fromkeys(keys):  # in their order, which is signed
        ClaimSource.objects.create(claim=record, source=_source(file, (*place, "sources"), key, what))
    findings = tables_of(TextFile(file.name, file.text, row), "finding")
    for number, finding in enumerate(findings):
        at = (*place, "finding", number)
        _load_row(file, at, Finding, version, record.position + number + 1, finding, places, claim=record)


def _allowed(model):
    return [*fields_of_row(model), "source"] if model is Finding else fields_of_row(model)


def _source(file, place, key, what):
    try:
        return Source.objects.get(key=key)
    except Source.DoesNotExist:
        raise file.bad(place, f"there is no source {key} in sources.toml.", what) from None


def _check(version, unit, file, places, pictures):
    """Hold the words to the rules that staff are held to, and keep their digest."""
    wording = Wording.of(version)
    shelf = Shelf.load().as_drafted()  # what the files say of sources may still wait for a clinician
    for stop in stops_of(remarks_on(wording, unit, References.load(shelf, pictures))):
        record = stop.field.record
        place = places.get((type(record), getattr(record, "key", "")), ())
        what = f"{place[-2]} {record.key}" if place else ""
        raise file.bad((*place, stop.field.name), f"{stop.words} {stop.mend}".strip(), what)
    version.digest = digest_of(wording)
    version.save(update_fields=["digest"])


def _refuse_others(file, known):
    for name, value in file.data.items():
        if name not in known:
            raise file.bad((name,), f"nothing is called '{name}' here.")
        refuse_hidden(file, (name,), value)


def _save(record, file, place, what):
    """Save a record, held to the rules that staff are held to."""
    check_record(file, place, record, what)
    record.save()
    return record


__all__ = ["CONTENT", "BadContent", "load_guide"]
