"""Sessions in the database, under a digest of their key: whoever reads the table cannot take one over."""

from hashlib import sha256

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from clinic_site.models import StaffSession


def digest_of(key):
    """What stands in the table for a session's key. The key is random and long, so it needs no salt."""
    return sha256(key.encode()).hexdigest()


class SessionStore(SessionBase):
    """
    As Django's own store in the database, but for the digest.

    A save writes what the session holds, and never when it was last seen or whether it is locked: requests that run
    side by side would undo each other's.
    """

    row: StaffSession | None = None

    def load(self):
        self.row = StaffSession.objects.open().filter(pk=digest_of(self.session_key)).first()
        if self.row is None:
            self._session_key = None
            return {}
        return self.decode(self.row.session_data)

    def exists(self, session_key):
        return StaffSession.objects.filter(pk=digest_of(session_key)).exists()

    def create(self):
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create=False):
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)
        fields = {
            "session_data": self.encode(data),
            "expire_date": self.get_expiry_date(),
            "member_id": data.get(SESSION_KEY),
            "device": data.get("device", ""),
        }
        if must_create:
            self._insert(fields)
        elif not StaffSession.objects.filter(pk=digest_of(self.session_key)).update(**fields):
            raise UpdateError  # it was ended meanwhile, and stays so

    def _insert(self, fields):
        try:
            with transaction.atomic():
                self.row = StaffSession.objects.create(pk=digest_of(self.session_key), **fields)
        except IntegrityError as taken:
            raise CreateError from taken

    def delete(self, session_key=None):
        key = session_key or self.session_key
        if key:
            StaffSession.objects.filter(pk=digest_of(key)).delete()

    @classmethod
    def clear_expired(cls):
        StaffSession.objects.ended().delete()
