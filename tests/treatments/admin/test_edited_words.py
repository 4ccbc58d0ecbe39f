"""What saving does: every part of the page reaches the next version, and patients go on reading the old one."""

import pytest

from tests.factories import make_benefit, make_row
from tests.treatments.editing import add_row, address_of, as_it_is, changed, make_page, newest, page_data, row_in
from treatments.models import Source, Unit
from treatments.models.rows import ROW_MODELS

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(as_staff):
    """Marketing has a page open: the client, the version in it, and what would be sent if nothing were touched."""
    client, version = as_staff("marketing"), make_page()
    return client, version, page_data(client.get(address_of(version)))


def save(page, sent):
    """Save, and give the version that came of it."""
    client, version, _sent = page
    answer = client.post(address_of(version), sent)
    assert answer.status_code == 302, answer.context["edited"].errors()
    return newest()


def test_a_changed_summary_becomes_the_next_version_and_a_draft(page):
    client, before, sent = page
    after = save(page, sent | {"summary": "May soften skin.", "why": "Shorter"})
    before.refresh_from_db()
    assert changed(before, after) == ["summary"]
    assert (after.number, after.state, before.state) == (2, "draft", "live")
    assert (after.summary, after.why, after.shipped) == ("May soften skin.", "Shorter", "")
    assert after.written_by == client.get("/admin/").context["user"]


def test_patients_go_on_reading_the_live_words(page):
    client, _before, sent = page
    save(page, sent | {"summary": "May soften skin."})
    text = client.get("/treatments/microneedling/benefits/").text
    assert ("May soften skin." in text, "As it is." in text) == (False, True)


def test_a_save_leaves_the_version_before_byte_for_byte_as_it_was(page):
    _client, before, sent = page
    kept = as_it_is(before)
    sent[row_in(sent, "claim", "first") + "sentence"] = "It may soften skin a little."
    sent[row_in(sent, "claim", "second") + "sources"] = "S45"
    sent[row_in(sent, "finding", "of-first") + "DELETE"] = "on"
    add_row(sent, "passage", heading="New", body="New words.")
    save(page, sent | {"summary": "May soften skin."})
    assert as_it_is(before) == kept


def test_a_changed_sentence_changes_that_claim_and_nothing_else(page):
    _client, before, sent = page
    sent[row_in(sent, "claim", "first") + "sentence"] = "It may soften skin a little."
    after = save(page, sent)
    assert changed(before, after) == ["Claim first"]
    assert after.claims.get(key="first").sentence == "It may soften skin a little."


def test_changed_sources_of_a_claim_are_those_of_the_new_version_alone(page):
    _client, before, sent = page
    sent[row_in(sent, "claim", "second") + "sources"] = "s45, S2"
    after = save(page, sent)
    assert changed(before, after) == ["sources of second"]
    assert [link.source.key for link in after.claims.get(key="second").cited.all()] == ["S45", "S2"]


def test_a_deleted_finding_is_gone_from_the_new_version(page):
    _client, before, sent = page
    sent[row_in(sent, "finding", "of-first") + "DELETE"] = "on"
    assert changed(before, save(page, sent)) == ["Finding of-first", "claim of of-first"]


@pytest.mark.parametrize("result", [None, "Changed in the same save."], ids=["untouched", "changed"])
def test_a_deleted_claim_takes_its_findings_along(page, result):
    _client, before, sent = page
    sent[row_in(sent, "claim", "second") + "DELETE"] = "on"
    if result:
        sent[row_in(sent, "finding", "of-second") + "result"] = result
    after = save(page, sent)
    assert list(after.claims.values_list("key", flat=True)) == ["first"]
    assert list(after.findings.values_list("key", flat=True)) == ["of-first"]
    assert before.findings.count() == 3


def test_an_added_passage_is_in_the_new_version(page):
    _client, before, sent = page
    add_row(sent, "passage", heading="New heading", body="New words [S2].")
    after = save(page, sent)
    assert changed(before, after) == ["Passage new-heading"]
    assert after.passages.last().key == "new-heading"


def test_a_new_row_gets_a_key_that_no_other_has(page):
    _client, _before, sent = page
    add_row(sent, "passage", heading="Risks", body="More of them.")
    after = save(page, sent)
    assert {"risks", "risks-2"} <= set(after.passages.values_list("key", flat=True))


def test_a_new_row_with_letters_that_no_address_has_gets_a_key_too(page):
    _client, _before, sent = page
    add_row(sent, "passage", heading="فوائد", body="كلمات")
    assert save(page, sent).passages.last().key == "passage"


def test_an_added_claim_has_its_sources_in_the_new_version(page):
    _client, before, sent = page
    add_row(sent, "claim", sentence="It may calm skin.", grade="unclear", use="off-label", sources="S45 S2")
    after = save(page, sent)
    assert changed(before, after) == ["Claim it-may-calm-skin", "sources of it-may-calm-skin"]


def test_an_added_finding_stands_behind_its_claim_in_the_new_version(page):
    _client, _before, sent = page
    add_row(sent, "finding", claim_key="first", source="S36", design="review", result="Better.")
    new = save(page, sent).findings.get(key="better")
    assert (new.claim.key, new.claim.version_id, new.source.key) == ("first", new.version_id, "S36")


def test_a_row_moved_up_is_saved_in_its_new_place(page):
    client, version, sent = page
    prefix = row_in(sent, "passage", "when-to-call").removesuffix("-")
    moved = page_data(client.post(address_of(version), sent | {"_move": f"{prefix} up"}))
    assert list(version.unit.versions.all()) == [version]
    keys = list(save(page, moved).passages.values_list("key", flat=True))
    assert keys == ["limits", "risks", "when-to-call", "who-should-not", "alternatives"]


def test_moving_a_row_keeps_what_was_typed(page):
    client, version, sent = page
    prefix = row_in(sent, "passage", "risks").removesuffix("-")
    answer = client.post(address_of(version), sent | {"summary": "Half typed.", "_move": f"{prefix} down"})
    assert (answer.status_code, page_data(answer)["summary"]) == (200, "Half typed.")


@pytest.mark.parametrize("move", ["passage-0 up", "passage-999 up", "nonsense", "passage-1 sideways", "claim- up"])
def test_a_move_that_cannot_be_changes_nothing(page, move):
    client, version, sent = page
    answer = client.post(address_of(version), sent | {"_move": move})
    assert (answer.status_code, newest()) == (200, version)


def test_a_save_in_which_nothing_was_touched_makes_no_version(as_staff):
    client = as_staff("marketing")
    before = make_benefit(lead="One.\n\nTwo.").newest_version()
    for model in ROW_MODELS:
        make_row(model, before, "row", ["S36"] if model.__name__ == "Claim" else [])
    before.passages.update(body="- one\n- two\n\nThree.")
    answer = client.post(address_of(before), page_data(client.get(address_of(before))), follow=True)
    assert "Not one character was changed" in answer.text
    assert before.unit.newest_version() == before


@pytest.mark.parametrize("unit", ["microneedling", "scars", "recovery", "suitability", "procedure", "prp", "numbing"])
def test_an_edit_of_one_text_of_the_shipped_guide_changes_that_alone(as_staff, unit):
    client, unit = as_staff("marketing"), Unit.objects.get(slug=unit)
    before = unit.newest_version()
    answer = client.post(address_of(before), page_data(client.get(address_of(before))) | {"summary": "In other words."})
    assert (answer.status_code, changed(before, unit.newest_version())) == (302, ["summary"])


def test_the_reason_for_the_last_edit_is_not_offered_for_the_next(page):
    client, _before, sent = page
    after = save(page, sent | {"summary": "May soften skin.", "why": "Shorter"})
    assert page_data(client.get(address_of(after))).get("why", "") == ""


def test_what_a_draft_lacks_can_be_saved_and_is_remarked(page):
    client, version, sent = page
    first = row_in(sent, "claim", "first")
    sent |= {first + "grade": "", first + "use": "", first + "sources": ""}
    sent[row_in(sent, "passage", "risks") + "body"] = ""
    save(page, sent)
    page = client.get(address_of(version))
    stops = {(stop.field.record.key, stop.field.name) for stop in page.context["stops"]}
    assert stops == {("first", "grade"), ("first", "use"), ("first", "sources"), ("risks", "body")}


def test_the_live_words_stand_beside_the_draft_with_what_it_drops_struck_out(page):
    client, version, sent = page
    save(page, sent | {"summary": "As it was."})
    text = client.get(address_of(version)).text
    assert "As it <del>is.</del>" in text and "As it was." in text


def test_the_source_of_a_finding_can_be_changed(page):
    _client, _before, sent = page
    sent[row_in(sent, "finding", "of-first") + "source"] = "S45"
    assert save(page, sent).findings.get(key="of-first").source == Source.objects.get(key="S45")


def test_a_page_whose_last_risk_was_taken_out_lets_one_be_added(as_staff):
    client, unit = as_staff("marketing"), Unit.objects.get(slug="risks")
    address = unit.get_staff_url()
    sent = page_data(client.get(address))
    sent |= {
        f"{name.removesuffix('key')}DELETE": "on" for name in sent if name.startswith("risk-") and name.endswith("-key")
    }
    assert client.post(address, sent).status_code == 302
    sent = page_data(client.get(address))
    add_row(sent, "risk", frequency="common", text="Redness for some days [S82].")
    assert client.post(address, sent).status_code == 302
    assert [row.text for row in unit.newest_version().risks.all()] == ["Redness for some days [S82]."]


def test_what_a_draft_drops_stays_in_sight_struck_out(page):
    client, version, sent = page
    sent[row_in(sent, "passage", "limits") + "DELETE"] = "on"
    sent[row_in(sent, "finding", "of-second") + "DELETE"] = "on"
    save(page, sent)
    text = client.get(address_of(version)).text
    assert "<del>Limits</del>" in text and "patients still read it" in text
    assert text.count("taken out in this draft") == 2


def test_a_moved_passage_says_so(page):
    client, version, sent = page
    sent[row_in(sent, "passage", "limits") + "position"] = "95"
    save(page, sent)
    assert [
        row.label
        for group in client.get(address_of(version)).context["groups"]
        for row in group["rows"]
        if row.is_moved
    ] == ["Limits"]


def test_a_clinician_reads_what_is_new_as_text(page, as_staff):
    _client, version, sent = page
    save(page, sent | {"summary": "As it is. And more."})
    text = as_staff("clinician").get(address_of(version)).text
    assert "<ins> And more.</ins>" in text and 'name="summary"' not in text


def test_the_field_of_the_clinic_that_is_open_says_so(as_staff):
    facts = Unit.objects.get(kind=Unit.Kind.TREATMENT)
    assert "open: the clinic has not said it yet" in as_staff("marketing").get(facts.get_staff_url()).text


def test_a_new_source_is_given_the_next_key(as_staff):
    last = max(int(source.key[1:]) for source in Source.objects.all())
    assert f'value="S{last + 1}"' in as_staff("marketing").get("/admin/treatments/source/add/").text


def test_a_part_that_every_benefit_needs_can_be_written_again(page):
    client, version, sent = page
    sent[row_in(sent, "passage", "limits") + "DELETE"] = "on"
    save(page, sent)
    shown = client.get(address_of(version))
    assert 'href="#row-passage-limits"' in shown.text and 'id="row-passage-limits"' in shown.text
    sent = page_data(shown)
    untouched = save(page, sent | {"summary": "May soften."})
    assert not untouched.passages.filter(key="limits").exists()
    sent = page_data(client.get(address_of(version)))
    sent[row_in(sent, "passage", "limits") + "body"] = "It does not make skin new."
    assert save(page, sent).passages.get(key="limits").body == "It does not make skin new."


@pytest.mark.parametrize("key", ["s99", "FDA-1", "S", "99"])
def test_a_source_has_a_key_that_copy_can_cite(as_staff, key):
    sent = {"key": key, "title": "A study", "note": "In print."}
    answer = as_staff("marketing").post("/admin/treatments/source/add/", sent)
    assert "as in S139" in answer.text and not Source.objects.filter(title="A study").exists()


def test_the_key_of_a_source_stays_as_it_is(as_staff):
    source = Source.objects.get(key="S36")
    sent = {"key": "S999", "title": "Another title", "note": "In print."}
    as_staff("marketing").post(f"/admin/treatments/source/{source.pk}/change/", sent)
    source.refresh_from_db()
    assert (source.key, source.as_drafted().key, source.as_drafted().title) == ("S36", "S36", "Another title")


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        ("source", {"key": "S139", "title": "Microneedling removes scars for good"}),
        ("source", {"key": "S139", "title": "A study", "note": "It is guaranteed."}),
        ("term", {"slug": "x", "term": "Painless needling", "meaning": "A kind of needling."}),
        ("term", {"slug": "x", "term": "Needling", "meaning": "Fine needles.", "also": "scar removal"}),
    ],
)
def test_records_that_all_pages_share_promise_nothing(as_staff, model, sent):
    answer = as_staff("marketing").post(f"/admin/treatments/{model}/add/", sent)
    assert answer.status_code == 200 and "errorlist" in answer.text
