"""Pages of another language, right to left: at addresses of their own, in their words, marked where they are not."""

import re

import pytest
from django.utils import timezone

from booking.models import ConsultationRequest
from clinic_site.languages import READ, in_language
from clinic_site.models import Clinic
from tests.clinic_site.addresses import FORMS, GUIDE, NOTICES, PAGES
from tests.clinic_site.pages.reader import Reader
from tests.factories import copy_of, form_data, make_benefit, make_request, make_treatment
from tests.pseudo import pseudo, pseudo_language
from treatments.models import Benefit, Picture, TreatmentFacts, Version
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db

SCARS = f"{GUIDE}benefits/scars/"
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
TEXTS = ("title", "heading", "lead", "summary")


@pytest.fixture
def arabic(db):
    """The clinic's pages are read in the pseudo-language too; of the guide nothing is translated yet."""
    with pseudo_language() as code:
        Clinic.objects.update(languages=[code])
        yield code


def translate(unit, live=True):
    """The words of a page in other letters, live in the pseudo-language."""
    words = Wording.of(unit.newest_version())
    version = copy_of(words.version)
    Version.objects.filter(pk=version.pk).update(
        language="ar", number=1, shipped="by a test", **{name: pseudo(getattr(version, name)) for name in TEXTS}
    )
    version = Version.objects.get(pk=version.pk)
    if live:
        version.go_live()
    return version


def scars():
    return Benefit.objects.get(slug="scars")


def test_there_is_no_page_in_a_language_that_the_clinic_does_not_have(client):
    for page in ("/ar/", f"/ar{SCARS}", "/ar/consultation/", "/ar"):
        assert client.get(page).status_code == 404, page
    assert "hreflang" not in client.get("/").text


@pytest.mark.parametrize("page", [page for page in [*PAGES, *FORMS] if "?" not in page])
def test_every_page_is_there_in_its_language_and_leads_to_no_english_one(client, arabic, page):
    answer = client.get(f"/ar{page}")
    assert (answer.status_code, '<html lang="ar" dir="rtl">' in answer.text) == (200, True)
    links = set(re.findall(r'(?:href|action)="(/[^"#?]*)', answer.text))
    ours = {link for link in links if link.split("/")[1] in READ} - {page}
    assert ours == set(), page


def test_the_address_alone_decides_of_the_language(client, arabic):
    english = client.get("/", headers={"accept-language": "ar", "cookie": "django_language=ar"})
    arabic_page = client.get("/ar/", headers={"accept-language": "en"})
    assert '<html lang="en" dir="ltr">' in english.text and '<html lang="ar" dir="rtl">' in arabic_page.text
    assert "ccept-Language" not in english.headers.get("Vary", "") + arabic_page.headers.get("Vary", "")
    assert (client.get("/ar").status_code, client.get("/ar").headers["Location"]) == (301, "/ar/")


@pytest.mark.parametrize("page", ["admin/", "healthz", "readyz", "robots.txt", "sitemap.xml", "static/img/favicon.svg"])
def test_what_staff_and_machines_open_has_no_language(client, arabic, page):
    assert client.get(f"/ar/{page}").status_code == 404
    assert client.get("/ar/ar/").status_code == 404


@pytest.mark.parametrize("page", ["/", SCARS, f"{GUIDE}risks/", *NOTICES])
def test_what_is_not_translated_says_so_in_the_readers_language_and_is_english_marked(client, arabic, page):
    english, shown = client.get(page).text, client.get(f"/ar{page}").text
    assert pseudo("This page is not translated yet.") in shown
    assert '<div class="other-words" lang="en" dir="ltr">' in shown
    same = MAIN.search(shown)[0].replace('"/ar/', '"/')
    assert re.sub(r"\s+", " ", same) == re.sub(r"\s+", " ", MAIN.search(english)[0])
    assert f'rel="canonical" href="http://127.0.0.1:8000{page}"' in shown and 'hreflang="x-default' not in shown


def test_a_translated_page_is_read_in_its_language_and_search_engines_are_told(client, arabic):
    version = translate(scars())
    shown = client.get(f"/ar{SCARS}").text
    assert f"<h1>{version.heading}</h1>" in shown and "other-words" not in shown
    assert f'rel="canonical" href="http://127.0.0.1:8000/ar{SCARS}"' in shown
    for page in (shown, client.get(SCARS).text):
        assert f'<link rel="alternate" hreflang="en" href="http://127.0.0.1:8000{SCARS}">' in page
        assert f'<link rel="alternate" hreflang="ar" href="http://127.0.0.1:8000/ar{SCARS}">' in page
        assert f'<link rel="alternate" hreflang="x-default" href="http://127.0.0.1:8000{SCARS}">' in page
    assert '<link rel="alternate" hreflang="ar"' in client.get("/visit/").text


def test_words_beside_it_that_are_not_translated_are_marked(client, arabic):
    version = translate(scars())
    cards = client.get(f"/ar{GUIDE}benefits/").text
    assert f'<h3 id="benefit-scars" lang="ar" dir="rtl"><a href="/ar{SCARS}">{version.title}</a></h3>' in cards
    page = client.get(f"/ar{SCARS}").text
    assert f'<a href="/ar{GUIDE}risks/" lang="en">' in page
    assert '<div lang="en" dir="ltr">' in page  # a key fact of the treatment


def test_of_several_treatments_each_is_marked_where_it_is_not_translated(client, arabic):
    ours, peel = translate(scars()), make_treatment("peel")
    make_benefit(peel, "scars", title="Scars").versions.get().go_live()
    home = client.get("/ar/").text
    assert '<dt lang="en" dir="ltr">Scars</dt>' in home and f"<dt>{ours.title}</dt>" in home
    assert '<h3 id="treatment-peel" lang="en" dir="ltr">' in home
    assert '<span lang="en">Peel</span>' in MAIN.search(client.get("/ar/treatments/").text)[0]
    translate(TreatmentFacts.objects.get(slug="peel"))
    home = client.get("/ar/").text
    assert '<h3 id="treatment-peel">' in home and "Peel</span>" not in home


def test_the_menu_and_for_you_mark_names_that_are_not_translated(client, arabic):
    header = client.get("/ar/visit/").text.partition("</header>")[0]
    assert '<span lang="en">Microneedling</span>' in header
    translate(TreatmentFacts.objects.get())
    page = client.get(f"/ar{GUIDE}for-you/").text
    assert '<span lang="en">Scars</span>' in page and '<span lang="en">Microneedling</span>' not in page


def test_a_picture_is_of_no_language(client, arabic):
    picture = Picture(image=f"{'a' * 32}-20x10.webp")
    with in_language(arabic):
        assert picture.url == f"/pictures/{picture.image}"


def test_private_pages_are_closed_to_robots_in_every_language(client, arabic):
    said = client.get("/robots.txt").text
    for page in ("/consultation/r/", "/consultation/received/"):
        assert f"Disallow: {page}\n" in said and f"Disallow: /ar{page}\n" in said
    assert "/ar/admin/" not in said


def test_a_page_that_is_down_in_english_is_down_in_every_language(client, arabic):
    translate(scars())
    now = timezone.now()
    Version.objects.live_at(now).filter(unit=scars()).update(live_until=now)
    assert client.get(f"/ar{SCARS}").status_code == 404
    assert f"/ar{SCARS}" not in client.get("/sitemap.xml").text


def test_the_sitemap_lists_translations_alone_and_only_while_the_clinic_has_the_language(client, arabic):
    translate(scars())
    text = client.get("/sitemap.xml").text
    assert f"<loc>http://127.0.0.1:8000/ar{SCARS}</loc>" in text and "/ar/treatments/microneedling/risks/" not in text
    Clinic.objects.update(languages=[])
    assert "/ar/" not in client.get("/sitemap.xml").text


def test_pages_in_memory_are_of_one_language_and_go_with_it(arabic, django_capture_on_commit_callbacks):
    version, reader = translate(scars()), Reader()
    for _time in (1, 2):
        assert f"<h1>{version.heading}</h1>" in reader.get(f"/ar{SCARS}").text
        assert "<h1>Scars, including acne scars</h1>" in reader.get(SCARS).text
    assert set(reader.application.kept) == {SCARS, f"/ar{SCARS}"}
    profile = Clinic.profile()
    profile.languages = []
    with django_capture_on_commit_callbacks(execute=True):
        profile.save()
    assert (reader.get(f"/ar{SCARS}").status, reader.get(SCARS).status) == (404, 200)


def test_search_finds_the_translated_words_and_marks_the_others(client, arabic):
    version = translate(scars())
    found = client.get("/ar/search/", {"q": version.title}).text
    assert f'href="/ar{SCARS}' in found and 'lang="ar"' not in MAIN.search(found)[0]
    english = client.get("/ar/search/", {"q": "cold sore"}).text
    assert re.search(r'<h2 id="result-1" lang="en" dir="ltr"><a href="/ar/treatments/', english)


def test_a_consultation_is_asked_for_and_found_again_in_its_language(client, arabic):
    assert '<option value="ar" selected>' in client.get("/ar/consultation/").text
    answer = client.post("/ar/consultation/", form_data())
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/ar/consultation/received/")
    received = client.get(answer.headers["Location"]).text
    assert '<html lang="ar" dir="rtl">' in received and 'href="/ar/consultation/r/' in received
    assert ConsultationRequest.objects.count() == 1
    asked = client.post("/ar/consultation/find/", {"email": "amira@patient.example"})
    assert asked.headers["Location"] == "/ar/consultation/find/?asked=1"


def test_nothing_of_a_language_is_left_for_the_next_request(client, arabic):
    client.get("/ar/")
    client.get("/ar/nowhere/")
    assert 'href="/visit/"' in client.get("/").text
    assert make_request().get_received_url().startswith("/consultation/")


def test_for_you_marks_in_its_table_what_is_not_translated(client, arabic):
    translate(TreatmentFacts.objects.get())
    page = main_of(client.post(f"/ar{GUIDE}for-you/", {"benefit": "scars", "matters": ["result"]}))
    choice = Benefit.objects.get(slug="scars").newest_version().choices.first()
    assert f'<span lang="en">{choice.name}</span>' in page
    assert len(re.findall(r'<td role="cell"[^>]*>.*?<div lang="en" dir="ltr">', page, re.DOTALL)) >= 3
    assert "lang=" not in main_of(client.post(f"{GUIDE}for-you/", {"benefit": "scars", "matters": ["result"]}))


def test_for_you_marks_in_its_table_what_alone_is_translated(client, arabic):
    translate(scars())
    page = main_of(client.post(f"/ar{GUIDE}for-you/", {"benefit": "scars"}))
    choice = Benefit.objects.get(slug="scars").newest_version().choices.first()
    assert f'<span lang="ar">{choice.name}</span>' in page


def test_search_says_the_treatment_in_the_language_of_its_facts(client, arabic):
    benefit = make_benefit(make_treatment("peel"), "frosting", title="Frosting", heading="Frosting of skin")
    benefit.versions.get().go_live()
    translate(benefit)
    named = f'<span lang="en">Peel</span> · {pseudo("Frosting of skin")}'
    assert named in " ".join(main_of(client.get(f"/ar/search/?q={pseudo('Frosting')}")).split())
    assert "Peel · Frosting of skin" in " ".join(main_of(client.get("/search/?q=frosting")).split())


def main_of(answer):
    return MAIN.search(answer.text)[0]
