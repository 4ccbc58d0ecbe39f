"""Another SECRET_KEY without the one before: the start says so, pages stay up, mail is written, links are renewed."""

from datetime import timedelta

import pytest
from django.conf import settings as project
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from booking.desk.lost_links import renew_lost_links
from booking.keeping import links_that_do_not_open
from booking.mail.sending import send_mail
from booking.models import Clinician, ConsultationRequest, Event, OutboxMail
from clinic_site.health.checks import stop_unless_safe_to_start
from tests.factories import make_request

pytestmark = pytest.mark.django_db

NEW = "another key that nobody has made a link with"


@pytest.fixture
def lost(settings):
    """Two requests, and then the SECRET_KEY is another: (requests, their tokens)."""
    asked = [make_request(email=f"{n}@patient.example") for n in range(2)]
    tokens = [one.token for one in asked]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []
    return asked, tokens


def fresh(one):
    return ConsultationRequest.objects.get(pk=one.pk)


def test_nothing_starts_and_one_sentence_says_what_to_do(lost):
    with pytest.raises(SystemExit) as stopped:
        stop_unless_safe_to_start()
    assert "SECRET_KEY is not the one that private links were made with" in str(stopped.value)
    assert "manage.py renew_links" in str(stopped.value) and str(stopped.value).endswith("Nothing was changed.")


def test_an_old_request_alone_is_found_too(lost):
    make_request(email="c@patient.example")
    assert links_that_do_not_open()


def test_with_the_key_of_before_behind_the_new_one_all_is_well(settings):
    asked, before = make_request(), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [before]
    assert (links_that_do_not_open(), asked.link_is_lost) == ("", False)


def test_the_patients_own_link_and_the_desks_page_still_open(lost, client, as_staff):
    [asked, _other], [token, _token] = lost
    assert client.get(f"/consultation/r/{token}/").status_code == 200
    assert client.get(f"/consultation/received/{token}/").status_code == 200
    assert as_staff("frontdesk").get(asked.desk_path).status_code == 200


def test_mail_that_leaves_brings_a_link_that_works(lost, client):
    asked = lost[0][0]
    owed = asked.mails.first()
    send_mail.call_local(owed.pk)
    [message] = [message for message in mail.outbox if message.to == [asked.email]]
    link = fresh(asked).private_url
    assert link in message.body
    assert client.get(link.removeprefix(project.SITE_URL)).status_code == 200
    assert fresh(asked).timeline.filter(kind=Event.Kind.NEW_LINK, actor=Event.Actor.SYSTEM).exists()


def test_all_links_are_renewed_and_their_patients_told_once(lost, client):
    asked, tokens = lost
    assert (renew_lost_links(), renew_lost_links()) == (2, 0)
    for one, old in zip(asked, tokens, strict=True):
        assert client.get(f"/consultation/r/{fresh(one).token}/").status_code == 200
        assert client.get(f"/consultation/r/{old}/").status_code == 404
        assert one.mails.filter(kind=OutboxMail.Kind.LINK_AGAIN).count() == 1
    assert links_that_do_not_open() == ""


def test_whose_link_has_ended_gets_no_new_one(lost):
    ended, other = lost[0]
    ConsultationRequest.objects.filter(pk=ended.pk).update(
        state="closed", state_since=timezone.now() - project.LINK_LIVES_ON - timedelta(days=1)
    )
    assert renew_lost_links() == 1
    assert not fresh(other).link_is_lost and fresh(ended).link_is_lost


def test_links_that_the_keys_make_stay_as_they_are(lost):
    kept = make_request(email="c@patient.example")
    renew_lost_links()
    assert fresh(kept).token == kept.token


def test_the_command_names_feeds_that_need_a_new_address(settings, capsys):
    clinician = Clinician.objects.create(name="Dr. Example")
    clinician.make_feed()
    settings.SECRET_KEY = NEW
    call_command("renew_links")
    assert "The feed of Dr. Example needs a new address" in capsys.readouterr().out


def test_the_page_of_a_clinician_whose_feed_is_lost_says_so(settings, as_staff):
    clinician = Clinician.objects.create(name="Dr. Example")
    clinician.make_feed()
    settings.SECRET_KEY = NEW
    page = as_staff("manager").get(f"/admin/booking/clinician/{clinician.pk}/change/")
    assert page.status_code == 200 and "the key that made its address is gone" in page.text
