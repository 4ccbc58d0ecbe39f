"""Encrypted words that the keys of this run do not read: which they are, and how the rest goes on without them."""

from collections.abc import Iterator

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db.models import NOT_PROVIDED, TextField
from django.db.models.functions import Cast

from clinic_site.models import FieldKeyCheck
from clinic_site.security.encryption import EncryptedJSONField, cipher


def places_not_read() -> list[str]:
    """In which fields there is anything that cannot be read, in words."""
    return [_words(field) for field in _encrypted_fields() if next(_unread(field), None) is not None]


def empty_what_is_lost() -> list[str]:
    """
    Empty what cannot be read, so that pages which show the rest do not break on it, and note the keys of this run.

    A record that is nothing without it is removed. Returns where that was, in words.
    """
    places = []
    for field in _encrypted_fields():
        lost = field.model._base_manager.filter(pk__in=list(_unread(field)))
        if not lost.exists():
            continue
        places.append(_words(field))
        if field.default is NOT_PROVIDED:
            lost.delete()
        else:
            for record in lost:
                setattr(record, field.attname, field.get_default())
                record.save(update_fields=[field.name])
    FieldKeyCheck.objects.all().delete()
    FieldKeyCheck.keys_fit()
    return places


def _encrypted_fields() -> Iterator[EncryptedJSONField]:
    for model in apps.get_models():
        yield from (field for field in model._meta.local_fields if isinstance(field, EncryptedJSONField))


def _unread(field) -> Iterator[int]:
    """The keys of the records whose words cannot be read."""
    stored = field.model._base_manager.annotate(as_stored=Cast(field.name, TextField())).exclude(as_stored=None)
    for pk, words in stored.values_list("pk", "as_stored").iterator():
        try:
            cipher().decrypt(words.encode())
        except InvalidToken:
            yield pk


def _words(field) -> str:
    return f"{field.model._meta.verbose_name} ({field.verbose_name})"
