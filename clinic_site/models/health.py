"""What the site notes about itself: that its worker lives, its nights went well, and its keys fit."""

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


class NightJob(models.Model):
    """When a piece of nightly work last went through, and when it last failed."""

    name = models.CharField(max_length=60, primary_key=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=80, blank=True)  # the kind of error alone: its text can hold a name

    def __str__(self):
        return self.name

    @classmethod
    def note(cls, name):
        cls.objects.update_or_create(pk=name, defaults={"done_at": timezone.now()})

    @classmethod
    def note_failure(cls, name, why):
        cls.objects.update_or_create(pk=name, defaults={"failed_at": timezone.now(), "why": why[:80]})
