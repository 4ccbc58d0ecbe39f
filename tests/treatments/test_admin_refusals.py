import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_staff
from tests.treatments.editing import add_row, address_of, as_it_is, make_page, newest, row_in, typed
from treatments.models import Passage, Unit, Version

pytestmark = pytest.mark.django_db

SAID_LATE = "Somebody else has saved this text since you opened it, so yours was not saved."
MOST_TO_OPEN, MOST_TO_SAVE = 80, 250  # queries of the longest page, whose rows each ask for claims and sources


@pytest.fixture
def page(as_staff):
    """Marketing has a page open: the client, the version in it, and what would be sent if nothing were touched."""
    client, version = as_staff("marketing"), make_page()
    return client, version, typed(client.get(address_of(version)))


def refused(page, sent):
    """Send it; it must come back with complaints, and make no version."""
    client, version, _sent = page
    before = as_it_is(version)
    answer = client.post(address_of(version), sent)
    assert (answer.status_code, newest(), as_it_is(version)) == (200, version, before)
    return answer


def save_as(client, version, **words):
    answer = client.post(address_of(version), typed(client.get(address_of(version))) | words)
    assert answer.status_code == 302
    return version.unit.newest_version()


def test_a_claim_without_a_source_is_refused(page):
    _client, _version, sent = page
    del sent[row_in(sent, "claims", "first") + "sources"]
    answer = refused(page, sent)
    assert "A claim needs at least one source. Choose it here, or add it under Sources." in answer.text


def test_a_new_claim_without_a_source_is_refused(page):
    _client, _version, sent = page
    add_row(sent, "claims", key="new", sentence="It may help.", grade="fair", use="off-label", position=500)
    assert "A claim needs at least one source." in refused(page, sent).text


def test_a_citation_that_leads_nowhere_is_refused_and_the_words_stay_in_the_page(page):
    _client, _version, sent = page
    sent[row_in(sent, "passages", "limits") + "body"] = "It may do little [S999]."
    answer = refused(page, sent | {"lead": "It helps [S998]."})
    assert "There is no source S999." in answer.text and "There is no source S998." in answer.text
    assert "It may do little [S999]." in answer.text


def test_a_key_that_is_used_already_is_refused(page):
    _client, _version, sent = page
    add_row(sent, "passages", key="limits", heading="Again", body="Again.", position=500)
    assert "Please correct the duplicate data for key." in refused(page, sent).text


def test_half_a_frequency_is_refused(page):
    _client, _version, sent = page
    sent[row_in(sent, "findings", "of-first") + "out_of"] = ""
    assert "Give both numbers, the first not larger than the second." in refused(page, sent).text


@pytest.mark.parametrize(
    ("name", "value"), [("title", ""), ("title", "t" * 61), ("summary", ""), ("summary", "s" * 241)]
)
def test_a_text_that_is_missing_or_too_long_is_refused(page, name, value):
    _client, _version, sent = page
    answer = refused(page, sent | {name: value})
    assert list(answer.context["adminform"].form.errors) == [name]


def test_a_finding_cannot_be_put_behind_the_claim_of_another_page(page):
    _client, _version, sent = page
    foreign = Unit.objects.get(slug="sun-damage").newest_version().claims.first()
    sent[row_in(sent, "findings", "of-first") + "claim"] = foreign.pk
    assert "That choice is not one of the available choices." in refused(page, sent).text


def test_a_late_save_is_refused_and_what_was_typed_is_still_in_the_page(page):
    client, version, sent = page
    theirs = save_as(client, version, summary="What the other one wrote.")
    sent[row_in(sent, "passages", "limits") + "body"] = "Half an hour of my work."
    answer = client.post(address_of(version), sent | {"summary": "My own summary."})
    assert (answer.status_code, newest()) == (200, theirs)
    assert SAID_LATE in answer.text
    assert "My own summary." in answer.text and "Half an hour of my work." in answer.text


def test_a_late_save_does_not_reach_patients(page):
    client, version, sent = page
    save_as(client, version, summary="What the other one wrote.")
    client.post(address_of(version), sent | {"summary": "My own summary."})
    text = client.get("/treatments/microneedling/benefits/").text
    assert ("What the other one wrote." in text, "My own summary." in text) == (True, False)


def test_a_past_version_is_read_only(page):
    client, version, _sent = page
    save_as(client, version, summary="Newer.")
    answer = client.get(address_of(version))
    assert (answer.status_code, answer.context["has_change_permission"]) == (200, False)
    assert 'name="_save"' not in answer.text and 'name="summary"' not in answer.text
    assert version.summary in answer.text and "Patients do not see this version." in answer.text


def test_the_clinician_reads_a_version_and_cannot_save_it(as_staff):
    client, version = as_staff("clinician"), make_page()
    answer = client.get(address_of(version))
    assert (answer.status_code, answer.context["has_change_permission"]) == (200, False)
    assert version.summary in answer.text and 'name="_save"' not in answer.text
    before = Version.objects.count()
    saved = client.post(address_of(version), {"title": "Gone", "heading": "Gone", "summary": "Gone"})
    assert (saved.status_code, Version.objects.count()) == (403, before)


def test_the_front_desk_sees_no_version(as_staff):
    client, version = as_staff("frontdesk"), make_page()
    answers = [client.get(address_of(version)), client.get("/admin/treatments/version/")]
    assert [(answer.status_code, version.summary in answer.text) for answer in answers] == [(403, False)] * 2


def test_somebody_who_was_signed_out_is_sent_to_sign_in(client):
    version = make_page()
    answer = client.post(address_of(version), {"summary": "Gone"})
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={address_of(version)}")


@pytest.mark.parametrize("fields", [{}, {"is_superuser": True}], ids=["manager", "superuser"])
def test_versions_are_neither_added_nor_deleted_by_hand(client, fields):
    client.force_login(make_staff("manager", **fields))
    version = make_page()
    answers = [
        client.get("/admin/treatments/version/add/"),
        client.post(f"/admin/treatments/version/{version.pk}/delete/", {"post": "yes"}),
    ]
    assert ([answer.status_code for answer in answers], newest()) == ([403, 403], version)


def test_a_version_that_does_not_exist_leads_back(as_staff):
    answer = as_staff("marketing").get("/admin/treatments/version/999999/change/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_the_longest_page_has_half_the_fields_that_a_form_may_send(as_staff, settings):
    longest = max(Version.objects.all(), key=lambda version: sum(map(len, as_it_is(version)[1].values())))
    sent = typed(as_staff("marketing").get(address_of(longest)))
    assert len(sent) <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS / 2


def queries_of_an_edit(client, unit, number):
    """Open the newest version and save it with other words: the queries of both."""
    version = unit.newest_version()
    with CaptureQueriesContext(connection) as opening:
        sent = typed(client.get(address_of(version)))
    with CaptureQueriesContext(connection) as saving:
        assert client.post(address_of(version), sent | {"summary": f"Edit {number}."}).status_code == 302
    return len(opening), len(saving)


def test_an_edit_costs_the_same_after_thirty_versions(as_staff):
    client, unit = as_staff("marketing"), make_page().unit
    after_one = queries_of_an_edit(client, unit, 1)
    while unit.versions.count() < 30:
        twin, _twins = unit.newest_version().copy(make_staff("marketing"))
        twin.go_live()
    assert queries_of_an_edit(client, unit, 30) == after_one


def test_an_edit_of_the_longest_page_costs_a_bounded_number_of_queries(as_staff):
    client, unit = as_staff("marketing"), Unit.objects.get(slug="scars")
    queries_of_an_edit(client, unit, 1)  # the first save also mends the ends of lines
    opening, saving = queries_of_an_edit(client, unit, 2)
    assert opening <= MOST_TO_OPEN and saving <= MOST_TO_SAVE


def test_opening_a_page_costs_the_same_for_one_passage_and_three_more(as_staff):
    client, version = as_staff("marketing"), make_page()
    before, _saving = queries_of_an_edit(client, version.unit, 1)
    for number in range(3):
        Passage.objects.create(version=newest(), key=f"new-{number}", heading="New", body="New.")
    assert queries_of_an_edit(client, version.unit, 2)[0] == before


@pytest.mark.parametrize("key", ["limits", "risks"])
def test_the_limits_and_risks_of_a_benefit_cannot_be_taken_away(page, key):
    _client, _version, sent = page
    answer = refused(page, sent | {row_in(sent, "passages", key) + "DELETE": "on"})
    assert f"A benefit needs these passages: {key}." in answer.text


def test_the_last_claim_of_a_benefit_cannot_be_taken_away(page):
    _client, _version, sent = page
    gone = {row_in(sent, "claims", key) + "DELETE": "on" for key in ("first", "second")}
    assert "A benefit needs at least one claim." in refused(page, sent | gone).text
