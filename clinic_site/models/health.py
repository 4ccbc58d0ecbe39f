"""What the site notes about itself: that its worker lives, and that its keys fit."""

from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.db import models
from django.utils import timezone

from clinic_site.security.encryption import cipher


class FieldKeyCheck(models.Model):
    """One encrypted word that shows at each start whether the field keys are the ones of this database."""

    token = models.TextField()

    def __str__(self):
        return "field key check"

    @classmethod
    def keys_fit(cls):
        """Whether the field keys of this run are those that encrypted this database; notes them on an empty one."""
        check = cls.objects.first()
        if check is None:
            cls.objects.create(pk=1, token=cipher().encrypt(b"these are the keys").decode())
            return True
        try:
            cipher().decrypt(check.token.encode())
        except InvalidToken:
            return False
        return True


class WorkerBeat(models.Model):
    """When the worker last said that it is alive. One row."""

    at = models.DateTimeField()

    def __str__(self):
        return f"{self.at}"

    @classmethod
    def beat(cls):
        cls.objects.update_or_create(pk=1, defaults={"at": timezone.now()})

    @classmethod
    def is_recent(cls):
        return cls.objects.filter(at__gt=timezone.now() - timedelta(minutes=3)).exists()
