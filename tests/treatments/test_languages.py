"""Versions are of a language: those of one never stand in the place of those of another."""

import pytest
from django.utils import timezone

from clinic_site.models import Clinic
from tests.factories import make_staff, make_version
from tests.treatments.editing import page_data, seen
from treatments.models import Benefit
from treatments.publishing.content_report import taken_down, waiting_for_signoff
from treatments.publishing.going_live import publish, take_down
from treatments.publishing.previews import address_of, make_link
from treatments.publishing.signoff import Refused, send, sign
from treatments.signing.to_sign import all_to_sign

pytestmark = pytest.mark.django_db

ARABIC = "ar"


def scars():
    return Benefit.objects.get(slug="scars")


def make_arabic(unit, **words):
    """The first Arabic draft of a page, numbered past the English ones."""
    return make_version(unit, language=ARABIC, number=9, title="ندبات", shipped="", **words)


def test_the_newest_words_of_a_page_are_those_of_a_language():
    english, arabic = scars().newest_version(), make_arabic(scars())
    assert scars().newest_version() == english
    assert scars().in_language(ARABIC).newest_version() == arabic


def test_a_draft_in_another_language_does_not_take_the_english_editors_place(as_staff):
    client = as_staff("marketing")
    before = client.get(scars().get_staff_url()).context["newest"]
    make_arabic(scars())
    after = client.get(scars().get_staff_url())
    assert (after.context["newest"], "ندبات" in after.text) == (before, False)


def read_in(*languages):
    Clinic.objects.update(languages=list(languages))


def translated(client, unit):
    """The first Arabic draft, begun as marketing begins it."""
    read_in(ARABIC)
    client.post(unit.get_staff_url("translate"), {"language": ARABIC})
    return unit.in_language(ARABIC)


def written_over(client, arabic, **words):
    """The page of the Arabic words, sent with these in place of its own."""
    page = client.get(arabic.get_staff_url())
    client.post(arabic.get_staff_url(), page_data(page) | words)
    return arabic.newest_version()


def test_a_translation_begins_with_the_english_words_and_leaves_them_alone(as_staff):
    client, english = as_staff("marketing"), scars().newest_version()
    arabic = translated(client, scars())
    assert (arabic.newest_version().digest, arabic.newest_version().number) == (english.digest, 1)
    assert scars().newest_version() == english
    assert ARABIC in arabic.get_staff_url() and client.get(arabic.get_staff_url()).context["newest"].language == ARABIC


def test_no_language_is_begun_that_the_clinic_does_not_have(as_staff):
    client = as_staff("marketing")
    client.post(scars().get_staff_url("translate"), {"language": ARABIC})
    assert not scars().in_language(ARABIC).words.exists()
    assert "Begin:" not in client.get(scars().get_staff_url()).text
    read_in(ARABIC)
    assert "العربيّة" in client.get(scars().get_staff_url()).text
    assert client.get(scars().in_language(ARABIC).get_staff_url()).status_code == 302


def test_words_are_saved_sent_signed_published_and_taken_down_in_their_language_alone(as_staff, client):
    english = scars().newest_version()
    arabic = translated(as_staff("marketing"), scars())
    draft = written_over(client, arabic, title="ندبات")
    assert (draft.number, draft.language, draft.title) == (2, ARABIC, "ندبات")
    clinician = make_staff("clinician")
    send(draft, make_staff("marketing", username="writer"))
    sign(draft, clinician, seen(draft), 12)
    publish(draft, clinician)
    now = timezone.now()
    assert list(scars().versions.live_at(now)) == [english]
    assert list(scars().versions.live_at(now, ARABIC)) == [draft]
    take_down(arabic.newest_version(), clinician)
    assert (list(scars().versions.live_at(now)), list(taken_down(timezone.now()))) == ([english], [draft])


def test_words_that_are_still_the_english_ones_are_not_sent_as_a_translation(as_staff):
    arabic = translated(as_staff("marketing"), scars())
    with pytest.raises(Refused, match="still the English words"):
        send(arabic.newest_version(), make_staff("clinician"))


def test_history_and_comparison_are_of_one_language(as_staff, client):
    arabic = translated(as_staff("marketing"), scars())
    written_over(client, arabic, title="ندبات")
    assert [version.language for version in client.get(arabic.get_staff_url("history")).context["page"]] == [ARABIC] * 2
    assert [version.language for version in client.get(scars().get_staff_url("history")).context["page"]] == ["en"]
    compared = client.get(arabic.get_staff_url("compare")).context
    assert (compared["old"].number, compared["new"].number, compared["new"].language) == (1, 2, ARABIC)


def test_a_preview_link_shows_the_language_for_which_it_was_made_alone(as_staff, client):
    arabic = translated(as_staff("marketing"), scars())
    written_over(client, arabic, heading="ندبات حب الشباب")
    link = make_link(arabic, make_staff("clinician"))
    client.logout()
    address = address_of(link)
    assert address.startswith("/ar/preview/")
    assert "ندبات حب الشباب" in client.get(address).text
    assert client.get(address.removeprefix("/ar")).status_code == 404


def test_the_lists_of_staff_name_what_waits_in_any_language(as_staff, client):
    arabic = translated(as_staff("marketing"), scars())
    draft = written_over(client, arabic, title="ندبات")
    send(draft, make_staff("marketing", username="writer"))
    waiting = {each.record: each.url for each in all_to_sign()}
    assert waiting[draft].startswith(arabic.get_staff_url("read"))
    assert draft not in waiting_for_signoff().filter(language="en")
