import json
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection
from django.utils import timezone

from booking.mail.owing import owe
from booking.models import ConsultationRequest, Event, Offer, OutboxMail
from clinic_site.models import FieldKeyCheck, UnsavedWords
from clinic_site.security.encryption import bound_models, cipher, encrypted_fields
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

WORDS = 'Pockmarks since 2009, "both" cheeks. ندبات'


def new_key():
    return Fernet.generate_key().decode()


def raw_row(consultation_request):
    """The encrypted columns as they lie in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT concern, safety FROM booking_consultationrequest WHERE id = %s", [consultation_request.pk]
        )
        return cursor.fetchone()


@pytest.mark.parametrize(
    ("concern", "safety"),
    [(WORDS, {"pregnancy": "not-sure"}), ("", {}), ("None", {"keloids": "yes", "under-22": "no"})],
)
def test_what_was_encrypted_is_read_back_as_it_was(concern, safety):
    kept = ConsultationRequest.objects.get(pk=make_request(concern=concern, safety=safety).pk)
    assert (kept.concern, kept.safety) == (concern, safety)


def test_nothing_is_clear_in_the_database():
    consultation_request = make_request(concern=WORDS, safety={"pregnancy": "not-sure"})
    raw = " ".join(raw_row(consultation_request))
    assert [part for part in ("Pockmarks", "2009", "ندبات", "\\u0646", "pregnancy", "not-sure") if part in raw] == []


def test_equal_words_do_not_look_equal_in_the_database():
    assert raw_row(make_request(concern=WORDS)) != raw_row(make_request(concern=WORDS))


@pytest.mark.parametrize("lookup", ["concern", "concern__contains", "concern__in", "safety__gt", "safety__regex"])
def test_an_encrypted_field_cannot_be_searched(lookup):
    make_request(concern=WORDS)
    with pytest.raises(FieldError):
        ConsultationRequest.objects.filter(**{lookup: WORDS}).exists()


def test_an_encrypted_field_can_be_asked_whether_it_is_there():
    make_request(concern=WORDS)
    assert ConsultationRequest.objects.filter(concern__isnull=True).count() == 0


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def raw(table, column, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def set_raw(table, column, pk, token):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [token, pk])


REQUESTS, EVENTS, OFFERS, UNSAVED, MAILS = (
    "booking_consultationrequest",
    "booking_event",
    "booking_offer",
    "clinic_site_unsavedwords",
    "booking_outboxmail",
)
ANSWERS = {
    "concern": WORDS,
    "safety": {"pregnancy": "yes"},
    "needs": ["wheelchair"],
    "for_you": {"skin": ["brown"]},
}


@pytest.fixture
def pairs():
    """Of each kind of row with encrypted words, two: table, and both rows."""
    asked = [make_request(email=f"{n}@patient.example", **ANSWERS) for n in range(2)]
    noted = [one.record(Event.Kind.NOTE, Event.Actor.STAFF, note=f"{WORDS} {one.pk}") for one in asked]
    staff = make_staff("frontdesk")
    until = timezone.now() + timedelta(days=1)
    offers = [Offer.objects.create(request=one, made_by=staff, lapses_at=until, note=WORDS) for one in asked]
    unsaved = [
        UnsavedWords.objects.create(
            owner=staff, key=uuid4(), page="/", form="note", typed={"note": [WORDS]}, kept_at=timezone.now()
        )
        for _n in range(2)
    ]
    mails = [owe(OutboxMail.Kind.OLD_ADDRESS, one, old_address=f"old{one.pk}@patient.example") for one in asked]
    return {REQUESTS: asked, EVENTS: noted, OFFERS: offers, UNSAVED: unsaved, MAILS: mails}


COLUMNS = [
    *((REQUESTS, column) for column in ANSWERS),
    (EVENTS, "note"),
    (OFFERS, "note"),
    (UNSAVED, "typed"),
    (MAILS, "old_address"),
]


def test_no_encrypted_field_is_left_out_of_these_tests():
    there = {(model._meta.db_table, field.column) for model in bound_models() for field in encrypted_fields(model)}
    assert there == set(COLUMNS)


def label(table, column):
    model = next(model for model in bound_models() if model._meta.db_table == table)
    return str(model._meta.get_field(column).verbose_name)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_cells_of_two_rows_that_were_swapped_are_noticed(pairs, table, column):
    one, other = pairs[table]
    tokens = raw(table, column, one.pk), raw(table, column, other.pk)
    set_raw(table, column, one.pk, tokens[1])
    set_raw(table, column, other.pk, tokens[0])
    assert [fresh(one).damaged, fresh(other).damaged] == [[label(table, column)]] * 2


@pytest.mark.parametrize(("table", "column"), [pair for pair in COLUMNS if pair[0] == REQUESTS])
def test_a_cell_that_was_moved_to_another_field_is_noticed(pairs, table, column):
    one = pairs[table][0]
    other = "concern" if column != "concern" else "needs"
    set_raw(table, other, one.pk, raw(table, column, one.pk))
    assert fresh(one).damaged == [label(table, other)]


def test_a_cell_that_was_moved_to_another_table_is_noticed(pairs):
    one = pairs[EVENTS][0]
    set_raw(OFFERS, "note", pairs[OFFERS][0].pk, raw(EVENTS, "note", one.pk))
    assert fresh(pairs[OFFERS][0]).damaged == [label(OFFERS, "note")]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@pytest.mark.parametrize(
    "harm", [lambda token: token[:-8], lambda token: "gAAAAAB", lambda token: ""], ids=["cut", "other", "empty"]
)
def test_a_damaged_cell_is_noticed_and_stays_as_it_is_when_its_row_is_saved(pairs, table, column, harm):
    one = pairs[table][0]
    harmed = harm(raw(table, column, one.pk))
    set_raw(table, column, one.pk, harmed)
    read = fresh(one)
    assert read.damaged == [label(table, column)]
    value = getattr(read, column)
    assert not value or "Damaged" in value
    read.refresh_from_db()
    read.save()
    assert raw(table, column, one.pk) == harmed
    assert fresh(one).damaged == [label(table, column)]


def test_a_page_with_damaged_values_says_so_and_stays_up(pairs, as_staff):
    one = pairs[REQUESTS][0]
    for column in ANSWERS:
        set_raw(REQUESTS, column, one.pk, "gAAAAAB")
    set_raw(EVENTS, "note", pairs[EVENTS][0].pk, "gAAAAAB")
    set_raw(OFFERS, "note", pairs[OFFERS][0].pk, "gAAAAAB")
    page = as_staff("frontdesk").get(f"/admin/booking/consultationrequest/{one.pk}/change/")
    assert page.status_code == 200
    assert "Damaged in the database, or moved here from elsewhere: in the patient" in page.text
    assert "[Damaged: this cannot be read any more]" in page.text


def test_the_patients_page_and_the_desks_lists_stay_up_with_damaged_values(pairs, as_staff, client):
    one = pairs[REQUESTS][0]
    for column in ANSWERS:
        set_raw(REQUESTS, column, one.pk, "gAAAAAB")
    assert client.get(f"/consultation/r/{one.token}/").status_code == 200
    desk = as_staff("frontdesk")
    assert {desk.get(address).status_code for address in ("/admin/", "/admin/booking/consultationrequest/")} == {200}


def test_words_from_before_they_were_bound_are_read_and_bound_when_they_are_saved(pairs):
    one = pairs[REQUESTS][0]
    set_raw(REQUESTS, "concern", one.pk, cipher().encrypt(json.dumps(WORDS).encode()).decode())
    assert (fresh(one).concern, fresh(one).damaged) == (WORDS, [])
    read = fresh(one)
    read.concern = read.concern
    read.save()
    assert ConsultationRequest._meta.get_field("concern").is_up_to_date(raw(REQUESTS, "concern", one.pk))


def test_an_encrypted_field_cannot_be_written_past_its_row(pairs):
    with pytest.raises(TypeError, match="bound to its row"):
        ConsultationRequest.objects.update(concern="")


def test_another_key_reads_nothing(settings):
    asked = make_request(concern=WORDS)
    settings.FIELD_KEYS = [new_key()]
    assert fresh(asked).damaged and WORDS not in fresh(asked).concern


def test_a_new_first_key_still_reads_what_the_old_one_wrote(settings):
    consultation_request = make_request(concern=WORDS)
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    consultation_request.refresh_from_db()
    assert consultation_request.concern == WORDS


def test_what_is_saved_after_a_new_first_key_needs_that_key_alone(settings):
    consultation_request = make_request(concern=WORDS)
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    kept = ConsultationRequest.objects.get(pk=consultation_request.pk)
    kept.concern = kept.concern
    kept.save()
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    consultation_request.refresh_from_db()
    assert consultation_request.concern == WORDS


def test_the_keys_of_an_empty_database_are_noted_once():
    FieldKeyCheck.objects.all().delete()
    assert (FieldKeyCheck.keys_fit(), FieldKeyCheck.keys_fit()) == (True, True)
    [check] = FieldKeyCheck.objects.all()
    assert cipher().decrypt(check.token) == b"these are the keys"


def test_other_keys_do_not_fit_and_change_nothing(settings):
    FieldKeyCheck.keys_fit()
    noted = list(FieldKeyCheck.objects.values())
    settings.FIELD_KEYS = [new_key()]
    assert FieldKeyCheck.keys_fit() is False
    assert list(FieldKeyCheck.objects.values()) == noted


def test_the_old_key_fits_behind_a_new_one(settings):
    FieldKeyCheck.keys_fit()
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    assert FieldKeyCheck.keys_fit() is True
