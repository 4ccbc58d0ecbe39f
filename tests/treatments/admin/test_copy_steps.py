"""What staff do beside typing: each step by its role, each refusal with something that could leak, and the history."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import make_copy, make_staff
from tests.signing_in import sign_in
from tests.treatments.editing import address_of, do, make_page, page_data, seen, signed
from treatments.admin.copy_steps import STEPS
from treatments.models import Benefit, CopyEvent, OldAddress, PreviewLink, Section, Unit, Version
from treatments.publishing.drafts import restore
from treatments.publishing.signoff import send

pytestmark = pytest.mark.django_db

SCARS = "/treatments/microneedling/benefits/scars/"
LEAD = "Quite other words."  # of the draft


FIELDS = {
    "sign": {"months": 12},
    "send-back": {"words": "Softer."},
    "allow": {"words": "A quotation.", "fingerprint": "x"},
    "comment": {"words": "Good."},
    "publish": {"when": "now"},
    "address": {"slug": "marks"},
    "move": {"down": ""},
}
MAY = {
    **{step: {"marketing", "clinician"} for step in ("take-down", "keep-up", "bring-back", "retire", "unretire")},
    **{step: {"clinician"} for step in ("sign", "take-back", "send-back", "allow")},
    "comment": {"marketing", "clinician"},
}


@pytest.mark.parametrize("role", ["marketing", "clinician", "frontdesk"])
def test_a_step_is_refused_to_a_role_whose_work_it_is_not(as_staff, draft, role):
    """All steps on one and the same draft: what a step did is taken back before the next."""
    live = Benefit.objects.get(slug="scars").versions.get(number=1)
    client, before, wrong = as_staff(role), everything(), []
    for step in STEPS:
        fields = FIELDS.get(step, {}) | ({"seen": seen(draft)} if step == "sign" else {})
        with transaction.atomic():
            answer, _said = do(client, live if step == "take-down" else draft, step, **fields)
            if role in MAY.get(step, {"marketing"}):
                is_right = client.get(answer["Location"]).status_code == 200
            else:
                is_right = answer.status_code == 403 and everything() == before and LEAD not in answer.text
            wrong += [] if is_right else [step]
            transaction.set_rollback(True)
    assert wrong == []


def everything():
    tables = (Version, CopyEvent, PreviewLink, OldAddress, Unit)
    return [list(model.objects.order_by("pk").values()) for model in tables]


@pytest.mark.parametrize("step", STEPS)
def test_a_stranger_is_sent_to_sign_in(client, draft, step):
    before = everything()
    answer = client.post(draft.unit.get_staff_url(step.replace("-", "_")), {"version": draft.pk})
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")
    assert everything() == before


@pytest.mark.parametrize("step", STEPS)
def test_opening_the_address_of_a_step_does_nothing(as_staff, draft, step):
    before = everything()
    assert as_staff("manager").get(draft.unit.get_staff_url(step.replace("-", "_"))).status_code == 405
    assert everything() == before


@pytest.mark.parametrize("version", ["", "nonsense", "999999", "9" * 30])
def test_a_step_on_no_version_is_not_found(as_staff, draft, version):
    answer = as_staff("marketing").post(draft.unit.get_staff_url("send"), {"version": version})
    assert answer.status_code == 404


def test_a_step_on_the_version_of_another_page_is_not_found(as_staff, draft):
    other = Section.objects.get(slug="risks").newest_version()
    answer = as_staff("marketing").post(draft.unit.get_staff_url("send"), {"version": other.pk})
    assert answer.status_code == 404


def test_from_draft_to_live_by_steps(client, draft):
    marketing, clinician = make_staff("marketing"), make_staff("clinician")
    sign_in(client, marketing)
    assert do(client, draft, "send")[1] == [
        "Sent for sign-off. A clinician finds it on the first page after signing in."
    ]
    sign_in(client, clinician)
    assert "Waiting for sign-off" in client.get("/admin/").text and "Read and sign" in client.get("/admin/").text
    assert do(client, draft, "sign", seen=seen(draft), months=6)[1] == ["Signed off: Scars, version 2, word for word."]
    sign_in(client, marketing)
    _answer, (said,) = do(client, draft, "publish", when="now")
    assert said.startswith("Version 2 is live now. It replaces version 1.")
    assert "Quite other words." in client.get(SCARS).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"when": "at"}, "Choose the day and time at which it goes live."),
        ({"when": "at", "at": "tomorrow"}, "Give a day and a time, as in 2026-12-01 08:00."),
        ({"when": "now", "until": "99999-01-01T00:00"}, "Give a day and a time, as in 2026-12-01 08:00."),
        ({"when": "at", "at": "2001-01-01T08:00"}, "That time has passed. Choose a later one, or publish now."),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words(as_staff, draft, fields, said):
    client = as_staff("marketing")
    signed(draft)
    assert do(client, draft, "publish", **fields)[1] == [said]
    assert Version.objects.get(pk=draft.pk).live_from is None


def test_a_planned_time_is_the_clinics(as_staff, draft, time_machine):
    time_machine.move_to("2030-05-01T12:00:00+00:00")
    client = as_staff("marketing")
    signed(draft)
    _answer, (said,) = do(client, draft, "publish", when="at", at="2030-05-02T08:00")
    assert "goes live on Thursday, May 2, 2030, 8:00\N{NO-BREAK SPACE}AM" in said
    assert Version.objects.get(pk=draft.pk).live_from == datetime(2030, 5, 2, 12, tzinfo=UTC)
    page = client.get(address_of(draft)).text
    assert "goes live on Thursday, May 2, 2030, 8:00\N{NO-BREAK SPACE}AM by itself" in page
    assert "Scars</a>, version 2" in client.get("/admin/").text
    assert do(client, draft, "call-off")[1][0] == "Version 2 is called off; its sign-off still holds."


@pytest.mark.parametrize("months", ["", "0", "7", "-12", "x"])
def test_a_review_has_to_be_planned(as_staff, draft, months):
    _answer, said = do(as_staff("clinician"), draft, "sign", seen=seen(draft), months=months)
    assert said == ["Choose when these words should be reviewed again."]
    assert Version.objects.get(pk=draft.pk).signed_at is None


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_a_step_leads_back_to_our_own_pages_alone(as_staff, draft, back):
    answer = as_staff("marketing").post(draft.unit.get_staff_url("link"), {"next": back})
    assert answer["Location"] == draft.unit.get_staff_url()


def test_restoring_makes_a_new_draft_and_leaves_what_is_live(client, as_staff, draft):
    first = draft.unit.versions.get(number=1)
    _answer, (said,) = do(as_staff("marketing"), first, "restore")
    newest = draft.unit.newest_version()
    assert said.startswith("Version 1 is back as version 3, a draft.")
    assert (newest.state, newest.why, newest.shipped) == ("draft", "As in version 1", "")
    assert seen(newest) == seen(first) and first.is_live
    assert newest.events.get().kind == CopyEvent.Kind.RESTORED


def test_restoring_what_is_the_newest_already_makes_nothing(draft):
    assert restore(draft, make_staff("marketing")) is None
    assert draft.unit.newest_version() == draft


def test_the_history_tells_every_version_with_who_when_and_why(as_staff, draft):
    send(draft, make_staff("marketing", first_name="Sara", last_name="Example"))
    text = as_staff("clinician").get(address_of(draft, "history")).text
    for words in ("shipped with the site", "waits for sign-off", "Sent for sign-off, Sara Example"):
        assert words in text


def test_a_history_of_many_versions_has_pages_and_costs_the_same(as_staff):
    client, version = as_staff("marketing"), make_page()
    addresses = [address_of(version, page) for page in ("history", "compare")]

    def queries():
        client.get(addresses[0])
        with CaptureQueriesContext(connection) as found:
            assert [client.get(address).status_code for address in addresses] == [200, 200]
        return len(found)

    make_copy(version)
    few = queries()
    for _number in range(40):
        make_copy(version)
    assert queries() == few
    assert "Page 1 of 2" in client.get(addresses[0]).text
    assert "?page=1" in client.get(f"{addresses[0]}?page=2").text


def test_any_two_versions_are_compared(as_staff, draft):
    make_copy(draft, lead="Third words.")
    client = as_staff("marketing")
    answer = client.get(f"{address_of(draft, 'compare')}?old=1&new=2")
    (change,) = answer.context["diff"].changes
    assert (change.label, "".join(piece.words for piece in change.new)) == ("Lead", "Quite other words.")
    text = client.get(f"{address_of(draft, 'compare')}?old=3&new=2&as=text").text
    assert "<del>Quite other" in text.replace("\n", "") and "<ins>Third" in text


@pytest.mark.parametrize("number", ["99", "x", "-1", "9" * 20])
def test_a_comparison_with_no_version_is_not_found(as_staff, draft, number):
    assert as_staff("marketing").get(f"{address_of(draft, 'compare')}?old={number}").status_code == 404


def test_a_plan_for_an_older_version_is_called_off_from_the_page(as_staff, draft, time_machine):
    time_machine.move_to("2030-05-01T12:00:00+00:00")
    client = as_staff("marketing")
    signed(draft)
    do(client, draft, "publish", when="at", at="2030-05-02T08:00")
    make_copy(draft, signed_digest="")
    page = client.get(address_of(draft)).text
    assert "Version 2 goes live on Thursday, May 2, 8:00 AM." in page and "Call it off" in page
    do(client, draft, "call-off")
    assert Version.objects.get(pk=draft.pk).live_from is None


def test_a_refused_time_stays_in_the_form_and_does_not_become_now(as_staff, draft):
    client = as_staff("marketing")
    signed(draft)
    answer, (said,) = do(client, draft, "publish", when="at", at="2020-05-02T08:00", until="2020-06-02T08:00")
    assert "That time has passed" in said
    page = client.get(answer["Location"]).text
    assert 'value="at" checked' in page and 'value="now" checked' not in page.split("Take the page down")[0]
    assert 'value="2020-05-02T08:00"' in page and 'value="2020-06-02T08:00"' in page


def test_a_page_with_a_draft_can_be_taken_down_and_brought_back(client, as_staff, draft):
    live = Benefit.objects.get(slug="scars").versions.get(number=1)
    staff = as_staff("marketing")
    assert "Take the page down" in staff.get(address_of(draft)).text
    do(staff, live, "take-down", when="now")
    assert client.get(SCARS).status_code == 404
    assert "Bring version 1 back" in staff.get(address_of(draft)).text
    do(staff, live, "bring-back")
    assert client.get(SCARS).status_code == 200


def test_a_clinician_takes_a_signoff_back_until_it_is_published(as_staff, draft):
    client = as_staff("clinician")
    signed(draft)
    assert "Take the sign-off back" in client.get(address_of(draft)).text
    assert do(client, draft, "take-back")[1] == ["The sign-off is taken back. The words are a draft again."]
    taken = Version.objects.get(pk=draft.pk)
    assert (taken.state, taken.signed_digest, taken.review_due) == ("draft", "", None)
    assert "can be taken back" in do(client, draft, "take-back")[1][0]


def test_what_a_clinician_asked_for_stays_on_the_page_after_the_next_save(as_staff, draft):
    send(draft, make_staff("marketing"))
    client = as_staff("clinician")
    do(client, draft, "send-back", words="Softer, please.")
    make_copy(draft, signed_digest="")
    page = as_staff("marketing").get(address_of(draft)).text
    assert "“Softer, please.”" in page and "asked for, then send it again." in page


def test_saving_says_that_a_waiting_version_no_longer_waits(as_staff, draft):
    client = as_staff("marketing")
    send(draft, make_staff("marketing"))
    sent = page_data(client.get(address_of(draft))) | {"summary": "May soften."}
    answer = client.post(address_of(draft), sent, follow=True)
    assert "Version 2 no longer waits for sign-off: send the new one." in answer.text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"when": "now", "at": "2030-06-01T08:00"}, "Choose one of them."),
        ({"when": "at", "at": ""}, "Choose the day and time"),
        ({"when": "at", "at": "2027-03-14T02:30"}, "skip this time"),
        ({"when": "at", "at": "soon"}, "Give a day and a time"),
    ],
)
def test_a_doubtful_time_publishes_nothing(as_staff, draft, fields, told):
    client = as_staff("marketing")
    signed(draft)
    assert told in do(client, draft, "publish", **fields)[1][0]
    assert Version.objects.get(pk=draft.pk).live_from is None


def test_moving_a_page_in_the_list_leads_back_to_the_list(as_staff, draft):
    answer = as_staff("marketing").post(f"{draft.unit.get_staff_url('move')}?from-list", {"down": ""})
    assert answer["Location"] == "/admin/treatments/benefit/"


def test_live_words_are_reviewed_beside_a_draft(as_staff, draft):
    live = Benefit.objects.get(slug="scars").versions.get(number=1)
    signed(live)
    Version.objects.filter(pk=live.pk).update(review_due="2020-01-01")
    client = as_staff("clinician")
    assert f"?version={live.pk}" in client.get(address_of(draft)).text
    do(client, live, "sign", seen=seen(live), months=12)
    assert Version.objects.get(pk=live.pk).review_due.year > 2020
    assert Version.objects.get(pk=draft.pk).signed_at is None


def test_what_a_clinician_asked_for_is_not_pushed_out_by_comments(as_staff):
    version = make_copy(Section.objects.get(slug="risks").newest_version(), signed_digest="")
    Version.objects.filter(unit=version.unit).update(live_from=None, live_until=None)
    send(version, make_staff("marketing"))
    do(as_staff("clinician"), version, "send-back", words="Softer, please.")
    CopyEvent.objects.bulk_create(CopyEvent(version=version, kind="comment", name="x", words="y") for _n in range(30))
    make_copy(version, signed_digest="")
    assert "“Softer, please.”" in as_staff("marketing").get(address_of(version)).text


@pytest.mark.parametrize(("words", "kept"), [("Good\x00.", 1), ("x" * 2001, 0), (" ", 0)])
def test_a_note_has_a_length_and_no_null(as_staff, draft, words, kept):
    do(as_staff("clinician"), draft, "comment", words=words)
    assert [event.words for event in draft.events.all()] == ["Good."] * kept
