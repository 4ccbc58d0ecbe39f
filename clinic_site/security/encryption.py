"""
Fields that are encrypted in the database with keys that are kept outside it, each bound to its place.

A token holds, with the value, the table, the field and the UUID of its row (`BoundModel.place`). One that was moved to
another row or field, or was damaged, is noticed, and shown as damaged.
"""

import json
import logging
from functools import lru_cache
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

to_json = json.JSONEncoder(ensure_ascii=False).encode
logger = logging.getLogger(__name__)

IN_MIGRATIONS = "__fake__"  # what Django calls the module of models as they once were
BOUND = "\x01"  # what a bound token begins with once it is decrypted; JSON, as older ones hold alone, never does


def cipher():
    """The keys of FIELD_KEYS: the first encrypts, all decrypt."""
    return _cipher(tuple(settings.FIELD_KEYS))


@lru_cache
def _cipher(keys):
    return MultiFernet([Fernet(key) for key in keys])


def under_first_key(token: str) -> str | None:
    """What the newest key encrypted in it; None where it was another."""
    try:
        return _cipher((settings.FIELD_KEYS[0],)).decrypt(token.encode()).decode()
    except InvalidToken:
        return None


class Token(str):
    """What stands in the database, not read yet."""


class DamagedText(str):
    token: Token


class DamagedList(list):
    token: Token


class DamagedDict(dict):
    token: Token


DAMAGED: dict[type, Any] = {
    str: DamagedText,
    list: DamagedList,
    dict: DamagedDict,
}  # what is shown of a value, by its kind


class EncryptedValue(DeferredAttribute):
    """Decrypts a field when it is asked for; until then the token stays as it is, and is saved as it is."""

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        kept = instance.__dict__.get(self.field.attname, self)
        if kept is self:
            kept = super().__get__(instance, owner)
        if not isinstance(kept, Token):
            return kept
        try:
            value = self.field.opened(kept, instance)
        except (InvalidToken, ValueError):
            return self.field.damaged_value(kept, instance)
        instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance, value):
        """A damaged value that is handed on stays what it was in the database."""
        instance.__dict__[self.field.attname] = value.token if isinstance(value, tuple(DAMAGED.values())) else value


class EncryptedJSONField(models.TextField):
    """
    Text, numbers, lists or dictionaries, encrypted. It cannot be searched, ordered, put in an index or changed by
    `update`: its model is a `BoundModel`, and the row itself is saved.
    """

    descriptor_class = EncryptedValue

    def pre_save(self, model_instance, add):
        kept = model_instance.__dict__.get(self.attname)
        if kept is None or isinstance(kept, Token) or not hasattr(model_instance, "place"):
            return kept
        return self.sealed(kept, model_instance)

    def get_prep_value(self, value):
        if value is None or isinstance(value, Token):
            return value
        if self.model.__module__ == IN_MIGRATIONS:  # the default of a new column, which is of no row
            return Token(cipher().encrypt(json.dumps(value).encode()).decode())
        raise TypeError(f"{self.name} is bound to its row: set it on the row, and save that.")

    def from_db_value(self, value, expression, connection):
        return None if value is None else Token(value)

    def value_to_string(self, obj):
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        return None  # Django then refuses the filter with a FieldError

    def sealed(self, value, row) -> Token:
        """The value as it is stored in that row."""
        return Token(cipher().encrypt(self.bound(value, row.place).encode()).decode())

    def bound(self, value, place) -> str:
        """What is encrypted of a value: where it belongs, and the value."""
        return f"{BOUND}{self.model._meta.db_table}.{self.column}:{place}\n{to_json(value)}"

    def opened(self, token: str, row) -> Any:
        """The value of a token. Raises InvalidToken where it is not ours, was changed, or belongs to another place."""
        written = cipher().decrypt(token.encode()).decode()
        if not written.startswith(BOUND):
            return json.loads(written)
        place, _line, value = written[1:].partition("\n")
        if place != self._place_in(row):
            raise InvalidToken
        return json.loads(value)

    def is_up_to_date(self, token: str) -> bool:
        """Whether the newest key encrypted it, and it holds its place, as all do since decision 27."""
        written = under_first_key(token)
        return written is not None and written.startswith(BOUND)

    def damaged_value(self, token: Token, row):
        """What is shown instead of a value that cannot be read: a sentence, or nothing where it is not a text."""
        told = row.__dict__.setdefault("_damage_told", set())
        if self.column not in told:
            told.add(self.column)
            logger.error("%s.%s of row %s is damaged or was moved there.", row._meta.db_table, self.column, row.pk)
        empty = self.get_default()
        kind = DAMAGED.get(type(empty), DamagedDict)
        damaged = kind(_("[Damaged: this cannot be read any more]") if kind is DamagedText else empty or kind())
        damaged.token = token
        return damaged

    def _place_in(self, row):
        return f"{self.model._meta.db_table}.{self.column}:{row.place}"


class BoundModel(models.Model):
    """A row with encrypted fields. Its place is there before it is saved, and never changes."""

    place = models.UUIDField(default=uuid4, editable=False, unique=True)

    class Meta:
        abstract = True

    @property
    def damaged(self) -> list[str]:
        """The names of its encrypted fields that cannot be read."""
        return [str(field.verbose_name) for field in encrypted_fields(type(self)) if _is_damaged(self, field)]


def bound_models() -> list[type[BoundModel]]:
    """All models with encrypted fields."""
    return [model for model in apps.get_models() if issubclass(model, BoundModel)]


def encrypted_fields(model) -> list[EncryptedJSONField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedJSONField)]


def _is_damaged(row, field):
    getattr(row, field.attname)  # what can be read is read now
    return isinstance(row.__dict__[field.attname], Token)
