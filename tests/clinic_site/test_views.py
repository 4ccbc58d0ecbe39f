from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic_site.models import Banner, Clinic, ClosedDay, Notice, OpeningHours, TeamMember
from tests.clinic_site.addresses import FOR_YOU, GUIDE_PAGES, NOTICES
from tests.factories import make_benefit, make_treatment
from treatments.models import Version

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def in_sitemap(client, tag="loc"):
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return [element.text.removeprefix(settings.SITE_URL) for element in tree.iter(f"{SITEMAP}{tag}")]


def add_people(number):
    for count in range(number):
        TeamMember.objects.create(name=f"Person {count}", role="Nurse")


def add_closed_days(number):
    for count in range(number):
        ClosedDay.objects.create(date=f"2040-01-{count + 1:02}", name="Closed")


def test_a_notice_that_is_not_shown_is_not_there(client):
    notice = Notice.objects.create(slug="fees", title="Fees", body="A visit costs 90 dollars.", shown=False)
    hidden = client.get("/notices/fees/")
    assert (hidden.status_code, "90 dollars" in hidden.text) == (404, False)
    assert "/notices/fees/" not in client.get("/").text
    notice.shown = True
    notice.save()
    shown = client.get("/notices/fees/")
    assert (shown.status_code, "90 dollars" in shown.text) == (200, True)
    assert 'href="/notices/fees/"' in client.get("/").text


@pytest.mark.parametrize("slug", ["privacy", "accessibility"])
def test_a_notice_with_an_address_of_its_own_can_be_taken_down(client, slug):
    Notice.objects.filter(slug=slug).update(shown=False)
    assert client.get(f"/{slug}/").status_code == 404


def test_a_notice_is_markdown_and_can_do_no_harm(client):
    body = "**Bold.** <script>alert(1)</script> [link](javascript:alert(2)) [map](https://map.example/)"
    Notice.objects.create(slug="fees", title="Fees & <costs>", body=body, shown=True)
    text = client.get("/notices/fees/").text
    assert "<strong>Bold.</strong>" in text and 'href="https://map.example/"' in text
    assert "<h1>Fees &amp; &lt;costs&gt;</h1>" in text
    assert "<script" not in text and 'href="javascript' not in text


def test_an_unknown_notice_is_not_there(client):
    assert client.get("/notices/nothing/").status_code == 404


def test_the_team_page_is_not_there_until_a_person_is_entered(client):
    assert client.get("/team/").status_code == 404
    add_people(1)
    page = client.get("/team/")
    assert (page.status_code, "Person 0" in page.text) == (200, True)


def test_a_persons_words_are_text(client):
    TeamMember.objects.create(name="<b>Eve</b>", role="Nurse", about="<script>alert(1)</script>\n\nSecond.")
    text = client.get("/team/").text
    assert "&lt;b&gt;Eve&lt;/b&gt;" in text and "<p>Second.</p>" in text
    assert "<script" not in text and "<b>Eve" not in text


def test_the_visit_page_lists_eight_closed_days_beyond_its_week(client, time_machine):
    ClosedDay.objects.all().delete()
    add_closed_days(20)
    time_machine.move_to("2040-01-03T04:30Z")  # 11:30 pm on January 2 at the clinic
    page = client.get("/visit/")
    assert [str(day["date"]) for day in page.context["week"]] == [f"2040-01-{day:02}" for day in range(2, 9)]
    assert [str(day.date) for day in page.context["closed_days"]] == [f"2040-01-{day:02}" for day in range(9, 17)]


def test_the_visit_page_of_a_clinic_without_closed_days_has_no_empty_list(client):
    ClosedDay.objects.all().delete()
    assert "Also closed on" not in client.get("/visit/").text


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-24T14:00Z", "Open until noon"),
        ("2026-11-24T17:30Z", "Closed now, opens at 1 p.m."),
        ("2026-11-25T23:00Z", "Closed now, opens Friday at 8 a.m."),  # Thursday is Thanksgiving
    ],
)
def test_the_visit_page_says_at_each_moment_whether_the_desk_is_there(client, time_machine, moment, words):
    time_machine.move_to("2026-11-24T03:00Z")
    client.get("/visit/")
    time_machine.move_to(moment)
    assert words in client.get("/visit/").text


def test_the_visit_page_names_a_holiday_in_the_week(client, time_machine):
    time_machine.move_to("2026-11-24T14:00Z")
    assert "closed<small>Thanksgiving Day</small>" in client.get("/visit/").text


def test_the_visit_page_of_a_clinic_without_hours_asks_to_call(client):
    OpeningHours.objects.all().delete()
    text = client.get("/visit/").text
    assert "Please call us for our hours" in text and "Hours of the next seven days" not in text


def test_the_ways_in_are_shown_where_the_clinic_has_entered_them(client):
    Clinic.objects.update(parking="Behind <b>the house</b>.", access="", map_link="https://map.example/here")
    text = client.get("/visit/").text
    assert "Behind &lt;b&gt;the house&lt;/b&gt;." in text and 'href="https://map.example/here"' in text
    assert ">Access<" not in text


@pytest.mark.parametrize("address", ["/", "/visit/", "/consultation/", "/nothing-here/"])
def test_a_banner_stands_on_every_page_while_it_is_shown(client, time_machine, address):
    Banner.objects.create(
        text="Closed today <snow>",
        shown_from=datetime(2028, 1, 5, 12, tzinfo=UTC),
        shown_until=datetime(2028, 1, 5, 22, tzinfo=UTC),
    )
    seen = []
    for moment in ("11:59", "12:00", "21:59", "22:00"):
        time_machine.move_to(f"2028-01-05T{moment}Z", tick=False)
        seen.append("Closed today &lt;snow&gt;" in client.get(address).text)
    assert seen == [False, True, True, False]


def test_a_banner_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValidationError, match="must be later than"):
        Banner(text="No", shown_from=timezone.now(), shown_until=timezone.now() - timedelta(hours=1)).full_clean()


@pytest.mark.parametrize(("address", "add", "cost"), [("/team/", add_people, 3), ("/visit/", add_closed_days, 8)])
def test_a_list_costs_the_same_for_one_row_and_three(client, address, add, cost):
    ClosedDay.objects.all().delete()
    add(1)
    client.get(address)  # what stands on every page is kept until the next change
    for_one = queries_of(client, address)
    TeamMember.objects.all().delete()
    ClosedDay.objects.all().delete()
    add(3)
    client.get(address)
    assert (for_one, queries_of(client, address)) == (cost, cost)


def test_robots_are_kept_from_staff_and_private_pages(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain"
    assert response.text == (
        "User-agent: *\n"
        "Disallow: /admin/\n"
        "Disallow: /consultation/r/\n"
        "Disallow: /consultation/received/\n"
        f"Sitemap: {settings.SITE_URL}/sitemap.xml\n"
    )


def test_the_sitemap_names_the_guide_and_the_clinics_pages(client):
    pages = ["/", "/treatments/", *GUIDE_PAGES, FOR_YOU, "/visit/", "/consultation/", *NOTICES]
    assert sorted(in_sitemap(client)) == sorted(pages)


def test_the_team_and_a_shown_notice_join_the_sitemap(client):
    before = set(in_sitemap(client))
    add_people(1)
    Notice.objects.filter(slug="language-help").update(shown=True)
    assert set(in_sitemap(client)) - before == {"/team/", "/notices/language-help/"}


def test_every_address_in_the_sitemap_answers(client):
    make_benefit(slug="smoother").newest_version().go_live()
    answers = {address: client.get(address).status_code for address in in_sitemap(client)}
    assert answers == dict.fromkeys(answers, 200)


def test_a_page_of_a_treatment_that_is_not_offered_is_not_in_the_sitemap(client):
    benefit = make_benefit(make_treatment("peeling", live=False), slug="smoother")
    benefit.newest_version().go_live()
    assert client.get(benefit.get_absolute_url()).status_code == 404
    assert benefit.get_absolute_url() not in in_sitemap(client)


def test_a_draft_is_not_in_the_sitemap(client):
    draft = make_benefit(slug="smoother")
    assert draft.get_absolute_url() not in in_sitemap(client)


def test_the_sitemap_says_when_words_went_live_in_clinic_time(client):
    Version.objects.update(live_from=datetime(2024, 3, 5, 4, 30, tzinfo=UTC))
    assert set(in_sitemap(client, "lastmod")) == {"2024-03-04"}


def test_the_sitemap_costs_the_same_however_many_pages_there_are(client):
    for_the_shipped = queries_of(client, "/sitemap.xml")
    for slug in ("smoother", "softer", "calmer"):
        make_benefit(slug=slug).newest_version().go_live()
    assert queries_of(client, "/sitemap.xml") == for_the_shipped


def test_who_finds_something_unsafe_is_told_whom_to_tell(client, time_machine):
    time_machine.move_to("2026-06-10T17:30:00Z")
    Clinic(desk_email="desk@real.example", phone_day="+15865550199").save()
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == (
        "Contact: mailto:desk@real.example\n"
        "Contact: tel:+1-586-555-0199\n"
        "Expires: 2026-12-07T00:00:00Z\n"
        "Preferred-Languages: en\n"
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt\n"
    )
