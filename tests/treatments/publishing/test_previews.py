"""The real page with a draft in place, for whoever has the link."""

from datetime import timedelta

import pytest

from tests.factories import make_benefit, make_copy, make_staff
from tests.signing_in import sign_in
from tests.treatments.editing import address_of, do
from treatments.models import Benefit, CopyEvent, PreviewLink, Unit, Version
from treatments.publishing.previews import LIVES, make_link
from treatments.publishing.previews import address_of as address_of_link

pytestmark = pytest.mark.django_db

SCARS = "/treatments/microneedling/benefits/scars/"


def link_to(unit):
    return PreviewLink.objects.filter(unit=unit).first() or make_link(unit, make_staff("marketing"))


def test_a_preview_shows_the_real_page_with_the_draft_and_is_kept_nowhere(client, draft):
    answer = client.get(address_of_link(link_to(draft.unit)))
    assert answer.status_code == 200
    assert "Quite other words." in answer.text and "Patients do not see these words." in answer.text
    assert answer["X-Robots-Tag"] == "noindex, nofollow" and '<meta name="robots" content="noindex">' in answer.text
    assert "no-store" in answer["Cache-Control"] and not answer.cookies
    assert "Quite other words." not in client.get(SCARS).text


@pytest.mark.parametrize("unit", ["microneedling", "numbing", "prp", "risks", "overview", "benefits", "suitability"])
def test_every_kind_of_page_has_a_preview(client, unit):
    unit = Unit.objects.get(slug=unit)
    make_copy(unit.newest_version(), title="Quite another title", heading="Quite another heading")
    text = client.get(address_of_link(link_to(unit))).text
    assert "Quite another" in text and "Draft, version 2." in text


def test_a_preview_of_a_page_that_was_never_live_works(client):
    unit = make_benefit(slug="softer", heading="Softer by far")
    assert "Softer by far" in client.get(address_of_link(link_to(unit))).text


def test_a_preview_shows_no_other_draft(client, draft):
    make_copy(Benefit.objects.get(slug="sun-damage").newest_version(), summary="A secret of the sun.", signed_digest="")
    assert "A secret of the sun." not in client.get(address_of_link(link_to(draft.unit))).text


def test_a_preview_ends_with_its_time(client, draft, time_machine):
    link = link_to(draft.unit)
    time_machine.move_to(link.expires_at - timedelta(seconds=1), tick=False)
    assert client.get(address_of_link(link)).status_code == 200
    time_machine.move_to(link.made_at + LIVES, tick=False)
    answer = client.get(address_of_link(link))
    assert (answer.status_code, "Quite other words." in answer.text) == (404, False)
    assert "This preview has ended" in answer.text


def test_a_preview_ends_when_it_is_closed(client, draft):
    link = link_to(draft.unit)
    sign_in(client, make_staff("marketing"))
    do(client, draft, "revoke")
    client.logout()
    for method in (client.get, client.post):
        answer = method(address_of_link(link))
        assert (answer.status_code, "Quite other words." in answer.text) == (404, False)


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "x", lambda t: "9" + t, lambda t: t.split("~")[0]])
def test_a_preview_that_was_not_made_here_is_not_found(client, draft, change):
    token = address_of_link(link_to(draft.unit)).strip("/").split("/")[-1]
    answer = client.get(f"/preview/{change(token)}/")
    assert (answer.status_code, "Quite other words." in answer.text) == (404, False)


def test_somebody_without_an_account_comments_and_staff_read_it(client, draft):
    address = address_of_link(link_to(draft.unit))
    answer = client.post(address, {"name": "Dr. Guest", "words": "Say <b>may</b>."}, follow=True)
    assert "Thank you." in answer.text and "Say &lt;b&gt;may&lt;/b&gt;." in answer.text
    sign_in(client, make_staff("marketing"))
    assert "Dr. Guest" in client.get(address_of(draft)).text


@pytest.mark.parametrize("fields", [{}, {"name": "Guest"}, {"words": "Good."}, {"name": "n" * 81, "words": "x"}])
def test_half_a_comment_is_refused_and_kept_in_the_form(client, draft, fields):
    answer = client.post(address_of_link(link_to(draft.unit)), fields)
    assert not draft.events.exists() and answer.context["guide"].comment_form.errors
    assert fields.get("words", "") in answer.text


@pytest.mark.parametrize(("length", "number"), [(2000, 1), (2001, 0)])
def test_a_line_end_of_a_comment_counts_as_one_character_as_in_the_browser(client, draft, length, number):
    client.post(address_of_link(link_to(draft.unit)), {"name": "Ines", "words": "a\r\n" * 900 + "b" * (length - 1800)})
    assert draft.events.count() == number


def test_a_comment_from_another_site_is_refused(client, draft):
    answer = client.post(
        address_of_link(link_to(draft.unit)), {"name": "x", "words": "y"}, headers={"Origin": "https://evil.example"}
    )
    assert (answer.status_code, draft.events.count()) == (403, 0)


def test_a_draft_takes_so_many_comments_and_no_more(client, draft):
    lines = [CopyEvent(version=draft, kind="comment", name="x", words="y") for _number in range(50)]
    CopyEvent.objects.bulk_create(lines)
    answer = client.post(address_of_link(link_to(draft.unit)), {"name": "Guest", "words": "Good."})
    assert "a great many comments already" in answer.text
    assert draft.events.count() == 50


def test_only_a_clinician_is_offered_to_sign_from_a_preview(client, draft):
    address = address_of_link(link_to(draft.unit))
    offered = []
    for role in (None, "marketing", "clinician"):
        if role:
            sign_in(client, make_staff(role))
        offered.append("Read it whole and sign" in client.get(address).text)
    assert offered == [False, False, True]


def test_staff_preview_a_draft_without_making_a_link(as_staff, draft):
    answer = as_staff("marketing").get(address_of(draft, "preview"))
    assert "Quite other words." in answer.text and "Patients do not see these words." in answer.text
    assert "no-store" in answer["Cache-Control"] and not PreviewLink.objects.exists()


@pytest.mark.parametrize(("role", "status"), [(None, 302), ("frontdesk", 403), ("clinician", 200), ("marketing", 200)])
def test_only_those_who_may_read_drafts_preview_them(client, draft, role, status):
    if role:
        sign_in(client, make_staff(role))
    answer = client.get(address_of(draft, "preview"))
    assert answer.status_code == status
    assert ("Quite other words." in answer.text) == (status == 200)


def test_staff_comment_from_a_preview_under_their_own_name(as_staff, draft):
    client, preview = as_staff("clinician"), address_of(draft, "preview")
    answer = client.post(
        address_of(draft, "comment"), {"version": draft.pk, "words": "Softer, please.", "next": preview}, follow=True
    )
    assert answer.redirect_chain == [(preview, 302)] and "Softer, please." in answer.text
    assert draft.events.get().by == answer.context["user"]


def test_a_signoff_that_is_refused_says_so_on_the_preview(as_staff, draft):
    client, preview = as_staff("clinician"), address_of(draft, "preview")
    sent = {"version": draft.pk, "seen": "other words", "months": "12", "next": preview}
    answer = client.post(address_of(draft, "sign"), sent, follow=True)
    assert "The words have changed since you opened them." in answer.text


@pytest.mark.parametrize("unit", ["microneedling", "scars", "numbing", "overview", "benefits"])
def test_a_guide_of_which_nothing_is_live_yet_has_previews(as_staff, unit):
    Version.objects.update(live_from=None, live_until=None)
    unit = Unit.objects.get(slug=unit)
    answer = as_staff("marketing").get(unit.get_staff_url("preview"))
    assert answer.status_code == 200 and "Patients do not see these words." in answer.text


def test_a_comment_belongs_to_the_words_that_were_read(client, draft):
    address = address_of_link(link_to(draft.unit))
    number = draft.number
    make_copy(draft, signed_digest="")
    client.post(address, {"name": "Guest", "words": "Good.", "version": number})
    assert draft.events.get().words == "Good."


def test_the_front_desk_comments_by_link_as_anybody_does(client, draft):
    sign_in(client, make_staff("frontdesk"))
    address = address_of_link(link_to(draft.unit))
    assert 'name="name"' in client.get(address).text
    assert "Thank you." in client.post(address, {"name": "Desk", "words": "Good."}, follow=True).text
