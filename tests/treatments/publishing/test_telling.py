"""Who is written to of what happened to copy: once, with a link; and asking a clinician from a finding."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests.factories import copy_of, make_row, make_staff
from tests.treatments.drafts import make_draft, remarks
from tests.treatments.editing import do, seen
from treatments.models import Benefit, CopyEvent, Picture, Version
from treatments.publishing.going_live import publish
from treatments.publishing.signoff import Refused, ask, record, send, send_back, sign
from treatments.publishing.telling import mail_events, note_ending_consents
from treatments.words.remarks import stops_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician():
    return make_staff("clinician", email="clinician@clinic.example")


@pytest.fixture
def marketing():
    return make_staff("marketing", email="marketing@clinic.example")


@pytest.fixture
def draft(marketing):
    return copy_of(Benefit.objects.get(slug="scars").newest_version(), marketing)


def letters():
    """To whom mail went, and of what."""
    mail_events()
    found = [(letter.to[0].partition("@")[0], letter.subject) for letter in mail.outbox]
    mail.outbox.clear()
    return found


def test_each_step_is_written_of_once_to_whom_it_concerns(draft, clinician, marketing, settings):
    send(draft, marketing)
    mail_events()
    (letter,) = mail.outbox
    assert letter.to == ["clinician@clinic.example"] and letter.subject == "Scars: sent for sign-off"
    assert f"{settings.SITE_URL}{draft.unit.get_staff_url('read')}" in letter.body
    mail.outbox.clear()
    send_back(draft, clinician, "Softer, please.")
    assert letters() == [("marketing", "Scars: sent back")]
    sign(draft, clinician, seen(draft), 12, unsent=True)
    assert letters() == [("marketing", "Scars: signed off")]
    publish(Version.objects.get(pk=draft.pk), marketing)
    assert letters() == [("clinician", "Scars: published")]
    assert letters() == []


def test_a_comment_by_link_is_written_of_to_who_wrote_the_words(draft, marketing):
    record(draft, CopyEvent.Kind.COMMENT, None, "Reads well.", name="A colleague")
    mail_events()
    (letter,) = mail.outbox
    assert letter.to == ["marketing@clinic.example"] and "Reads well." in letter.body
    assert "A colleague (by link, name not checked)" in letter.body


def test_who_did_it_or_left_or_has_no_address_is_not_written_to(draft, clinician, marketing):
    record(draft, CopyEvent.Kind.COMMENT, marketing, "A note to myself.")
    clinician.is_active = False
    clinician.save()
    make_staff("clinician")
    send(draft, marketing)
    assert letters() == []


def test_a_mail_that_fails_is_tried_again_and_what_went_out_is_not(draft, clinician, marketing, settings):
    send(draft, marketing)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(OSError):
        mail_events()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert letters() == [("clinician", "Scars: sent for sign-off")]
    assert letters() == []


def test_the_end_of_a_consent_is_written_of_once(clinician):
    version = Benefit.objects.get(slug="scars").newest_version()
    today = timezone.localdate()
    make_row(Picture, version, "soon", consent_until=today + timedelta(days=30))
    make_row(Picture, version, "later", consent_until=today + timedelta(days=31))
    assert (note_ending_consents(), note_ending_consents()) == (1, 0)
    assert letters() == [("clinician", "Scars: the consent to a picture ends")]


def stopped():
    """A draft that cannot be sent, and what stops it."""
    version = make_draft()
    version.passages.filter(key="limits").update(body="It removes scars, said one paper.")
    return version, stops_of(remarks(version))[0]


def test_a_clinician_is_asked_from_the_finding_on_a_draft_that_cannot_be_sent(as_staff, clinician):
    version, stop = stopped()
    client = as_staff("marketing")
    assert "Ask a clinician" in client.get(version.unit.get_staff_url()).text
    _answer, said = do(client, version, "ask", fingerprint=stop.fingerprint, words="May this stand?")
    assert said == ["Asked. A clinician finds it on the first page after signing in, and by mail."]
    assert letters() == [("clinician", "Smoother skin: asked a clinician")]
    home = as_staff("clinician").get("/admin/").text
    assert "Asked and said of drafts" in home and "May this stand?" in home
    assert stops_of(remarks(version))  # to ask is not to be allowed


def test_nothing_is_asked_of_words_that_are_no_longer_there(marketing):
    version, _stop = stopped()
    with pytest.raises(Refused, match="no longer in the draft"):
        ask(version, marketing, "another", "May this stand?")


def test_comments_stand_on_the_clinicians_first_page(as_staff, draft):
    record(draft, CopyEvent.Kind.COMMENT, None, "Reads well.", name="A colleague")
    assert "Reads well." in as_staff("clinician").get("/admin/").text


def test_what_is_signed_and_not_published_is_counted_right(as_staff, draft, clinician):
    sign(draft, clinician, seen(draft), 12, unsent=True)
    home = as_staff("marketing").get("/admin/").text
    count = home.partition("Signed, not published")[2].partition("</h2>")[0]
    assert count.split(">")[1].split("<")[0].strip() == "1"


def test_how_long_a_draft_has_waited_is_shown_in_days(as_staff, draft, marketing):
    send(draft, marketing)
    Version.objects.filter(pk=draft.pk).update(sent_at=timezone.now() - timedelta(days=3, hours=1))
    client = as_staff("clinician")
    assert "waits 3 days" in client.get("/admin/treatments/section/to-sign/").text
    assert "It has waited 3 days." in client.get(f"{draft.unit.get_staff_url('read')}?version={draft.pk}").text
