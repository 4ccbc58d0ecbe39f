"""Who signed in, looked, searched, exported, changed rights: added and never changed (decision 26)."""

import hashlib
import hmac
import json
import secrets
from datetime import UTC

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def mac_of(key: str, *parts) -> str:
    """What only a holder of the key can make of these parts (HMAC-SHA-256, RFC 2104)."""
    written = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key.encode(), written.encode(), hashlib.sha256).hexdigest()


def is_ours(mac: str, *parts) -> bool:
    """Whether one of the keys of AUDIT_KEY made this of these parts."""
    return any(hmac.compare_digest(mac, mac_of(key, *parts)) for key in settings.AUDIT_KEYS)


def in_utc(moment) -> str:
    """A moment as it is signed: the same whatever zone it is read in."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def new_nonce():
    """What makes two entries differ that say the same of the same moment."""
    return secrets.token_hex(8)


class AuditEntryQuerySet(models.QuerySet):
    def unsealed(self):
        return self.filter(seal=None).order_by("pk")

    def about(self, pk: int):
        """Those in which the request of that number was shown, changed or exported."""
        return self.filter(about__contains=f",{pk},")


class AuditEntry(models.Model):
    """
    One thing that somebody did or saw: numbers and words of action, never a name, a search or a health answer.

    It carries a MAC of its own from the moment it is written; the worker seals it within a minute. The database
    refuses any change of it (`clinic_site/audit/guard.py`).
    """

    class Action(models.TextChoices):
        SIGNED_IN = "signed-in", _("Signed in")
        SIGNED_OUT = "signed-out", _("Signed out")
        REFUSED = "refused", _("Was refused")
        LOOKED = "looked", _("Looked")
        SEARCHED = "searched", _("Searched")
        PRINTED = "printed", _("Printed")
        EXPORTED = "exported", _("Exported")
        PRESSED = "pressed", _("Changed")
        RIGHTS = "rights", _("Changed rights")
        COPY = "copy", _("Decided on copy")

    at = models.DateTimeField(_("when"), default=timezone.now)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    role = models.CharField(_("role at that time"), max_length=150, blank=True)
    device = models.CharField(_("device"), max_length=80, blank=True)
    action = models.CharField(_("what"), max_length=10, choices=Action)
    page = models.CharField(_("where"), max_length=100, blank=True, help_text=_("The name of the address."))
    about = models.TextField(_("requests"), blank=True, help_text=_("Their numbers, between commas."))
    details = models.JSONField(_("details"), default=dict)
    nonce = models.CharField(max_length=16, default=new_nonce)
    mac = models.CharField(max_length=64)
    seal = models.PositiveIntegerField(_("seal"), null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit")
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["mac"], name="an_audit_entry_is_written_once")]
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["staff", "at"], name="audit_by_person"),
            models.Index(fields=["seal", "id"], name="audit_by_seal"),
        ]

    def __str__(self):
        return f"{self.pk} {self.action} {self.at}"

    @property
    def requests(self) -> list[int]:
        return [int(number) for number in self.about.strip(",").split(",") if number]

    @property
    def signed_parts(self):
        """What the MAC vouches for."""
        words = self.role, self.device, self.action, self.page, self.about, self.details
        return in_utc(self.at), self.staff_id, *words, self.nonce

    @property
    def is_ours(self) -> bool:
        return is_ours(self.mac, *self.signed_parts)

    @classmethod
    def write(cls, action, staff_id=None, about=(), **fields):
        """Add an entry. `about` are the numbers of requests; `fields` are those of the model."""
        entry = cls(action=action, staff_id=staff_id, **fields)
        numbers = ",".join(str(number) for number in dict.fromkeys(about))
        entry.about = f",{numbers}," if numbers else ""
        entry.mac = mac_of(settings.AUDIT_KEYS[0], *entry.signed_parts)
        entry.save(force_insert=True)
        return entry


class AuditSeal(models.Model):
    """
    A link of the chain: which entries it holds, what they add up to, and the head, in which all before it is wrapped.
    """

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    entries = models.TextField(help_text="Their numbers, as stretches: 1-57,59")
    digest = models.CharField(max_length=64)
    head = models.CharField(max_length=64)

    held = 0  # how many entries, while it is made

    class Meta:
        default_permissions = []

    def __str__(self):
        return f"{self.number} {self.head}"

    def signed_parts(self, head_before: str):
        return head_before, self.number, in_utc(self.at), self.entries, self.digest

    @classmethod
    def last(cls):
        return cls.objects.order_by("-number").first()


class AuditPurge(models.Model):
    """All up to that seal was taken out because its time had come: the one way in which entries go."""

    at = models.DateTimeField(default=timezone.now)
    through = models.PositiveIntegerField()
    head = models.CharField(max_length=64, help_text="Of the last seal that went: the chain goes on from it.")
    entries = models.PositiveIntegerField(help_text="How many went.")
    mac = models.CharField(max_length=64)

    class Meta:
        default_permissions = []

    def __str__(self):
        return f"through {self.through}"

    @property
    def signed_parts(self):
        return in_utc(self.at), self.through, self.head, self.entries

    @property
    def is_ours(self):
        return is_ours(self.mac, *self.signed_parts)


class AuditCheck(models.Model):
    """What the last check of the audit found. One row."""

    at = models.DateTimeField(default=timezone.now)
    entries = models.PositiveIntegerField(default=0)
    newer = models.PositiveIntegerField(default=0, help_text="Written since the last seal.")
    since = models.DateTimeField(null=True)
    troubles = models.JSONField(default=list)

    class Meta:
        default_permissions = []

    def __str__(self):
        return f"{self.at}"
