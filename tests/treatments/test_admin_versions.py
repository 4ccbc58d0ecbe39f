import pytest

from tests.factories import make_benefit, make_row
from tests.treatments.editing import add_row, address_of, as_it_is, changed, make_page, newest, row_in, typed
from treatments.models import Source, Unit
from treatments.models.rows import ROW_MODELS

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(as_staff):
    """Marketing has a page open: the client, the version in it, and what would be sent if nothing were touched."""
    client, version = as_staff("marketing"), make_page()
    return client, version, typed(client.get(address_of(version)))


def save(page, sent):
    """Save, and give the version that came of it."""
    client, version, _sent = page
    answer = client.post(address_of(version), sent)
    assert answer.status_code == 302, answer.context["errors"]
    return newest()


def test_a_changed_summary_becomes_the_next_live_version(page):
    client, before, sent = page
    after = save(page, sent | {"summary": "May soften skin.", "why": "Shorter"})
    before.refresh_from_db()
    assert changed(before, after) == ["summary"]
    assert (after.number, after.is_live, before.live_until) == (2, True, after.live_from)
    assert (after.summary, after.why, after.shipped) == ("May soften skin.", "Shorter", "")
    assert after.written_by == client.get("/admin/").context["user"]


def test_patients_read_the_new_words_at_once(page):
    client, _before, sent = page
    save(page, sent | {"summary": "May soften skin."})
    text = client.get("/treatments/microneedling/benefits/").text
    assert ("May soften skin." in text, "As it is." in text) == (True, False)


def test_a_save_leaves_the_version_before_byte_for_byte_as_it_was(page):
    _client, before, sent = page
    kept = as_it_is(before)
    sent[row_in(sent, "claims", "first") + "sentence"] = "It may soften skin a little."
    sent[row_in(sent, "claims", "second") + "sources"] = [Source.objects.get(key="S44").pk]
    sent[row_in(sent, "findings", "of-first") + "DELETE"] = "on"
    add_row(sent, "passages", key="new", heading="New", body="New words.", position=500)
    save(page, sent | {"summary": "May soften skin."})
    assert as_it_is(before) == kept


def test_a_changed_sentence_changes_that_claim_and_nothing_else(page):
    _client, before, sent = page
    sent[row_in(sent, "claims", "first") + "sentence"] = "It may soften skin a little."
    after = save(page, sent)
    assert changed(before, after) == ["Claim first"]
    assert after.claims.get(key="first").sentence == "It may soften skin a little."


def test_changed_sources_of_a_claim_are_those_of_the_new_version_alone(page):
    _client, before, sent = page
    sent[row_in(sent, "claims", "second") + "sources"] = [Source.objects.get(key="S44").pk]
    after = save(page, sent)
    assert changed(before, after) == ["sources of second"]
    assert [link.source.key for link in after.claims.get(key="second").cited.all()] == ["S44"]


def test_a_deleted_finding_is_gone_from_the_new_version(page):
    _client, before, sent = page
    sent[row_in(sent, "findings", "of-first") + "DELETE"] = "on"
    assert changed(before, save(page, sent)) == ["Finding of-first", "claim of of-first"]


@pytest.mark.parametrize("result", [None, "Changed in the same save."], ids=["untouched", "changed"])
def test_a_deleted_claim_takes_its_findings_along(page, result):
    _client, before, sent = page
    sent[row_in(sent, "claims", "second") + "DELETE"] = "on"
    if result:
        sent[row_in(sent, "findings", "of-second") + "result"] = result
    after = save(page, sent)
    assert list(after.claims.values_list("key", flat=True)) == ["first"]
    assert list(after.findings.values_list("key", flat=True)) == ["of-first"]
    assert before.findings.count() == 3


def test_a_finding_that_moves_away_from_a_deleted_claim_stays(page):
    _client, before, sent = page
    sent[row_in(sent, "claims", "second") + "DELETE"] = "on"
    sent[row_in(sent, "findings", "of-second") + "claim"] = before.claims.get(key="first").pk
    after = save(page, sent)
    assert {row.key: row.claim.key for row in after.findings.all()} == {"of-first": "first", "of-second": "first"}


def test_an_added_passage_is_in_the_new_version_and_on_the_page(page):
    client, before, sent = page
    add_row(sent, "passages", key="new", heading="New heading", body="New words [S2].", position=500)
    after = save(page, sent)
    assert changed(before, after) == ["Passage new"]
    assert "New heading" in client.get(after.get_absolute_url()).text


def test_an_added_claim_has_its_sources_in_the_new_version(page):
    _client, before, sent = page
    sources = [Source.objects.get(key=key).pk for key in ("S44", "S2")]
    fields = {"sentence": "It may calm skin.", "grade": "unclear", "use": "off-label", "sources": sources}
    add_row(sent, "claims", key="third", position=500, **fields)
    after = save(page, sent)
    assert changed(before, after) == ["Claim third", "sources of third"]


def test_an_added_finding_stands_behind_its_claim_in_the_new_version(page):
    _client, before, sent = page
    fields = {"claim": before.claims.get(key="first").pk, "source": Source.objects.get(key="S36").pk}
    add_row(sent, "findings", key="new", design="review", result="Better.", position=500, **fields)
    new = save(page, sent).findings.get(key="new")
    assert (new.claim.key, new.claim.version_id, new.source.key) == ("first", new.version_id, "S36")


def test_a_finding_that_is_moved_to_another_claim_moves_in_the_new_version(page):
    _client, before, sent = page
    sent[row_in(sent, "findings", "of-first") + "claim"] = before.claims.get(key="second").pk
    after = save(page, sent)
    assert changed(before, after) == ["claim of of-first"]
    assert after.findings.get(key="of-first").claim.version_id == after.pk


def test_a_save_in_which_nothing_was_touched_changes_no_row_of_any_kind(as_staff):
    client = as_staff("marketing")
    before = make_benefit(lead="One.\n\nTwo.").newest_version()
    for model in ROW_MODELS:
        make_row(model, before, "row", ["S36"] if model.__name__ == "Claim" else [])
    before.passages.update(body="- one\n- two\n\nThree.")
    answer = client.post(address_of(before), typed(client.get(address_of(before))))
    assert (answer.status_code, changed(before, before.unit.newest_version())) == (302, [])


@pytest.mark.parametrize("slug", ["microneedling", "scars", "recovery"])
def test_a_save_in_which_nothing_was_touched_changes_no_word_of_the_shipped_guide(as_staff, slug):
    client = as_staff("marketing")
    unit = Unit.objects.get(slug=slug)
    before = unit.newest_version()
    answer = client.post(address_of(before), typed(client.get(address_of(before))))
    after = unit.newest_version()
    assert (answer.status_code, after.number, changed(before, after)) == (302, 2, [])


def test_the_reason_for_the_last_edit_is_not_offered_for_the_next(page):
    client, _before, sent = page
    after = save(page, sent | {"summary": "May soften skin.", "why": "Shorter"})
    assert typed(client.get(address_of(after))).get("why", "") == ""


def test_saving_and_going_on_opens_the_version_that_was_made(page):
    client, before, sent = page
    answer = client.post(address_of(before), sent | {"summary": "May soften skin.", "_continue": "1"})
    assert (answer.status_code, answer["Location"]) == (302, address_of(newest()))
