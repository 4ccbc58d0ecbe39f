"""From a folder of text files to the database (treatments/content/README.md describes the files)."""

from collections import Counter
from pathlib import Path

from django.db import transaction

from clinic_site.languages import ORIGINAL
from treatments.guide_files.folder import SLUG, BadContent, TextFile, read_folder
from treatments.guide_files.pictures import check_pictures, store_pictures
from treatments.guide_files.shape import CLINIC, FACTS, FOLDERS, GUIDE, GUIDE_FIELDS, RECORDS
from treatments.loading.pages import load_unit
from treatments.loading.records import load_clinic, load_records
from treatments.loading.retired import lead_on
from treatments.models import Treatment, TreatmentFacts

CONTENT = Path(__file__).parent.parent / "content"


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
        load_clinic(read.files[CLINIC])
    for name in RECORDS:
        if name in read.files:
            load_records(read.files[name], must_agree=is_new and Treatment.objects.exists())
    treatment, _made = Treatment.objects.get_or_create(slug=slug, defaults={"position": guide.data.get("position", 0)})
    if not is_new:
        _refuse_another(treatment, read.files[f"{ORIGINAL}/{FACTS}"])
    leading = []
    for language in read.languages():
        for kind, file in _units_of(read, language):
            if say:
                say(file.name)
            outcome = load_unit(treatment, kind, file, language, live, read.pictures)
            counts[outcome] += 1
            if outcome == "new" and "leads_to" in file.data:
                leading.append((kind, file))
    for kind, file in leading:  # to pages that may stand in later files
        lead_on(kind.objects.get(treatment=treatment, slug=slug if kind is TreatmentFacts else file.slug), file)
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


__all__ = ["CONTENT", "BadContent", "load_guide"]
