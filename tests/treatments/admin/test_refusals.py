"""What the change page refuses, and what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import copy_of, make_staff
from tests.signing_in import sign_in
from tests.treatments.editing import add_row, address_of, as_it_is, make_page, newest, page_data, row_in
from treatments.models import Passage, Unit, Version

pytestmark = pytest.mark.django_db

MOST_QUERIES = 21  # one of them for what its reader typed and did not save


@pytest.fixture
def page(as_staff):
    """Marketing has a page open: the client, the version in it, and what would be sent if nothing were touched."""
    client, version = as_staff("marketing"), make_page()
    return client, version, page_data(client.get(address_of(version)))


def refused(page, sent, status=422):
    """Send it; it must come back with complaints, and make no version."""
    client, version, _sent = page
    before = as_it_is(version)
    answer = client.post(address_of(version), sent)
    assert (answer.status_code, newest(), as_it_is(version)) == (status, version, before)
    return answer


def save_as(client, version, **words):
    answer = client.post(address_of(version), page_data(client.get(address_of(version))) | words)
    assert answer.status_code == 302
    return version.unit.newest_version()


def test_a_source_of_a_claim_that_does_not_exist_is_refused_and_stays_in_the_page(page):
    _client, _version, sent = page
    answer = refused(page, sent | {row_in(sent, "claim", "first") + "sources": "S2 S999"})
    assert "There is no source S999." in answer.text and 'value="S2 S999"' in answer.text


def test_a_finding_needs_one_source(page):
    _client, _version, sent = page
    row = row_in(sent, "finding", "of-first")
    assert "This field is required." in refused(page, sent | {row + "source": ""}).text
    assert "Name one source here." in refused(page, sent | {row + "source": "S2 S36"}).text


def test_half_a_frequency_is_refused(page):
    _client, _version, sent = page
    sent[row_in(sent, "finding", "of-first") + "out_of"] = ""
    assert "Give both numbers, the first not larger than the second." in refused(page, sent).text


@pytest.mark.parametrize(
    ("name", "value"), [("title", ""), ("title", "t" * 61), ("summary", ""), ("summary", "s" * 241)]
)
def test_a_text_that_is_missing_or_too_long_is_refused_and_the_rest_stays(page, name, value):
    _client, _version, sent = page
    sent[row_in(sent, "passage", "limits") + "body"] = "Half an hour of my work."
    answer = refused(page, sent | {name: value})
    assert list(answer.context["edited"].texts.errors) == [name]
    assert "Half an hour of my work." in answer.text and f'<a href="#id_{name}">' in answer.text


def test_a_finding_of_a_claim_that_is_not_on_the_page_is_left_out(page):
    client, version, sent = page
    sent[row_in(sent, "finding", "of-first") + "claim_key"] = "acne-scars"  # of another page
    assert client.post(address_of(version), sent).status_code == 302
    assert list(newest().findings.values_list("key", flat=True)) == ["of-second", "also-of-second"]


def test_a_late_save_is_refused_with_both_texts_and_loses_nothing(page):
    client, version, sent = page
    theirs = save_as(client, version, summary="What the other one wrote.")
    sent[row_in(sent, "passage", "limits") + "body"] = "Half an hour of my work."
    answer = client.post(address_of(version), sent | {"summary": "My own summary."})
    assert (answer.status_code, newest()) == (409, theirs)
    assert f"saved version {theirs.number}" in answer.text and theirs.writer in answer.text
    assert page_data(answer)["summary"] == "My own summary."
    told = {change.label: change for change in answer.context["theirs"].changes}
    assert "".join(piece.words for piece in told["Summary"].new) == "What the other one wrote."
    mine = {change.label for change in answer.context["yours"].changes}
    assert mine == {"Summary", "Limits: text"}


@pytest.mark.parametrize("pressed", [{"_check": ""}, {"_move": "passage-0 down"}, {"title": ""}])
def test_words_that_were_checked_moved_or_refused_are_still_written_over_the_version_they_were_opened_on(page, pressed):
    client, version, sent = page
    theirs = save_as(client, version, summary="What the other one wrote.")
    shown = client.post(address_of(version), sent | {"summary": "My own summary."} | pressed)
    assert shown.status_code in (200, 422)
    again = page_data(shown) | {"base": shown.context["base"], "title": version.title}
    assert client.post(address_of(version), again).status_code == 409
    assert newest() == theirs


def test_a_save_that_is_sent_twice_is_one_save(page):
    client, version, sent = page
    for _click in range(2):
        assert client.post(address_of(version), sent | {"summary": "May soften."}).status_code == 302
    assert newest().number == version.number + 1


def test_a_conflict_over_a_new_finding_asks_for_nothing_else(page):
    client, version, sent = page
    other = dict(sent)
    add_row(other, "finding", claim_key="first", source="S36", design="trial", result="Better.")
    save_as(client, version, **{name: value for name, value in other.items() if sent.get(name) != value})
    answer = client.post(address_of(version), sent | {"summary": "My own summary."})
    assert answer.status_code == 409 and answer.context["edited"].errors() == []
    assert {change.label for change in answer.context["yours"].changes} == {"Summary"}


def test_a_late_save_from_ones_own_other_window_says_so(page):
    client, version, sent = page
    assert client.post(address_of(version), sent | {"summary": "From the other window."}).status_code == 302
    answer = client.post(address_of(version), sent | {"summary": "My own summary."})
    assert answer.status_code == 409 and "in another window" in answer.text


def test_saving_again_after_a_conflict_keeps_mine_and_leaves_theirs_in_the_history(page):
    client, version, sent = page
    theirs = save_as(client, version, summary="What the other one wrote.")
    answer = client.post(address_of(version), sent | {"summary": "My own summary."})
    assert client.post(address_of(version), page_data(answer)).status_code == 302
    assert [newest().summary, theirs.summary] == ["My own summary.", "What the other one wrote."]
    assert newest().number == theirs.number + 1


@pytest.mark.parametrize("base", ["", "0", "nonsense", "99999999999999999999"])
def test_a_save_over_words_that_nobody_knows_is_a_conflict(page, base):
    _client, _version, sent = page
    answer = refused(page, sent | {"base": base, "summary": "My own summary."}, status=409)
    assert page_data(answer)["summary"] == "My own summary."


def test_the_clinician_reads_the_words_and_cannot_save_them(as_staff):
    client, version = as_staff("clinician"), make_page()
    answer = client.get(address_of(version))
    assert (answer.status_code, answer.context["may_change"]) == (200, False)
    assert version.summary in answer.text and 'name="_save"' not in answer.text and "disabled" in answer.text
    before = Version.objects.count()
    saved = client.post(address_of(version), page_data(answer) | {"summary": "Gone"})
    assert (saved.status_code, Version.objects.count()) == (403, before)


@pytest.mark.parametrize("page", ["change", "check", "history", "compare"])
def test_the_front_desk_sees_no_words(as_staff, page):
    client, version = as_staff("frontdesk"), make_page()
    answers = [client.get(address_of(version, page)), client.post(address_of(version, page), {"summary": "x"})]
    assert all(answer.status_code in (403, 405) and version.summary not in answer.text for answer in answers)


def test_somebody_who_was_signed_out_is_sent_to_sign_in(client):
    version = make_page()
    answer = client.post(address_of(version), {"summary": "Gone"})
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={address_of(version)}")


def test_a_page_that_does_not_exist_leads_back(as_staff):
    answer = as_staff("marketing").get("/admin/treatments/benefit/999999/change/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("page", ["history", "compare"])
def test_a_page_of_no_unit_is_not_found(as_staff, page):
    assert as_staff("marketing").get(f"/admin/treatments/benefit/999999/{page}/").status_code == 404


def test_the_longest_page_has_half_the_fields_that_a_form_may_send(as_staff, settings):
    longest = max(Version.objects.all(), key=lambda version: sum(map(len, as_it_is(version)[1].values())))
    sent = page_data(as_staff("marketing").get(address_of(longest)))
    assert len(sent) <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS / 2


def queries_of_an_edit(client, unit, number):
    """Open the newest version and save it with other words: the queries of both."""
    version = unit.newest_version()
    with CaptureQueriesContext(connection) as opening:
        answer = client.get(address_of(version))
    with CaptureQueriesContext(connection) as saving:
        sent = page_data(answer) | {"summary": f"Edit {number}."}
        assert client.post(address_of(version), sent).status_code == 302
    return len(opening), len(saving)


@pytest.mark.parametrize("slug", ["scars", "fine-lines-and-wrinkles", "sun-damage"])
def test_opening_and_saving_a_benefit_takes_at_most_twenty_one_queries_each(as_staff, slug):
    client, unit = as_staff("marketing"), Unit.objects.get(slug=slug)
    edits = [queries_of_an_edit(client, unit, number) for number in range(3)]
    assert max(max(edit) for edit in edits) <= MOST_QUERIES


def test_an_edit_costs_the_same_after_ten_versions_and_ten_thousand(as_staff):
    client, unit = as_staff("marketing"), make_page().unit
    add_versions(unit, 10)
    queries_of_an_edit(client, unit, 1)
    after_ten = queries_of_an_edit(client, unit, 2)
    add_versions(unit, 10_000)
    assert queries_of_an_edit(client, unit, 3) == after_ten
    assert max(after_ten) <= MOST_QUERIES


def add_versions(unit, number):
    """So many past drafts, and a copy of the newest words after them."""
    newest = unit.newest_version()
    words = {"title": "Old", "heading": "Old", "summary": "Old.", "written_by": newest.written_by}
    numbers = range(newest.number + 1, newest.number + number)
    Version.objects.bulk_create([Version(unit=newest.unit, number=each, **words) for each in numbers], batch_size=1000)
    copied = copy_of(newest)
    assert copied.number == newest.number + number


def test_opening_a_page_costs_the_same_for_one_passage_and_three_more(as_staff):
    client, version = as_staff("marketing"), make_page()
    queries_of_an_edit(client, version.unit, 1)
    before = queries_of_an_edit(client, version.unit, 2)
    for number in range(3):
        Passage.objects.create(version=newest(), key=f"new-{number}", heading="New", body="New [S2].")
    assert queries_of_an_edit(client, version.unit, 3) == before


def test_the_check_answers_while_somebody_types_and_keeps_nothing(page):
    client, version, sent = page
    answer = client.post(address_of(version, "check"), sent | {"summary": "It removes every scar for good."})
    assert answer.status_code == 200 and newest() == version
    assert {stop.anchor for stop in answer.context["stops"]} == {"id_summary"}


def test_the_check_speaks_of_a_page_that_cannot_be_saved_yet(page):
    client, version, sent = page
    sent |= {"title": "", row_in(sent, "finding", "of-first") + "source": "S999"}
    answer = client.post(address_of(version, "check"), sent | {"summary": "It removes every scar for good."})
    assert answer.status_code == 200
    assert "id_summary" in {stop.anchor for stop in answer.context["stops"]}


def test_the_check_button_shows_the_same_without_a_script_and_saves_nothing(page):
    client, version, sent = page
    answer = client.post(address_of(version), sent | {"summary": "It removes every scar for good.", "_check": ""})
    assert (answer.status_code, newest()) == (200, version)
    assert 'href="#id_summary"' in answer.text and page_data(answer)["summary"] == "It removes every scar for good."


def test_a_new_row_is_added_where_the_page_has_none_of_its_kind(page):
    client, version, sent = page
    add_row(sent, "question", question="Does it hurt?", answer="Some.")
    assert client.post(address_of(version), sent).status_code == 302
    assert newest().questions.get().key == "does-it-hurt"


def test_a_superuser_cannot_delete_a_page(client):
    sign_in(client, make_staff("manager", is_superuser=True))
    version = make_page()
    answer = client.post(f"/admin/treatments/benefit/{version.unit.pk}/delete/", {"post": "yes"})
    assert (answer.status_code, newest()) == (403, version)
