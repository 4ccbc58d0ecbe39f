"""Each look, press, sign-in and decision of staff is one row; what cannot be written down is not shown or done."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from booking.models import Clinician, ConsultationRequest, Event
from clinic_site.audit import guard
from clinic_site.audit.pages import page_named
from clinic_site.models import AuditEntry
from clinic_site.staff.people.changes import change_role
from clinic_site.staff.roles import Role
from tests.addresses import all_addresses
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in
from treatments.models import Section
from treatments.publishing.signoff import record

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"
TYPED = "Featherstonehaugh"


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


def page_of(consultation_request):
    return f"{LIST}{consultation_request.pk}/change/"


def rows(after=0):
    """What was written since, as (action, page, requests)."""
    return [(row.action, row.page, row.requests) for row in AuditEntry.objects.filter(pk__gt=after).order_by("pk")]


# Addresses of the desk at which nothing is done to a request or a time, and nobody's name is asked for; a search
# leads to the list, and is the list's row.
ABOUT_NOBODY = re.compile(
    r"booking_(preparedanswer_\w+|clinician_(?!feed)\w+|opentime_(opening|publish|add|delete|history)"
    r"|outboxmail_(add|delete|history|change)|consultationrequest_(search|news|figures|keep_view|drop_view|delete))"
)


def test_every_address_of_the_desk_has_words_in_the_audit():
    desk = {name.removeprefix("admin:") for name, _parts in all_addresses() if name.startswith("admin:booking_")}
    assert [name for name in sorted(desk) if not page_named(name) and not ABOUT_NOBODY.fullmatch(name)] == []


def test_opening_a_request_is_one_row_with_its_number_and_no_name(desk):
    asked = make_request(name=TYPED, concern="Scars.")
    desk.get(page_of(asked))
    [row] = AuditEntry.objects.all()
    assert (row.action, row.page, row.requests) == ("looked", "booking_consultationrequest_change", [asked.pk])
    assert (row.details, row.role) == ({"of": asked.pk}, Role.FRONT_DESK.label) and row.is_ours
    assert TYPED not in str(list(AuditEntry.objects.values_list()))


def test_who_stands_beside_a_request_is_told_apart_from_whose_it_is(desk):
    asked, again = make_request(), make_request()
    desk.get(page_of(asked))
    [row] = AuditEntry.objects.all()
    assert (row.details["of"], set(row.requests)) == (asked.pk, {asked.pk, again.pk})


def test_a_list_names_all_that_it_showed(desk):
    asked = [make_request(email=f"{n}@patient.example") for n in range(3)]
    desk.get(LIST)
    [(action, page, shown)] = rows()
    assert (action, page, set(shown)) == ("looked", "booking_consultationrequest_changelist", {one.pk for one in asked})


def test_a_search_is_kept_by_what_it_found_and_never_by_its_words(desk):
    found, _other = make_request(name=f"Ann {TYPED}"), make_request(name="Bo", email="bo@patient.example")
    desk.get(LIST, {"q": TYPED})
    assert rows() == [("searched", "booking_consultationrequest_changelist", [found.pk])]
    assert TYPED not in str(list(AuditEntry.objects.values_list()))


def test_a_search_without_a_find_is_a_row_too(desk):
    desk.get(LIST, {"q": TYPED})
    assert rows() == [("searched", "booking_consultationrequest_changelist", [])]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_names_its_requests_its_form_and_its_filter(desk, form):
    asked = [make_request(email=f"{n}@patient.example") for n in range(2)]
    b"".join(desk.post(f"{LIST}export/{form}/?view=answer&q=&state__exact=received").streaming_content)
    [row] = AuditEntry.objects.all()
    assert (row.action, set(row.requests)) == ("exported", {one.pk for one in asked})
    assert row.details == {"form": form, "filter": {"view": "answer", "state__exact": "received"}}


def test_an_export_of_a_search_keeps_its_words_to_itself(desk):
    make_request(name=TYPED)
    desk.post(f"{LIST}export/csv/?q={TYPED.lower()}")
    [row] = AuditEntry.objects.all()
    assert row.details == {"form": "csv", "filter": {}} and len(row.requests) == 1


def test_what_is_pressed_is_written_down_with_its_button(desk):
    asked = make_request()
    desk.post(f"{LIST}{asked.pk}/do/note/", {"note": TYPED})
    [row] = AuditEntry.objects.all()
    assert (row.action, row.requests, row.details) == ("pressed", [asked.pk], {"step": "note"})


def test_the_first_page_the_calendar_the_day_sheet_and_the_mail_are_looks(desk):
    asked = make_request()
    time = make_time(24)
    ConsultationRequest.objects.filter(pk=asked.pk).update(state="booked")
    type(time).objects.filter(pk=time.pk).update(request=asked, state="booked")
    for address in (
        "",
        "booking/opentime/calendar/",
        "booking/opentime/calendar/sheet/",
        "booking/outboxmail/preview/",
    ):
        assert desk.get(f"/admin/{address}").status_code == 200
    assert [(action, page) for action, page, _shown in rows()] == [
        ("looked", "index"),
        ("looked", "booking_opentime_calendar"),
        ("printed", "booking_opentime_sheet"),
        ("looked", "booking_outboxmail_preview"),
    ]


def test_the_list_of_mail_names_whose_mail_it_is(desk):
    asked = make_request()
    desk.get("/admin/booking/outboxmail/")
    assert rows() == [("looked", "booking_outboxmail_changelist", [asked.pk])]


def test_who_may_have_called_before_is_a_search(desk):
    asked = make_request(phone="+12485550123")
    desk.post(f"{LIST}duplicates/", {"phone": "2485550123", "name": ""})
    assert rows() == [("searched", "booking_consultationrequest_duplicates", [asked.pk])]


def test_a_page_that_shows_nobody_is_no_row(as_staff):
    client = as_staff("marketing")
    for address in ("keys/", "you/", "treatments/benefit/", "booking/consultationrequest/figures/"):
        assert client.get(f"/admin/{address}").status_code == 200
    assert rows() == []


def test_the_patients_page_pressed_by_staff_is_written_down(desk):
    asked = make_request()
    desk.get(f"{LIST}{asked.pk}/private/")
    desk.get(f"/consultation/r/{asked.token}/")
    assert [(action, page, shown) for action, page, shown in rows()] == [
        ("looked", "booking_consultationrequest_private", [asked.pk]),
        ("looked", "private", [asked.pk]),
    ]


def test_a_patient_on_their_own_page_is_nobodys_look(client):
    asked = make_request()
    assert client.get(f"/consultation/r/{asked.token}/").status_code == 200
    assert rows() == []


def test_a_clinicians_feed_is_a_look_of_nobody_who_is_signed_in(client, settings):
    clinician = Clinician.objects.create(name="Dr. Example")
    clinician.make_feed()
    assert client.get(clinician.feed_url.removeprefix(settings.SITE_URL)).status_code == 200
    [row] = AuditEntry.objects.all()
    assert (row.page, row.staff, row.details) == ("feed", None, {"clinician": clinician.pk})


def test_a_refused_look_is_written_down(as_staff):
    asked = make_request()
    assert as_staff("marketing").get(page_of(asked)).status_code == 403
    assert rows() == [("refused", "booking_consultationrequest_change", [asked.pk])]


def test_a_wrong_password_is_written_down_without_what_was_typed():
    member = make_staff("frontdesk", username="dana")
    sent = {"login": "dana", "password": TYPED}
    Client().post("/admin/sign-in/", sent)
    Client().post("/admin/sign-in/", sent | {"login": TYPED})
    assert [(row.action, row.details) for row in AuditEntry.objects.all()] == [
        ("refused", {"member": member.pk}),
        ("refused", {}),
    ]
    assert TYPED not in str(list(AuditEntry.objects.values_list()))


def test_a_change_of_rights_is_written_down_in_the_same_transaction():
    manager, dana = make_staff("manager"), make_staff("frontdesk")
    change_role(manager, dana, Role.MARKETING)
    [row] = AuditEntry.objects.all()
    assert (row.action, row.staff) == ("rights", manager)
    assert row.details == {"step": "role", "member": dana.pk, "role": "marketing"}


def test_a_decision_on_copy_is_written_down():
    marketing = make_staff("marketing")
    version = Section.objects.first().versions.first()
    record(version, "sent", marketing)
    [row] = AuditEntry.objects.all()
    assert (row.action, row.staff, row.details) == ("copy", marketing, {"step": "sent", "version": version.pk})


def test_all_of_one_request_given_out_by_command_is_written_down():
    asked = make_request()
    call_command("export_request", asked.reference, stdout=StringIO())
    assert rows() == [("exported", "export_request", [asked.pk])]


def test_who_chooses_a_new_password_or_is_added_by_a_command_is_written_down(client):
    member = make_staff("frontdesk")
    sign_in(client, member)
    new = "four words put together"
    sent = {"old_password": "a long password", "new_password1": new, "new_password2": new}
    assert client.post("/admin/password_change/", sent).status_code == 302
    call_command("add_staff", "nora", role="marketing", stdout=StringIO())
    assert [(row.action, row.staff, row.details["step"]) for row in AuditEntry.objects.all()] == [
        ("rights", member, "password_change"),
        ("rights", None, "added"),
    ]


@pytest.fixture
def unwritable(committed):
    """The table of the audit is away; all others are there."""
    guard.remove("default")

    def break_it():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE clinic_site_auditentry RENAME TO elsewhere")

    return break_it


def test_a_look_that_cannot_be_written_down_is_refused_with_a_sentence(unwritable, client, caplog):
    asked = make_request(name=TYPED)
    sign_in(client, make_staff("frontdesk"))
    unwritable()
    page = client.get(page_of(asked))
    assert (page.status_code, TYPED in page.text) == (503, False)
    assert "Who looks at what is written down here, and that could not be done just now." in page.text
    assert "no-store" in page["Cache-Control"]


def test_what_cannot_be_written_down_is_not_done(unwritable, client):
    asked = make_request()
    sign_in(client, make_staff("frontdesk"))
    unwritable()
    before = Event.objects.count()
    assert client.post(f"{LIST}{asked.pk}/do/note/", {"note": "Call."}).status_code == 503
    assert Event.objects.count() == before


def test_nobody_gets_in_who_cannot_be_written_down(unwritable):
    make_staff("frontdesk", username="dana")
    unwritable()
    client = Client(raise_request_exception=False)
    page = client.post("/admin/sign-in/", {"login": "dana", "password": "wrong"})
    assert page.status_code == 503 and "written down" in page.text


def test_the_public_side_never_needs_the_audit(unwritable, client):
    asked = make_request()
    unwritable()
    for address in ("/", "/consultation/", f"/consultation/r/{asked.token}/", "/visit/"):
        assert client.get(address).status_code == 200
