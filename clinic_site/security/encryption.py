"""Fields that are encrypted in the database with keys that are kept outside it."""

import json
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def cipher():
    """The keys of FIELD_KEYS: the first encrypts, all decrypt."""
    return _cipher(tuple(settings.FIELD_KEYS))


@lru_cache
def _cipher(keys):
    return MultiFernet([Fernet(key) for key in keys])


class EncryptedJSONField(models.TextField):
    """Text, numbers, lists or dictionaries, encrypted. It cannot be searched, ordered or put in an index."""

    def get_prep_value(self, value):
        if value is None:
            return None
        return cipher().encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()

    def from_db_value(self, value, expression, connection):
        return None if value is None else json.loads(cipher().decrypt(value.encode()))

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        return None  # Django then refuses the filter with a FieldError
