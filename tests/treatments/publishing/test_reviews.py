"""What is due for review, and the content report."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import copy_of, make_copy, make_staff
from tests.treatments.editing import signed
from treatments.models import CopyEvent, Section, TreatmentFacts, Unit, Version
from treatments.publishing.going_live import take_down
from treatments.publishing.reviews import mail_reviews
from treatments.publishing.signoff import send, send_back

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

SCARS = "/treatments/microneedling/benefits/scars/"


def due(slug, days):
    version = signed(Unit.objects.get(slug=slug).newest_version())
    Version.objects.filter(pk=version.pk).update(review_due=timezone.localdate() + timedelta(days=days))
    return version


def test_reviews_are_mailed_once_to_the_owner(settings):
    due("scars", -3), due("prp", 29), due("risks", 32)
    assert (mail_reviews(), mail_reviews()) == (2, 0)
    (letter,) = mail.outbox
    assert letter.to == [settings.OWNER_EMAIL] and letter.subject == "2 pages are due for review"
    assert "Scars" in letter.body and "PRP" in letter.body and "Risks" not in letter.body


def test_a_review_is_mailed_again_only_after_another_signoff():
    version = due("scars", -3)
    mail_reviews()
    signed(version)
    assert mail_reviews() == 0
    Version.objects.filter(pk=version.pk).update(review_due=timezone.localdate())
    assert mail_reviews() == 1


def test_a_review_whose_mail_fails_is_mailed_later(monkeypatch, settings):
    due("scars", -3)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(OSError):
        mail_reviews()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mail_reviews() == 1


def test_a_draft_and_a_past_version_have_no_review():
    old = due("scars", -3)
    make_copy(old).go_live()
    assert mail_reviews() == 0


def test_the_report_shows_what_stops_waits_comes_and_is_due(as_staff, draft, time_machine):
    time_machine.move_to("2030-05-01T12:00:00+00:00")
    marketing = make_staff("marketing")
    Version.objects.filter(pk=draft.pk).update(summary="It removes scars for good.")
    waiting = copy_of(Section.objects.get(slug="numbing").newest_version(), marketing)
    send(waiting, marketing)
    coming = signed(copy_of(Section.objects.get(slug="recovery").newest_version(), marketing))
    coming.go_live(datetime(2030, 5, 9, 12, tzinfo=UTC))
    due("risks", -3)
    text = " ".join(re.sub(r"<[^>]+>", " ", as_staff("marketing").get("/admin/").text).split())
    assert "Scars shipped with the site ▲ 2 to mend" in text
    assert "Numbing , version 2" in text and "overdue since Apr 28" in text
    assert "Thu, May 9, 8:00 AM" in text and "goes live by itself" in text
    assert "For the clinic to confirm 23" in text


def test_a_field_that_the_clinic_filled_in_leaves_the_report(as_staff):
    facts = TreatmentFacts.objects.get().newest_version()
    field = facts.clinicfields.first()
    make_copy(facts).go_live()
    newest = TreatmentFacts.objects.get().newest_version()
    newest.clinicfields.filter(key=field.key).update(value="90 dollars")
    text = as_staff("marketing").get("/admin/").text
    assert field.label not in text and ">22<" in text


def test_the_report_costs_the_same_for_one_draft_and_five(as_staff):
    client = as_staff("marketing")
    slugs = ["scars", "numbing", "risks", "prp", "recovery", "cost"]

    def queries():
        client.get("/admin/")
        with CaptureQueriesContext(connection) as found:
            client.get("/admin/")
        return len(found)

    for slug in slugs[:2]:
        make_copy(Unit.objects.get(slug=slug).newest_version(), signed_digest="")
    few = queries()
    for slug in slugs[2:]:
        make_copy(Unit.objects.get(slug=slug).newest_version(), signed_digest="")
    assert queries() <= few + 4  # the kinds of rows that the others have


def test_a_report_of_an_empty_site_says_what_to_do(as_staff):
    Version.objects.update(live_from=None, live_until=None)
    text = as_staff("marketing").get("/admin/").text
    assert "Nothing is planned." in text and "None is due within a month." in text


def test_the_report_says_what_was_sent_back_commented_signed_and_taken_down(as_staff, draft):
    client = as_staff("marketing")
    send(draft, make_staff("marketing"))
    CopyEvent.objects.create(version=draft, kind="comment", name="Dr. Guest", words="Say may.")
    assert "1 comment" in client.get("/admin/").text
    send_back(draft, make_staff("clinician"), "Softer, please.")
    assert "sent back" in client.get("/admin/").text
    assert "Signed, not published" not in client.get("/admin/").text
    signed(draft)
    assert "Signed, not published" in client.get("/admin/").text
    take_down(Section.objects.get(slug="cost").newest_version(), make_staff("marketing"))
    text = client.get("/admin/").text
    assert "patients find no such page" in text and "Bring it back" in text
