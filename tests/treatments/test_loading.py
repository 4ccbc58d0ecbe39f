import shutil
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from clinic_site.content_revision import ContentRevision
from clinic_site.models import Clinic, ClosedDay, Notice, OpeningHours
from tests.clinic_site.addresses import GUIDE_PAGES, NOTICES
from tests.factories import make_copy, make_staff
from tests.treatments.editing import signed
from treatments import loading
from treatments.loading import BadContent, load_guide
from treatments.models import Benefit, Section, Source, Synonym, Term, Treatment, Unit, Version
from treatments.publishing.signoff import is_signed
from treatments.signing.references import draft_change, sign_change
from treatments.words.digest import digest_of_reference

pytestmark = pytest.mark.django_db

SCARS = "en/benefits/scars.toml"
UNITS = 16  # the treatment's facts, twelve sections, three benefits


@pytest.fixture
def content(tmp_path, monkeypatch):
    """A copy of the shipped files that a test may change."""
    copy = tmp_path / "content"
    shutil.copytree(loading.CONTENT, copy)
    monkeypatch.setattr(loading, "CONTENT", copy)
    return copy


def everything():
    """Every row of the two apps that the guide is loaded into."""
    models = [model for name in ("treatments", "clinic_site") for model in apps.get_app_config(name).get_models()]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def empty_the_site():
    for model in (Version, Unit, Treatment, Source, Notice, ClosedDay, OpeningHours, Clinic):
        model.objects.all().delete()


def mend(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def scars():
    return Benefit.objects.get(slug="scars")


def test_a_second_run_changes_nothing():
    before, revision = everything(), ContentRevision.current()
    assert load_guide(live=True) == {"unchanged": UNITS}
    assert (everything(), ContentRevision.current()) == (before, revision)


def test_an_empty_site_gets_the_whole_guide(client):
    empty_the_site()
    assert load_guide(live=True) == {"new": UNITS}
    assert {page: client.get(page).status_code for page in GUIDE_PAGES} == dict.fromkeys(GUIDE_PAGES, 200)


def test_what_is_shipped_is_marked_as_nobodys_edit():
    versions = Version.objects.all()
    assert {(version.number, bool(version.shipped), version.written_by) for version in versions} == {(1, True, None)}


def test_a_changed_file_becomes_the_next_version_of_a_unit_that_nobody_edited(content, client):
    before = scars().newest_version()
    mend(content / SCARS, "This is the use with the best support", "This use has the best support")
    assert load_guide(live=True) == {"updated": 1, "unchanged": UNITS - 1}
    before.refresh_from_db()
    after = scars().newest_version()
    assert (after.number, after.is_live, before.live_until) == (2, True, after.live_from)
    page = client.get(scars().get_absolute_url()).text
    assert ("This use has the best support" in page, "This is the use with the best" in page) == (True, False)


def test_a_changed_file_leaves_the_version_before_as_it_was(content):
    before = scars().newest_version()
    rows = list(before.passages.values()), list(before.claims.values()), list(before.findings.values())
    mend(content / SCARS, "Other choices, side by side", "The other choices, side by side")
    load_guide(live=True)
    assert (list(before.passages.values()), list(before.claims.values()), list(before.findings.values())) == rows


def test_a_unit_that_staff_edited_is_left_alone(content, client):
    twin = make_copy(scars().newest_version(), make_staff("marketing"))
    twin.summary = "As staff wrote it."
    twin.save()
    twin.go_live()
    mend(content / SCARS, "This is the use with the best support", "This use has the best support")
    before = everything()
    assert load_guide(live=True) == {"changed by staff and left alone": 1, "unchanged": UNITS - 1}
    assert everything() == before


def test_a_draft_that_staff_began_is_left_alone(content):
    make_copy(scars().newest_version(), make_staff("marketing"))
    mend(content / SCARS, "This is the use with the best support", "This use has the best support")
    load_guide(live=True)
    assert scars().newest_version().number == 2


def test_a_new_file_becomes_a_new_page(content, client):
    shutil.copy(content / SCARS, content / "en/benefits/pores.toml")
    assert load_guide(live=True) == {"new": 1, "unchanged": UNITS}
    assert client.get("/treatments/microneedling/benefits/pores/").status_code == 200


def test_the_clinics_own_records_are_never_overwritten():
    Clinic.objects.update(name="Real Dermatology")
    OpeningHours.objects.filter(weekday=4).delete()
    ClosedDay.objects.all().delete()
    Source.objects.filter(key="S2").update(title="A better title")
    Notice.objects.filter(slug="privacy").update(body="The clinic's own words.")
    before = everything()
    load_guide(live=True)
    assert everything() == before


def test_a_new_source_in_the_files_is_added(content):
    with (content / "sources.toml").open("a") as file:
        file.write('\n[[source]]\nkey = "S500"\ntitle = "A new study"\nurl = "https://doi.org/10.1000/new"\n')
    load_guide(live=True)
    assert Source.objects.get(key="S500").title == "A new study"


@pytest.mark.parametrize("live", [True, False])
def test_a_source_and_a_word_that_nobody_edited_follow_their_files(content, live):
    mend(content / "sources.toml", 'publisher = "StatPearls"', 'publisher = "StatPearls, again"')
    mend(content / "glossary.toml", "A strong protein", "A very strong protein")
    load_guide(live=live)
    assert Source.objects.get(key="S1").publisher == "StatPearls, again"
    assert "A very strong protein" in Term.objects.get(slug="collagen").meaning


def test_words_of_the_search_follow_their_file_until_staff_edit_them(content):
    mend(content / "synonyms.toml", "Accutane, acutane", "Accutane, accutan")
    mend(content / "synonyms.toml", "melasma, melazma", "melasma, melasme")
    Synonym.objects.filter(slug="melasma").update(typed="our words")
    load_guide(live=True)
    assert Synonym.objects.get(slug="accutane").typed.startswith("Accutane, accutan,")
    assert Synonym.objects.get(slug="melasma").typed == "our words"


def test_once_pages_are_signed_a_source_that_its_file_changes_waits_for_a_clinician(content):
    page = signed(scars().newest_version())
    mend(content / "sources.toml", 'publisher = "StatPearls"', 'publisher = "StatPearls, again"')
    with (content / "sources.toml").open("a") as file:
        file.write('\n[[source]]\nkey = "S500"\ntitle = "A new study"\nurl = "https://doi.org/10.1000/new"\n')
    load_guide(live=True)
    source, new = Source.objects.get(key="S1"), Source.objects.get(key="S500")
    assert (source.publisher, source.as_drafted().publisher) == ("StatPearls", "StatPearls, again")
    assert not new.is_live and is_signed(page)
    before = everything()
    load_guide(live=True)
    assert everything() == before
    for waiting in (source, new):
        sign_change(waiting, make_staff("clinician"), digest_of_reference(waiting.as_drafted()))
    assert Source.objects.get(key="S1").publisher == "StatPearls, again"
    before = everything()
    load_guide(live=True)
    assert everything() == before


def test_what_staff_wrote_is_not_written_over_by_what_a_file_says_of_a_source(content):
    signed(scars().newest_version())
    source = Source.objects.get(key="S1")
    source.publisher = "StatPearls, as we read it"
    draft_change(source, make_staff("marketing"))
    mend(content / "sources.toml", 'publisher = "StatPearls"', 'publisher = "StatPearls, again"')
    load_guide(live=True)
    assert Source.objects.get(key="S1").as_drafted().publisher == "StatPearls, as we read it"


def test_a_source_and_a_word_that_staff_edited_are_left_alone(content):
    Source.objects.filter(key="S1").update(title="A title of ours")
    Term.objects.filter(slug="collagen").update(meaning="Our meaning.")
    mend(content / "sources.toml", 'publisher = "StatPearls"', 'publisher = "StatPearls, again"')
    mend(content / "glossary.toml", "A strong protein", "A very strong protein")
    before = everything()
    load_guide(live=True)
    assert everything() == before


def test_a_source_that_is_as_its_file_says_again_follows_it_again(content):
    file = content / "sources.toml"
    mend(file, 'publisher = "StatPearls"', 'publisher = "StatPearls, again"')
    load_guide(live=True)
    mend(file, 'publisher = "StatPearls, again"', 'publisher = "StatPearls"')
    load_guide(live=True)
    assert Source.objects.get(key="S1").publisher == "StatPearls"


def test_in_a_deployment_the_guide_waits_as_drafts(client):
    empty_the_site()
    assert load_guide(live=False) == {"new": UNITS}
    assert Version.objects.filter(live_from=None, live_until=None).count() == UNITS
    answers = {page: client.get(page).status_code for page in [*GUIDE_PAGES, "/search/?q=scar"]}
    assert answers == dict.fromkeys(answers, 404)


def test_a_site_of_drafts_names_none_of_them(client):
    empty_the_site()
    load_guide(live=False)
    for address in ("/", "/treatments/", "/visit/", *NOTICES, "/consultation/", "/sitemap.xml", "/nothing/"):
        text = client.get(address).text
        assert "icroneedling" not in text, address


def test_in_a_deployment_a_changed_file_waits_as_a_draft_behind_what_is_live(content, client):
    mend(content / SCARS, "This is the use with the best support", "This use has the best support")
    load_guide(live=False)
    assert (scars().newest_version().number, scars().newest_version().is_live) == (2, False)
    assert "This is the use with the best support" in client.get(scars().get_absolute_url()).text


def test_the_command_says_what_it_did(settings):
    said = StringIO()
    call_command("load_guide", stdout=said)
    assert said.getvalue() == f"The guide: {UNITS} unchanged.\n"


def test_the_command_loads_drafts_without_demo(settings):
    settings.DEMO = False
    empty_the_site()
    call_command("load_guide", stdout=StringIO())
    assert (Section.objects.count(), Version.objects.exclude(live_from=None).count()) == (12, 0)


BAD = {
    "an unknown kind of row": (
        '[[passage]]\nkey     = "raised-scars"',
        '[[passages]]\nkey = "raised-scars"',
        "passages",
    ),
    "an unknown source of a claim": ('"S2", "S15", "S64"', '"S999"', "claim acne-scars"),
    "an unknown source of a finding": ('source   = "S66"', 'source = "S999"', "review-58"),
    "an unknown source in prose": ("hold the scar down [S1]", "hold the scar down [S999]", "passage tissue"),
    "an unknown grade": ('grade    = "fair"', 'grade = "good"', "claim acne-scars"),
    "a key that is used twice": ('key     = "raised-scars"', 'key = "scar-shape"', "passage scar-shape"),
    "a summary that is too long": ('summary  = "', f'summary = "{"long " * 60}', "summary"),
    "half a frequency": ("people   = 15\n", "affected = 15\n", "randomized-15"),
    "a claim without a source": ('sources  = ["S80"]', "sources = []", "claim stretch-marks"),
    "a claim that does not speak of sources": ('sources  = ["S80"]', "", "claim stretch-marks"),
    "a finding without a source": ('source   = "S80"\n', "", "stretch-marks-11"),
    "a field that does not exist": ('grade    = "fair"', 'grade = "fair"\ngrads = "fair"', "claim acne-scars"),
    "a row without a key": ('key     = "raised-scars"\n', "", "passage"),
    "no position": ("position = 20\n", "", "position"),
    "no TOML at all": ("position = 20\n", "position = \n", "line 1"),
}


@pytest.mark.parametrize(("old", "new", "row"), BAD.values(), ids=BAD)
def test_bad_content_is_named_with_its_file_and_row_and_nothing_is_loaded(content, old, new, row):
    shutil.rmtree(content / "en/sections")  # they would only take time
    mend(content / SCARS, old, new)
    before = everything()
    with pytest.raises(BadContent) as refused:
        load_guide(live=True)
    assert ("benefits/scars.toml" in str(refused.value), row in str(refused.value)) == (True, True)
    assert everything() == before
