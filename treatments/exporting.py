"""From the database to a folder of text files that load_guide takes (treatments/content/README.md)."""

import os
import shutil
import tempfile
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

from treatments.guide_files import toml
from treatments.guide_files.shape import (
    FACTS,
    GUIDE,
    PICTURES,
    RECORD_FIELDS,
    RECORDS,
    VERSION_FIELDS,
    array_of,
    fields_of_row,
)
from treatments.models import Claim, Finding, Picture, Synonym, Treatment, Unit, Version
from treatments.models.rows import ROW_MODELS
from treatments.pictures import path_of
from treatments.words.references import Shelf, cited_by
from treatments.words.wording import wordings_of

COMMENT = "Written by export_guide; load_guide takes it. README.md in treatments/content/ describes it."
FOLDER_OF = {Unit.Kind.SECTION: "sections", Unit.Kind.BENEFIT: "benefits"}


class CannotExport(Exception):
    """Nothing was written. Says why and what to do."""


def export_guide(slug: str, folder: Path, drafts=False, say=None) -> int:
    """
    Write a treatment's guide, as patients read it now or with the newest `drafts`, into a folder that is new or empty;
    returns the number of pages, in all their languages.

    The folder is there whole or not at all. Raises CannotExport.
    """
    treatment = Treatment.objects.filter(slug=slug).first()
    if treatment is None:
        known = ", ".join(Treatment.objects.values_list("slug", flat=True)) or "none"
        raise CannotExport(f"There is no treatment {slug}. There are: {known}.")
    _refuse_full(folder)
    versions = list(_versions(treatment, drafts))
    if not any(version.unit.kind == Unit.Kind.TREATMENT for version in versions):
        raise CannotExport(f"Patients cannot read {slug} now. Add --drafts for its newest words.")
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write(made, treatment, versions, drafts, say or (lambda _name: None))
        made.chmod(0o755)
        os.rename(made, folder)  # onto an empty folder at most
    except OSError as error:
        raise CannotExport(f"{folder} cannot be written ({error.strerror}).") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return len(versions)


def _refuse_full(folder):
    if not folder.parent.is_dir():
        raise CannotExport(f"There is no folder {folder.parent} to put it in.")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CannotExport(f"{folder} is no folder. Name a new one.")
    if folder.exists() and any(folder.iterdir()):
        raise CannotExport(f"{folder} is not empty. Name a new folder, or empty this one.")


def _versions(treatment, drafts):
    """The words to write: what is live in each language, or the newest of each page."""
    found = Version.objects.newest() if drafts else Version.objects.live_at(timezone.now(), language=None)
    found = found.filter(unit__treatment=treatment).select_related("unit__treatment", "unit__leads_to__treatment")
    return found.order_by("language", "unit__kind", "unit__position", "unit__slug")


def _write(root, treatment, versions, drafts, say):
    _put(root / GUIDE, toml.table("", {"slug": treatment.slug, "position": treatment.position}))
    shelf = Shelf.load()
    wordings = wordings_of(versions)
    for name, records in _records_of(treatment, wordings, shelf).items():
        array, model, _key = RECORDS[name]
        shown = [record.as_drafted() if drafts and model is not Synonym else record for record in records]
        _put(root / name, *(toml.table(f"[[{array}]]", _said(record, RECORD_FIELDS[model])) for record in shown))
    for version in versions:
        name = _name_of(version)
        say(name)
        _put(root / name, *_tables_of(version, wordings[version.pk]))
    for image in {row.image for wording in wordings.values() for row in wording.rows_of(Picture) if row.image}:
        (root / PICTURES).mkdir(exist_ok=True)
        with default_storage.open(path_of(image)) as kept:
            (root / PICTURES / image).write_bytes(kept.read())


def _records_of(treatment, wordings, shelf):
    """
    Its sources, words of the glossary and of the search: all that no other treatment alone uses.
    """
    used = {each for wording in wordings.values() for each in cited_by(wording, shelf)}
    others = list(Version.objects.newest().exclude(unit__treatment=treatment).select_related("unit__treatment"))
    elsewhere = {each for wording in wordings_of(others).values() for each in cited_by(wording, shelf)}
    other_addresses = tuple(
        other.get_absolute_url() for other in Treatment.objects.exclude(pk=treatment.pk).order_by("pk")
    )
    return {
        "sources.toml": sorted(
            (each for each in shelf.sources.values() if each in used or each not in elsewhere),
            key=lambda source: (len(source.key), source.key),
        ),
        "glossary.toml": [each for each in shelf.terms if each in used or each not in elsewhere],
        "synonyms.toml": [
            each for each in Synonym.objects.all() if not each.answered_at.startswith(other_addresses or ("\n",))
        ],
    }


def _name_of(version):
    unit = version.unit
    if unit.kind == Unit.Kind.TREATMENT:
        return f"{version.language}/{FACTS}"
    return f"{version.language}/{FOLDER_OF[Unit.Kind(unit.kind)]}/{unit.slug}.toml"


def _tables_of(version, wording):
    unit = version.unit
    own = {}
    if version.language == version.unit.language:  # of the original alone: of all languages is where it stands
        own = {"position": unit.position} | ({"kind": unit.section_kind} if unit.section_kind else {})
        own |= {"retired": True} if unit.retired_at else {}
        own |= {"leads_to": unit.leads_to.get_absolute_url()} if unit.leads_to else {}
    yield toml.table("", own | {name: getattr(version, name) for name in VERSION_FIELDS})
    for model in ROW_MODELS:
        if model is Finding:
            continue
        for number, row in enumerate(sorted(wording.rows_of(model), key=lambda row: (row.position, row.pk)), start=1):
            yield from _row(wording, row, number * 10)


def _row(wording, row, expected):
    """A row; a claim with its sources, and with its findings after it."""
    model = type(row)
    said = _said(row, fields_of_row(model), position=expected)
    if model is Claim:
        said["sources"] = wording.sources_of(row)
    yield toml.table(f"[[{array_of(model)}]]", said)
    if model is Claim:
        findings = [finding for finding in wording.rows_of(Finding) if finding.claim_id == row.pk]
        for number, finding in enumerate(sorted(findings, key=lambda each: (each.position, each.pk)), start=1):
            own = _said(finding, fields_of_row(Finding), position=row.position + number)
            yield toml.table("[[claim.finding]]", {"key": own.pop("key"), "source": finding.source.key} | own)


def _said(record, names, **expected):
    """The fields that say something else than a record says by itself."""
    fields = {name: getattr(record, name) for name in names}
    return {name: value for name, value in fields.items() if value != expected.get(name, _unsaid(record, name))}


def _unsaid(record, name):
    return record._meta.get_field(name).get_default()


def _put(path, *tables):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(toml.document(COMMENT, *tables), encoding="utf-8", newline="\n")
