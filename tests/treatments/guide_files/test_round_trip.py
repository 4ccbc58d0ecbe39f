"""What is written out and loaded again is the same guide, digest by digest."""

from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic_site.models import Clinic, Notice
from tests.factories import make_copy, make_row, make_staff, make_upload
from tests.treatments.guide_files.folders import SAMPLE, mended, sample
from treatments.exporting import CannotExport, export_guide
from treatments.loading import BadContent, load_guide
from treatments.models import Benefit, Claim, Picture, SectionKind, Source, Synonym, Term, Treatment, Unit, Version
from treatments.models.rows import ROW_MODELS
from treatments.pictures import is_kept, keep_picture, path_of
from treatments.publishing.making.whole import retire, unretire
from treatments.words.digest import digest_of, digest_of_reference
from treatments.words.references import Shelf, signature_of
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db


def empty_the_site():
    for model in (Version, Unit, Treatment, Source, Term, Synonym, Notice, Clinic):
        model.objects.all().delete()


def guide_of(slug="microneedling"):
    """All that a guide says: each page with its place, the digest of its words and what a clinician would sign."""
    shelf = Shelf.load()
    pages = {}
    for version in Version.objects.newest().filter(unit__treatment__slug=slug).select_related("unit__treatment"):
        unit, wording = version.unit, Wording.of(version)
        place = (unit.kind, unit.slug, unit.position, unit.section_kind, version.language)
        pages[place] = (digest_of(wording), signature_of(wording, shelf))
    return pages


def records():
    said = {each.pk and str(each): digest_of_reference(each) for each in (*Source.objects.all(), *Term.objects.all())}
    return said | {each.slug: (each.typed, each.means, each.answered_at) for each in Synonym.objects.all()}


def test_the_shipped_guide_out_and_into_an_empty_site_is_the_same(tmp_path):
    before = guide_of(), records()
    assert export_guide("microneedling", tmp_path / "guide") == 16
    empty_the_site()
    assert load_guide(live=True, folder=tmp_path / "guide") == {"new": 16}
    assert (guide_of(), records()) == before
    assert load_guide(live=True, folder=tmp_path / "guide") == {"unchanged": 16}


def test_a_guide_that_is_loaded_where_it_came_from_changes_no_page(tmp_path):
    before = list(Version.objects.order_by("pk").values_list("pk", "live_from", "digest"))
    export_guide("microneedling", tmp_path / "guide")
    assert load_guide(live=True, folder=tmp_path / "guide") == {"unchanged": 16}
    assert list(Version.objects.order_by("pk").values_list("pk", "live_from", "digest")) == before


def test_a_page_with_every_kind_of_row_in_any_order_comes_back(tmp_path):
    load_guide(live=True, folder=sample(tmp_path / "sample"))
    copied = make_copy(Benefit.objects.get(slug="pores").newest_version(), title="Pores, “new”")
    image = keep_picture(make_upload())
    for number, model in enumerate(ROW_MODELS):
        fields = {"image": image} if model is Picture else {}
        make_row(model, copied, key="extra", position=3 * number, sources=["S2"] if model is Claim else (), **fields)
    before = guide_of("sample-peel")
    export_guide("sample-peel", tmp_path / "guide", drafts=True)
    assert (tmp_path / "guide" / "pictures" / image).exists()
    empty_the_site()
    default_storage.delete(path_of(image))
    load_guide(live=False, folder=tmp_path / "guide")
    assert (guide_of("sample-peel"), is_kept(image)) == (before, True)


def test_pages_of_two_languages_come_back(tmp_path):
    load_guide(live=True, folder=sample(tmp_path / "sample", **{"ar/sections/overview.toml": ARABIC}))
    before = guide_of("sample-peel")
    assert {place[-1] for place in before} == {"en", "ar"}
    export_guide("sample-peel", tmp_path / "guide")
    empty_the_site()
    assert load_guide(live=True, folder=tmp_path / "guide") == {"new": 4}
    assert guide_of("sample-peel") == before


ARABIC = 'title = "نظرة"\nheading = "ما هو التقشير"\nsummary = "صفحة للاختبار."\n'


def test_line_ends_and_the_mark_of_windows_change_nothing(tmp_path):
    load_guide(live=True, folder=sample(tmp_path / "one"))
    windows = {name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() for name, text in SAMPLE.items()}
    assert load_guide(live=True, folder=sample(tmp_path / "two", **windows)) == {"unchanged": 3}


def test_a_treatments_folder_holds_what_it_uses_and_nothing_of_another_alone(tmp_path):
    load_guide(live=True, folder=sample(tmp_path / "sample"))
    export_guide("sample-peel", tmp_path / "peel")
    export_guide("microneedling", tmp_path / "needling")
    assert '"S900"' in (tmp_path / "peel" / "sources.toml").read_text()
    assert '"S900"' not in (tmp_path / "needling" / "sources.toml").read_text()
    assert "microneedling" not in "".join(each.read_text() for each in (tmp_path / "peel").rglob("*.toml"))


def test_what_patients_read_is_written_and_drafts_are_asked_for(tmp_path):
    load_guide(live=False, folder=sample(tmp_path / "sample"))
    with pytest.raises(CommandError, match=r"Patients cannot read sample-peel now\. Add --drafts"):
        call_command("export_guide", "sample-peel", str(tmp_path / "guide"))
    said = StringIO()
    call_command("export_guide", "sample-peel", str(tmp_path / "guide"), "--drafts", stdout=said)
    assert said.getvalue() == f"{tmp_path / 'guide'} has the guide of sample-peel: 3 pages.\n"


@pytest.mark.parametrize("there", ["a file in it", "a file", "a link", "no folder around it"])
def test_a_folder_that_is_full_or_none_is_refused_and_left_as_it_is(tmp_path, there):
    folder = tmp_path / "guide"
    if there == "a file in it":
        sample(folder)
    elif there == "a file":
        folder.write_text("words")
    elif there == "a link":
        (tmp_path / "other").mkdir()
        folder.symlink_to(tmp_path / "other")
    else:
        folder = tmp_path / "none" / "guide"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CannotExport):
        export_guide("microneedling", folder)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_is_never_half_written(tmp_path, monkeypatch):
    (tmp_path / "guide").mkdir()
    written = []

    def stop(name):
        written.append(name)
        if len(written) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_guide("microneedling", tmp_path / "guide", say=stop)
    assert (sorted(tmp_path.rglob("*")), len(written)) == ([tmp_path / "guide"], 5)
    assert export_guide("microneedling", tmp_path / "guide") == 16


def test_a_treatment_that_is_not_there_is_named_with_those_that_are(tmp_path):
    with pytest.raises(CannotExport, match=r"There is no treatment peel\. There are: microneedling\."):
        export_guide("peel", tmp_path / "guide")


def test_a_folder_does_not_write_over_what_staff_changed(tmp_path):
    folder = sample(tmp_path / "sample")
    load_guide(live=True, folder=folder)
    make_copy(Benefit.objects.get(slug="pores").newest_version(), title="As staff wrote it")
    sample(folder, **mended("en/benefits/pores.toml", "Pores", "Pores again"))
    assert load_guide(live=True, folder=folder) == {"unchanged": 2, "changed by staff and left alone": 1}
    assert Benefit.objects.get(slug="pores").newest_version().title == "As staff wrote it"


def test_in_a_deployment_a_folder_is_loaded_as_drafts(tmp_path, settings, client):
    settings.DEMO = False
    call_command("load_guide", str(sample(tmp_path)), stdout=StringIO())
    assert client.get("/treatments/sample-peel/").status_code == 404
    assert not Version.objects.filter(unit__treatment__slug="sample-peel").exclude(live_from=None).exists()


@pytest.mark.parametrize("retired", ["pores", "sample-peel"])
def test_a_file_does_not_bring_back_what_was_retired_for_good(tmp_path, client, retired):
    folder = sample(tmp_path / "sample")
    load_guide(live=True, folder=folder)
    retire(Unit.objects.get(slug=retired), make_staff("clinician"))
    sample(folder, **mended("en/benefits/pores.toml", "Pores", "Pores again"))
    assert load_guide(live=True, folder=folder) == {"unchanged": 2, "updated": 1}
    assert client.get("/treatments/sample-peel/benefits/pores/").status_code == 410
    assert not Version.objects.live_at(timezone.now()).filter(title="Pores again").exists()


def test_a_retired_page_comes_back_retired_and_leads_where_it_led(tmp_path, client):
    load_guide(live=True, folder=sample(tmp_path / "sample"))
    pores, overview = Unit.objects.get(slug="pores"), Unit.objects.get(treatment__slug="sample-peel", slug="overview")
    retire(pores, make_staff("clinician"), overview)
    before = guide_of("sample-peel")
    export_guide("sample-peel", tmp_path / "guide", drafts=True)
    empty_the_site()
    assert load_guide(live=True, folder=tmp_path / "guide") == {"new": 3}
    assert guide_of("sample-peel") == before
    answer = client.get("/treatments/sample-peel/benefits/pores/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/treatments/sample-peel/")
    unretire(Unit.objects.get(slug="pores"), make_staff("clinician"))
    assert load_guide(live=True, folder=tmp_path / "guide") == {"unchanged": 3}
    assert Unit.objects.get(slug="pores").retired_at is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('retired = "yes"', "retired takes no such value"),
        ('leads_to = "/treatments/sample-peel/"', "once it is retired"),
        ('retired = true\nleads_to = "/nowhere/"', "no page has this address"),
        ("retired = true\nleads_to = 7", "leads_to takes no such value"),
    ],
)
def test_what_cannot_be_retired_so_is_refused_with_its_line(tmp_path, said, words):
    text = SAMPLE["en/benefits/pores.toml"].replace("position = 10", f"position = 10\n{said}")
    with pytest.raises(BadContent, match=rf"en/benefits/pores\.toml, line [23]: .*{words}"):
        load_guide(live=True, folder=sample(tmp_path, **{"en/benefits/pores.toml": text}))
    assert not Treatment.objects.filter(slug="sample-peel").exists()


ROWS = {  # that pages of these kinds must have
    "recovery": '\n[[care_sign]]\nkey = "spreads"\nlevel = "call"\ntext = "It spreads."\n',
    "risks": '\n[[risk]]\nkey = "red"\nfrequency = "common"\ntext = "Skin may be red for a while."\n',
    "suitability": (
        '\n[[caution]]\nkey = "pregnancy"\ntone = "tell-us"\nsituation = "You are pregnant"\n'
        'question = "Are you pregnant?"\nexplanation = "Tell us first."\nin_form = true\n'
    ),
}


def test_a_treatments_folder_with_a_section_of_every_kind_comes_back(tmp_path, client):
    overview = SAMPLE["en/sections/overview.toml"]
    kinds = [kind.value for kind in SectionKind if kind != SectionKind.OVERVIEW]
    pages = {
        f"en/sections/page-{kind}.toml": overview.replace('"overview"', f'"{kind}"') + ROWS.get(kind, "")
        for kind in kinds
    }
    load_guide(live=True, folder=sample(tmp_path / "sample", **pages))
    for kind in kinds:
        assert client.get(f"/treatments/sample-peel/page-{kind}/").status_code == 200, kind
    before = {place: words for place, (words, _signed) in guide_of("sample-peel").items()}  # sources are all the site's
    export_guide("sample-peel", tmp_path / "guide")
    empty_the_site()
    load_guide(live=True, folder=tmp_path / "guide")
    assert {place: words for place, (words, _signed) in guide_of("sample-peel").items()} == before
    assert {place[3] for place in before} >= set(kinds)
