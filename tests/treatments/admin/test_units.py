import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic_site.dates import clock_words, date_words
from tests.factories import make_benefit, make_staff, make_treatment, make_version
from treatments.models import Benefit, Section, Term, TreatmentFacts, Version

pytestmark = pytest.mark.django_db

LIST = "/admin/treatments/benefit/"
LISTS = [LIST, "/admin/treatments/section/", "/admin/treatments/treatmentfacts/"]


def rows(response):
    """Title, since when it is live and by whom it was written, for each row of a list."""
    unit_admin = response.context["cl"].model_admin
    return [
        (unit_admin.title(unit), str(unit_admin.live_since(unit)), str(unit_admin.written_by(unit)))
        for unit in response.context["cl"].result_list
    ]


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_list_of_benefits_names_each_with_its_newest_words(as_staff):
    benefit = Benefit.objects.get(slug="scars")
    shipped = benefit.newest_version()
    make_version(benefit, title="Softer scars", written_by=make_staff("marketing", username="dana"))
    listed = rows(as_staff("marketing").get(LIST))
    since = f"{date_words(shipped.live_from)}, {clock_words(shipped.live_from)}"
    assert [row for row in listed if row[0] == "Softer scars"] == [("Softer scars", since, "dana")]
    assert [row[2] for row in listed].count("shipped with the site") == 2
    assert shipped.title not in [row[0] for row in listed]


@pytest.mark.parametrize(("address", "kind"), [(LISTS[0], Benefit), (LISTS[1], Section), (LISTS[2], TreatmentFacts)])
def test_a_list_holds_the_units_of_its_kind_in_the_order_of_the_guide(as_staff, address, kind):
    listed = as_staff("marketing").get(address).context["cl"].result_list
    assert list(listed) == list(kind.objects.order_by("treatment", "position"))


def test_a_page_that_was_never_live_says_so(as_staff):
    make_benefit(slug="calmer", title="Calmer")
    assert [row for row in rows(as_staff("marketing").get(LIST)) if row[0] == "Calmer"] == [
        ("Calmer", "not live", "shipped with the site")
    ]


def test_opening_a_unit_opens_its_newest_words(as_staff):
    benefit = Benefit.objects.get(slug="scars")
    newest = make_version(benefit, title="Softer scars")
    answer = as_staff("marketing").get(f"{LIST}{benefit.pk}/change/")
    assert (answer.status_code, answer.context["newest"]) == (200, newest)


def test_opening_a_unit_of_another_kind_or_none_leads_back(as_staff):
    client = as_staff("marketing")
    section = Section.objects.first()
    answers = [client.get(f"{LIST}{pk}/change/") for pk in (section.pk, 999_999)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/admin/")] * 2


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(("role", "status"), [("marketing", 200), ("manager", 200), ("clinician", 403)])
def test_marketing_and_managers_make_units(as_staff, address, role, status):
    assert as_staff(role).get(f"{address}add/").status_code == status


def test_a_page_is_made_from_its_form_and_a_taken_address_is_refused_in_it(as_staff):
    client = as_staff("marketing")
    sent = {"title": "Enlarged pores", "treatment": Benefit.objects.first().treatment_id}
    assert client.post(f"{LIST}add/", sent).status_code == 302
    made = Benefit.objects.get(slug="enlarged-pores")
    assert "7 of 10 still to do" in client.get(made.get_staff_url()).text
    again = client.post(f"{LIST}add/", sent)
    assert again.status_code == 422 and "already has this address" in again.text


@pytest.mark.parametrize("address", LISTS)
def test_nothing_that_is_sent_makes_no_page_and_asks_for_a_name(as_staff, address):
    answer = as_staff("marketing").post(f"{address}add/")
    assert answer.status_code == 422 and "Give it a name first." in answer.text


def test_the_content_report_says_of_which_of_several_treatments_a_page_is(as_staff):
    marketing = as_staff("marketing")
    assert "(Microneedling)" not in marketing.get("/admin/").text
    peel = make_treatment("chemical-peel")
    risks = make_version(Section.objects.create(treatment=peel, slug="risks", section_kind="risks"), title="Risks")
    risks.go_live()
    page = " ".join(marketing.get("/admin/").text.split())
    drawn = page.partition("Reading grade of each live page")[2].partition("</desc>")[0]
    assert "Risks (Chemical peel):" in drawn and "Risks (Microneedling):" in drawn
    assert f'<a href="{risks.get_staff_url()}">Risks (Chemical peel)</a>' in page


@pytest.mark.parametrize("address", LISTS)
def test_units_are_not_deleted_in_the_admin(as_staff, address):
    client = as_staff("manager")
    before = Version.objects.count()
    pk = client.get(address).context["cl"].result_list[0].pk
    client.post(address, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
    assert (client.post(f"{address}{pk}/delete/", {"post": "yes"}).status_code, Version.objects.count()) == (
        403,
        before,
    )


@pytest.mark.parametrize("address", LISTS)
def test_a_list_leads_to_the_page_that_patients_read(as_staff, address):
    response = as_staff("marketing").get(address)
    for unit in response.context["cl"].result_list:
        assert f'href="{unit.get_absolute_url()}"' in response.text


@pytest.mark.parametrize("address", LISTS)
def test_the_front_desk_has_no_list_of_copy(as_staff, address):
    assert as_staff("frontdesk").get(address).status_code == 403


def test_a_list_costs_the_same_for_one_more_benefit_and_three_more(as_staff):
    client = as_staff("marketing")
    make_benefit(slug="smoother")
    client.get(LIST)
    with_one = queries_of(client, LIST)
    for slug in ("softer", "calmer"):
        make_benefit(slug=slug).newest_version().go_live()
    assert queries_of(client, LIST) == with_one


@pytest.mark.parametrize(
    ("address", "query", "found"),
    [
        ("/admin/treatments/source/", "FDA warns", True),
        ("/admin/treatments/term/", "collagen", True),
        ("/admin/treatments/source/", "nothing like it", False),
    ],
)
def test_sources_and_words_can_be_searched(as_staff, address, query, found):
    response = as_staff("marketing").get(address, {"q": query})
    assert (response.status_code, bool(response.context["cl"].result_list)) == (200, found)


def test_a_word_of_the_glossary_is_added_by_marketing(as_staff):
    client = as_staff("marketing")
    answer = client.post("/admin/treatments/term/add/", {"term": "Zebra", "slug": "zebra", "meaning": "A horse."})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/treatments/term/")


def test_a_word_of_the_glossary_promises_nothing(as_staff):
    fields = {"term": "Zebra", "slug": "zebra", "meaning": "A cream that removes scars for good."}
    answer = as_staff("marketing").post("/admin/treatments/term/add/", fields)
    assert answer.status_code == 200 and "removes scars" in answer.text
    assert not Term.objects.filter(slug="zebra").exists()


def test_a_source_is_added_by_marketing_and_can_be_cited(as_staff):
    client = as_staff("marketing")
    answer = client.post("/admin/treatments/source/add/", {"key": "S700", "title": "A new study", "note": "In print."})
    assert answer.status_code == 302
    make_benefit(lead="It may help [S700].").newest_version().full_clean()


def test_the_clinician_reads_the_lists_and_adds_nothing(as_staff):
    client = as_staff("clinician")
    assert [client.get(address).status_code for address in LISTS] == [200, 200, 200]
    assert client.get("/admin/treatments/source/add/").status_code == 403
