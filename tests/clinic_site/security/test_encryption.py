import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import FieldError
from django.db import connection

from booking.models import ConsultationRequest
from clinic_site.models import FieldKeyCheck
from clinic_site.security.encryption import cipher
from tests.factories import make_request

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


def test_another_key_reads_nothing(settings):
    consultation_request = make_request(concern=WORDS)
    settings.FIELD_KEYS = [new_key()]
    with pytest.raises(InvalidToken):
        consultation_request.refresh_from_db()


def test_words_that_were_changed_in_the_database_are_not_read():
    consultation_request = make_request(concern=WORDS)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE booking_consultationrequest SET concern = %s", ["gAAAAABchanged"])
    with pytest.raises(InvalidToken):
        consultation_request.refresh_from_db()


def test_a_new_first_key_still_reads_what_the_old_one_wrote(settings):
    consultation_request = make_request(concern=WORDS)
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    consultation_request.refresh_from_db()
    assert consultation_request.concern == WORDS


def test_what_is_saved_after_a_new_first_key_needs_that_key_alone(settings):
    consultation_request = make_request(concern=WORDS)
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    ConsultationRequest.objects.get(pk=consultation_request.pk).save()
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
