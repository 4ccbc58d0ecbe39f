"""Rows as the database takes them: written thousands at a time, past the models, with all that those would set."""

from datetime import UTC
from functools import partial
from os import urandom

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from clinic_site.security.encryption import EncryptedJSONField
from clinic_site.security.tokens_in_bulk import encrypted_at_once

A_PLACE = "a place"
PLACES_AT_ONCE = 1000


class Rows:
    """
    Rows of one model. Fields that are not given hold their defaults; encrypted ones are bound to their row.

    `numbered` rows are given their number, as others refer to it; the database numbers the rest.
    """

    def __init__(self, model: type[models.Model], numbered: bool = False):
        self.model = model
        given = [field for field in model._meta.concrete_fields if numbered or not field.primary_key]
        self._fields = [field for field in given if not field.generated]
        self._at = {field.attname: (number, _converter(field)) for number, field in enumerate(self._fields)}
        self._encrypted = [
            (number, field, *field.bound(field.get_default(), A_PLACE).split(A_PLACE))
            for number, field in enumerate(self._fields)
            if isinstance(field, EncryptedJSONField)
        ]
        self._empty = [self._default(field) for field in self._fields]
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        into = f"{connection.ops.quote_name(model._meta.db_table)} ({columns})"
        self.statement, self._copy = f"INSERT INTO {into} VALUES ({places})", f"COPY {into} FROM STDIN"
        self._places = _places()
        self.rows: list = []

    def add(self, **values):
        """Add a row: what differs from the defaults, by the names of the columns."""
        row = self._empty.copy()
        if self._encrypted:
            values["place"] = place = next(self._places)
            for number, field, before, after in self._encrypted:
                given = field.attname in values
                row[number] = field.bound(values.pop(field.attname), place) if given else before + place + after
        for name, value in values.items():
            number, convert = self._at[name]
            row[number] = convert(value) if convert else value
        self.rows.append(row)

    def add_whole(self, rows):
        """Add rows that hold each column, in the order of the fields, as the database takes them."""
        self.rows.extend(rows)

    def write(self):
        """Write what was added, in the transaction that runs, and begin anew."""
        self._seal()
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(self._copy) as copy:
                    for row in self.rows:
                        copy.write_row(row)
            else:
                cursor.executemany(self.statement, self.rows)
        self.rows = []

    def numbers(self, how_many: int) -> range | list[int]:
        """Numbers that no row has or gets, for as many rows, in the transaction that runs."""
        table = self.model._meta.db_table
        if connection.vendor == "sqlite":  # its writer is alone
            last = self.model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
            return range(last + 1, last + 1 + how_many)
        with connection.cursor() as cursor:
            taken = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(taken, [table, how_many])
            return [number for (number,) in cursor.fetchall()]

    def _seal(self):
        """Encrypt what is to be, all at once."""
        columns = [number for number, *_bound in self._encrypted]
        written = [row[number].encode() for row in self.rows for number in columns]
        tokens = iter(encrypted_at_once(written, settings.FIELD_KEYS[0]) if written else [])
        for row in self.rows:
            for number in columns:
                row[number] = next(tokens).decode()

    @staticmethod
    def _default(field):
        if isinstance(field, EncryptedJSONField) or field.primary_key:
            return None
        default = field.get_default()
        return field.get_db_prep_save(default, connection) if default is not None else None


def _places():
    """Random UUIDs, one after the other, in a fifth of the time that `uuid4` takes to make and say them."""
    while True:
        some = urandom(16 * PLACES_AT_ONCE).hex()
        for begins in range(0, len(some), 32):
            digits = some[begins : begins + 32]
            yield f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _converter(field):
    """What turns a value into the database's form, where it has one; asked of the connection, as its proxy is slow."""
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(field, models.UUIDField):
        return _without_dashes if database.vendor == "sqlite" else None
    if isinstance(field, models.DateTimeField):
        return _as_sqlite_stores if database.vendor == "sqlite" else None
    if isinstance(field, (models.DateField, models.TimeField, models.JSONField)):
        return partial(field.get_db_prep_save, connection=database)
    return None


def _without_dashes(place):
    return place.replace("-", "")


def _as_sqlite_stores(moment):
    """What Django makes of an aware moment for SQLite, in a fifth of the time."""
    if moment is None:
        return None
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat(" ")[:-6]
