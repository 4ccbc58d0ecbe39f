"""What health checks found, each from its beginning to its end, and the messages about it to the operator."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LEASE = timedelta(minutes=2)  # longer than one try can take
PAUSES = [1, 2, 5, 10, 30]  # minutes from one try to the next; after that, an hour each time
LONGEST_PAUSE = timedelta(hours=1)
SHARED_CLOCKS = 2 * LONGEST_PAUSE  # a moment further ahead was written by a clock that is wrong, and counts for nothing


class HealthLook(models.Model):
    """When somebody last looked after all checks, so that of many processes one does it. One row."""

    at = models.DateTimeField()

    def __str__(self):
        return f"{self.at}"

    @classmethod
    def claim(cls, apart: timedelta) -> bool:
        """Whether it is this process's turn: nobody has looked for that long, by a clock that agrees with ours."""
        now = timezone.now()
        cls.objects.get_or_create(pk=1, defaults={"at": now - timedelta(days=1)})
        recent = Q(at__gt=now - apart, at__lt=now + apart)
        return cls.objects.filter(pk=1).exclude(recent).update(at=now) == 1


class ProblemQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at=None)

    def to_show(self):
        """Advice at once; what is worse, once it has lasted and the operator was told."""
        return self.open().filter(Q(level="advice") | Q(is_told=True))


class Problem(models.Model):
    """
    One thing that a check finds wrong. Looks are counted, not minutes: machines whose clocks differ still agree.

    A check that finds trouble on one machine and none on the other keeps the problem open, as only looks in a row that
    find nothing end it.
    """

    name = models.CharField(max_length=60)
    level = models.CharField(max_length=10)
    words = models.TextField()
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    seen = models.PositiveSmallIntegerField(default=1)  # looks that found it, up to as many as are needed
    missed = models.PositiveSmallIntegerField(default=0)  # looks in a row that did not
    is_told = models.BooleanField(default=False)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["name"], condition=Q(ended_at=None), name="problem_open_once")]

    def __str__(self):
        return self.name


class OperatorMessageQuerySet(models.QuerySet):
    def owed(self):
        return self.filter(sent_at=None)

    def lease_next(self, way):
        """
        Take the first message that is owed by that way, by one process at a time; None where its time has not come.

        The end of a problem is never told before its beginning: one waits for the other.
        """
        now = timezone.now()
        first = self.owed().filter(way=way).order_by("pk").first()
        if first is None:
            return None
        due = Q(due_at__lte=now) | Q(due_at__gt=now + SHARED_CLOCKS)
        free = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + SHARED_CLOCKS)
        taken = self.owed().filter(due, free, pk=first.pk).update(leased_until=now + LEASE, attempts=F("attempts") + 1)
        return self.select_related("problem").get(pk=first.pk) if taken else None


class OperatorMessage(models.Model):
    """Word to the operator that a problem began or ended, by one way. It is owed until it was taken."""

    class Way(models.TextChoices):
        MAIL = "mail"
        ADDRESS = "address"  # ALERT_URL

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="messages")
    way = models.CharField(max_length=10, choices=Way)
    is_end = models.BooleanField()
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    objects = OperatorMessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["problem", "way", "is_end"], name="operator_told_once")]

    def __str__(self):
        return f"{self.problem} {'ended' if self.is_end else 'began'}"

    @classmethod
    def owe(cls, problem, is_end):
        """One message by each way that is set."""
        for way in cls.ways():
            cls.objects.create(problem=problem, way=way, is_end=is_end)

    @classmethod
    def ways(cls):
        """The address first: a mail server that hangs holds up nobody but itself."""
        return [*([cls.Way.ADDRESS] if settings.ALERT_URL else []), cls.Way.MAIL]

    def mark_sent(self):
        self.sent_at, self.leased_until = timezone.now(), None
        self.save(update_fields=["sent_at", "leased_until"])

    def record_failure(self):
        """Set the next try. It is tried until it is taken, or the problem is forgotten."""
        pause = timedelta(minutes=PAUSES[self.attempts - 1]) if self.attempts <= len(PAUSES) else LONGEST_PAUSE
        self.due_at, self.leased_until = timezone.now() + pause, None
        self.save(update_fields=["due_at", "leased_until"])
