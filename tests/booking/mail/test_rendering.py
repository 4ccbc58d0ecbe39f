"""How each mail reads: one text, in two forms."""

import re
from html.parser import HTMLParser

import html5lib
import pytest

from booking.mail.rendering import ADDRESS, render_mail, render_sample
from booking.models import OutboxMail
from clinic_site.dates import NO_BREAK, moment_words
from clinic_site.models import Clinic, SelfPick
from tests.factories import make_request, make_time
from treatments.copy_check.reading import grade

pytestmark = pytest.mark.django_db

PREVIEW = "/admin/booking/outboxmail/preview/"


class Words(HTMLParser):
    """The words of the body, without style and title."""

    def __init__(self, html):
        super().__init__()
        self.words = []
        self.feed(html[html.index("<body>") :])

    def handle_data(self, data):
        self.words += data.split()


@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
def test_a_mail_has_a_subject_with_the_reference_and_a_tidy_text(kind):
    mail = render_sample(kind)
    assert "ABC-DEF" in mail.subject and "\n" not in mail.subject
    assert "\n\n\n" not in mail.text and "&" not in mail.text and mail.text == mail.text.strip() + "\n"


@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
def test_both_forms_say_the_same_words(kind):
    mail = render_sample(kind)
    button = re.search(r'<a class="button"[^>]*>([^<]+)<', mail.html)
    shown = " ".join(Words(mail.html).words).replace(f"{button[1]} " if button else "", "", 1)
    told = " ".join([Clinic.profile().name, mail.subject, re.sub(r": https?://\S+", "", mail.text)])
    assert shown.split() == told.split()


@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
def test_an_address_that_stands_alone_is_a_button(kind):
    mail = render_sample(kind)
    alone = [line for line in mail.text.splitlines() if line.startswith("http")]
    assert re.findall(r'<a class="button" href="([^"]+)"', mail.html) == alone and len(alone) <= 1


@pytest.mark.parametrize("kind", ["booked", "moved", "reminder", "cancelled"])
def test_mail_about_a_booked_time_says_day_and_hour_in_its_subject(kind):
    consultation_request, time = make_request(), make_time(72)
    assert (
        moment_words(time.starts_at).replace(NO_BREAK, " ")
        in render_mail(kind, consultation_request, Clinic.profile(), time).subject
    )


@pytest.mark.parametrize("kind", ["booked", "moved", "reminder"])
def test_mail_about_a_booked_time_leads_to_moving_it_and_to_saying_that_one_cannot_come(kind):
    consultation_request = make_request()
    mail = render_mail(kind, consultation_request, Clinic.profile(), make_time(72))
    link = consultation_request.private_url
    ways = [("Move it to another time", f"{link}?choose=1#times"), ("I cannot make it", f"{link}#cannot-come")]
    assert all(f"{name}: {address}\n" in mail.text for name, address in ways)
    assert all(f'<a href="{address}">{name}</a>' in mail.html for name, address in ways)


def test_where_nobody_picks_a_time_mail_leads_to_asking_for_another():
    clinic = Clinic(self_pick=SelfPick.NONE)
    mail = render_mail("booked", make_request(), clinic, make_time(72))
    assert "Ask us for a different time: " in mail.text and "choose=1" not in mail.text


def test_the_button_of_a_reminder_is_to_confirm():
    assert ">Confirm that I am coming</a>" in render_sample("reminder").html


def test_the_mail_to_an_old_address_has_no_link():
    mail = render_mail("old-address", make_request(), Clinic.profile())
    assert not ADDRESS.search(mail.text) and "href" not in mail.html


@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
def test_the_html_of_a_mail_is_valid(kind):
    html5lib.HTMLParser(strict=True).parse(render_sample(kind).html)


@pytest.mark.parametrize("kind", [kind for kind in OutboxMail.Kind.values if kind not in OutboxMail.TO_STAFF])
def test_a_mail_to_a_patient_is_plain_english(kind):
    text = re.sub(r"https?://\S+", "", render_sample(kind).text)
    assert grade([text]) <= 8


def test_a_clinics_name_is_text_in_both_forms():
    clinic = Clinic(name='<b>Skin & "Co"</b>')
    mail = render_mail("received", make_request(), clinic)
    assert '<b>Skin & "Co"</b>' in mail.text
    assert "&lt;b&gt;Skin &amp; &quot;Co&quot;&lt;/b&gt;" in mail.html and "<b>Skin" not in mail.html


def test_staff_see_every_mail_with_sample_values_and_nothing_is_written(as_staff):
    page = as_staff("frontdesk").get(PREVIEW)
    assert page.status_code == 200
    assert all(render_sample(kind).subject.replace("'", "&#x27;") in page.text for kind in OutboxMail.Kind.values)
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize("kind", OutboxMail.Kind.values)
def test_a_mail_alone_lets_its_own_style_through_and_no_other(as_staff, kind):
    response = as_staff("frontdesk").get(f"{PREVIEW}{kind}/")
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert (response.status_code, response.text) == (200, render_sample(kind).html)
    assert re.fullmatch(r"'sha256-[\w+/=]+'", policy["style-src"])


def test_a_mail_that_is_not_there_has_no_preview(as_staff):
    assert as_staff("frontdesk").get(f"{PREVIEW}nothing/").status_code == 404


@pytest.mark.parametrize("address", [PREVIEW, f"{PREVIEW}received/", "/admin/booking/outboxmail/"])
def test_marketing_sees_no_mail(as_staff, address):
    assert as_staff("marketing").get(address).status_code == 403
