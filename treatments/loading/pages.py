"""Pages: each file is the next version of one, unless staff have changed it or it says what is there."""

from django.db import transaction
from django.db.models import Max

from clinic_site.languages import ORIGINAL
from treatments.guide_files.fields import fields_of, refuse_others, save_record, tables_of, texts_in
from treatments.guide_files.folder import TextFile
from treatments.guide_files.shape import (
    ARRAYS,
    UNIT_FIELDS,
    VERSION_FIELDS,
    fields_of_row,
)
from treatments.loading.retired import is_retired, retired_at
from treatments.models import (
    Claim,
    ClaimSource,
    Finding,
    Section,
    SectionKind,
    Source,
    TreatmentFacts,
    Version,
)
from treatments.words.checking import References, remarks_on
from treatments.words.digest import digest_of
from treatments.words.references import Shelf
from treatments.words.remarks import stops_of
from treatments.words.wording import Wording

RESERVED = {"for-you"}  # addresses below a treatment that no section can have


class _SameWords(Exception):
    """A file was written anew and says what is there already."""


def load_unit(treatment, kind, file, language, live, pictures):
    refuse_others(file, {*VERSION_FIELDS, *ARRAYS, *(UNIT_FIELDS[kind] if language == ORIGINAL else ())})
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
    if live and not (is_retired(unit) or unit.words.exclude(signed_at=None).exists()):
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
        unit.retired_at = retired_at(file)
        if kind is Section:
            unit.section_kind = own.get("kind") or SectionKind.of_slug(slug)
        return save_record(unit, file, (), ""), True
    unit.language = language
    return unit, not unit.words.exists()


def _store(unit, file, pictures):
    """The words of a file as the unit's next version."""
    words = {name: file.data.get(name, "") for name in VERSION_FIELDS}
    fields_of(file, (), Version, {name: file.data[name] for name in words if name in file.data}, VERSION_FIELDS, "")
    number = unit.words.aggregate(Max("number"))["number__max"] or 0
    version = Version(unit_id=unit.pk, language=unit.language, number=number + 1, shipped=file.digest, **words)
    places: dict[tuple, tuple] = {}
    save_record(version, file, (), "")
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
    record = save_record(model(version=version, **given, **ties), file, place, what)
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
