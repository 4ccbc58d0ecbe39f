"""Searches that found nothing are counted, without the person, and never at the cost of a page."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from treatments.guide.search import missed
from treatments.guide.search.missed import MOST_WAITING, note_missed
from treatments.models import MissedSearch, Synonym
from treatments.models.searching import FORGOTTEN_AFTER, MOST_MISSED

DAY = date(2026, 11, 2)
LATER = [DAY + timedelta(days=days) for days in range(5)]


def count_on(*days, words="zebra crossing"):
    for day in days:
        MissedSearch.objects.note(words, day)
    return MissedSearch.objects.get()


def wait_for_writers():
    for writer in list(missed._writers):
        writer.join(timeout=30)


@pytest.fixture(autouse=True)
def nothing_missed_yet(db):
    """Counts are written beside a request, so that what other tests searched for may still stand, or be on its way."""
    wait_for_writers()
    MissedSearch.objects.all().delete()


@pytest.fixture
def counted(committed, nothing_missed_yet):
    """Waits for the counts that were handed over since the test began, and gives them: (words, times)."""

    def all_of_them():
        wait_for_writers()
        return sorted(MissedSearch.objects.values_list("words", "times"))

    return all_of_them


@pytest.mark.django_db
def test_a_word_is_kept_once_it_was_asked_on_three_different_days():
    assert count_on(DAY, DAY, DAY, DAY).words == ""
    assert count_on(LATER[1]).words == ""
    third = count_on(LATER[2])
    assert (third.words, third.days, third.times, third.last_asked) == ("zebra crossing", 3, 6, LATER[2])


@pytest.mark.django_db
def test_until_then_only_a_digest_is_stored_that_nobody_makes_without_the_sites_key(settings):
    first = count_on(DAY).digest
    assert "zebra" not in str(MissedSearch.objects.values().get())
    MissedSearch.objects.all().delete()
    settings.SECRET_KEY = "another key, as long as a key has to be, of another site"
    assert count_on(DAY).digest != first


@pytest.mark.django_db
def test_at_most_a_thousand_are_kept_and_the_oldest_of_the_fewest_days_makes_room():
    MissedSearch.objects.bulk_create(
        MissedSearch(
            digest=f"{number}", days=2 if number == 0 else 1, times=1, last_asked=DAY + timedelta(days=number > 1)
        )
        for number in range(MOST_MISSED)
    )
    MissedSearch.objects.note("zebra", LATER[3])
    kept = set(MissedSearch.objects.values_list("digest", flat=True))
    assert (len(kept), "0" in kept, "1" in kept, "2" in kept) == (MOST_MISSED, True, False, True)


@pytest.mark.django_db
def test_words_that_are_known_keep_their_place():
    MissedSearch.objects.bulk_create(
        MissedSearch(digest=f"{number}", words=f"word {number}", days=3, last_asked=DAY)
        for number in range(MOST_MISSED)
    )
    MissedSearch.objects.note("zebra", LATER[3])
    assert len(MissedSearch.objects.exclude(words="")) == MOST_MISSED == len(MissedSearch.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize(("more", "left"), [(0, 2), (1, 1)])
def test_what_nobody_asked_for_half_a_year_is_forgotten(more, left):
    count_on(DAY)
    MissedSearch.objects.note("okapi", DAY + FORGOTTEN_AFTER + timedelta(days=more))
    assert len(MissedSearch.objects.all()) == left


@pytest.mark.clock
def test_a_search_without_an_answer_is_counted_and_one_with_an_answer_is_not(client, counted):
    for query in ("quagga foals", "Quagga, FOALS!", "scars", ""):
        client.get("/search/", {"q": query})
    assert counted() == [("", 2)]
    assert MissedSearch.objects.get().last_asked == timezone.localdate()


def test_what_may_be_somebodys_is_not_counted(client, counted):
    for query in ("zzyzx 5865550142", "amira@zzyzxq.example", "zzyzx٤٢", "zzyzxq " * 14):
        assert client.get("/search/", {"q": query}).status_code == 200
    assert counted() == []


def test_a_database_that_cannot_count_costs_the_count_and_not_the_page(client, counted):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE treatments_missedsearch RENAME TO elsewhere")
    assert client.get("/search/?q=quagga").status_code == 200
    wait_for_writers()
    for _time in range(3 * MOST_WAITING):
        note_missed("quagga")
    assert missed._waiting.qsize() <= MOST_WAITING
    wait_for_writers()
    while not missed._waiting.empty():
        missed._waiting.get_nowait()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO treatments_missedsearch")


@pytest.mark.django_db
def test_a_search_writes_nothing_itself(client, django_assert_num_queries):
    client.get("/search/?q=quagga")
    with django_assert_num_queries(0):
        note_missed("quagga")
    assert connection.in_atomic_block and not MissedSearch.objects.exists()


@pytest.mark.django_db
def test_marketing_sees_the_words_and_makes_them_a_synonym(as_staff):
    count_on(*LATER[:3])
    MissedSearch.objects.note("okapi", DAY)
    client = as_staff("marketing")
    listed = client.get("/admin/treatments/missedsearch/").text
    assert ("zebra crossing" in listed, "okapi" in listed, "1 search without" in listed) == (True, False, True)
    assert "?typed=zebra+crossing" in listed
    assert "zebra crossing" in client.get("/admin/").text
    form = client.get("/admin/treatments/synonym/add/?typed=zebra+crossing").text
    assert ">\nzebra crossing</textarea>" in form


@pytest.mark.django_db
def test_a_synonym_says_something_and_leads_to_a_passage_that_is_there(as_staff):
    client = as_staff("marketing")
    sent = {"slug": "zebra", "typed": "zebra", "means": "", "answered_at": ""}
    assert "Say how the guide puts it" in client.post("/admin/treatments/synonym/add/", sent).text
    sent["answered_at"] = "/treatments/microneedling/recovery/#nowhere"
    assert "No passage is at this address now" in client.post("/admin/treatments/synonym/add/", sent).text
    sent["answered_at"] = "/treatments/microneedling/recovery/#plans"
    assert client.post("/admin/treatments/synonym/add/", sent).status_code == 302
    assert Synonym.objects.get(slug="zebra").answered_at == sent["answered_at"]


@pytest.mark.django_db
def test_what_the_guide_has_no_answer_to_is_ticked_and_says_nothing_else(as_staff):
    client = as_staff("marketing")
    sent = {"slug": "zebra", "typed": "zebra", "means": "stripes", "answered_at": "", "has_no_answer": "on"}
    assert "not both" in client.post("/admin/treatments/synonym/add/", sent).text
    sent["means"] = ""
    assert client.post("/admin/treatments/synonym/add/", sent).status_code == 302
    kept = Synonym.objects.get(slug="zebra")
    form = client.get(f"/admin/treatments/synonym/{kept.pk}/change/").context["adminform"].form
    assert kept.is_unanswered and form["has_no_answer"].value() is True


@pytest.mark.django_db
def test_nobody_changes_what_was_counted(as_staff):
    counted_row = count_on(*LATER[:3])
    client = as_staff("manager")
    for way in ("change", "delete"):
        assert (
            client.post(f"/admin/treatments/missedsearch/{counted_row.pk}/{way}/", {"post": "yes"}).status_code == 403
        )
    assert MissedSearch.objects.get().words == "zebra crossing"
