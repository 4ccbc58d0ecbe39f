"""What a patient asked for, and where it stands."""

import secrets

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from booking import links
from booking.models.offers import Offer
from booking.models.openings import OpenTime
from booking.models.search import SearchKey, keys_asked, keys_of
from booking.models.timeline import Event
from booking.states import CAN_BE_UNDONE_TO, OPEN, STEPS, UNDO_BY_STAFF, IllegalStep, State
from clinic_site.encryption import EncryptedJSONField
from clinic_site.hours import reply_by
from treatments.models import Benefit, Treatment

REFERENCE_LETTERS = "23456789ACDEFHJKMNPQRTUVWXY"  # none that is mistaken for another when read aloud


FOUND_BY = {"name", "email", "phone", "reference"}  # what keys of search are made of
FRIDAY, SATURDAY = 4, 5  # as weekday() counts


def new_reference():
    letters = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))
    return f"{letters[:3]}-{letters[3:]}"


class Window(models.TextChoices):
    """When a patient could often come."""

    WEEKDAY_AM = "weekday-am", _("Weekday mornings")
    WEEKDAY_PM = "weekday-pm", _("Weekday afternoons")
    FRIDAY_AM = "friday-am", _("Friday mornings")
    ANY = "any", _("Any time")


def worklist_order():
    """What is owed first stands first: those who wait for a word by their promise, then the rest, newest first."""
    return F("owed_by").asc(nulls_last=True), "-received_at"


class Quarantine(models.TextChoices):
    """Whether a request is kept apart because it looks like spam. It is never dropped for that."""

    NOT = "", _("Not suspected")
    HELD = "held", _("Held back")
    RELEASED = "released", _("Released")
    SPAM = "spam", _("Confirmed as spam")


APART = [Quarantine.HELD, Quarantine.SPAM]


class ConsultationRequestQuerySet(models.QuerySet):
    def trusted(self):
        """Without those that are kept apart as spam."""
        return self.exclude(quarantine__in=APART)

    def open(self):
        """Requests that have not come to an end."""
        return self.trusted().filter(state__in=OPEN)

    def awaiting_answer(self):
        """Requests whose patient was promised a word that the clinic has not given yet."""
        return self.trusted().filter(owed_by__isnull=False)

    def for_worklist(self):
        """With what the worklist shows, and in its order."""
        shown = self.select_related("treatment", "benefit", "owner")
        times, offers = OpenTime.objects.filter(request=OuterRef("pk")), Offer.objects.filter(request=OuterRef("pk"))
        return shown.annotate(
            has_picked=Exists(times.filter(state=OpenTime.State.HELD)), was_offered=Exists(offers)
        ).order_by(*worklist_order())

    def found_by(self, question):
        """Requests that have each word of the question, its beginning at least; of the number an end."""
        found = self
        for key in keys_asked(question):
            found = found.filter(pk__in=SearchKey.objects.filter(key=key).values("request"))
        return found

    def with_token(self, token):
        return self.filter(token_digest=links.digest_of(token))


class ConsultationRequest(models.Model):
    """
    A patient's wish to talk with the clinic.

    Never deleted and never overwritten: it moves from state to state by `move_to`, each move a line in its timeline.
    """

    class ContactBy(models.TextChoices):
        EMAIL = "email", _("Email")
        PHONE = "phone", _("Phone")

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.RECEIVED, editable=False)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    reply_by = models.DateTimeField(
        _("reply by"), editable=False, help_text=_("Promised to the patient when the request came.")
    )
    owed_by = models.DateTimeField(
        _("next word owed by"),
        null=True,
        editable=False,
        help_text=_("Orders the worklist; empty if none is owed."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, verbose_name=_("owner")
    )

    tries = models.PositiveSmallIntegerField(_("calls without an answer"), default=0, editable=False)
    flagged_at = models.DateTimeField(_("a clinician is asked since"), null=True, editable=False)

    name = models.CharField(_("name"), max_length=120)
    contact_by = models.CharField(_("answer by"), max_length=5, choices=ContactBy)
    email = models.EmailField(_("email"), blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    may_leave_message = models.BooleanField(_("may leave a message"), default=False)
    treatment = models.ForeignKey(
        Treatment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("treatment")
    )
    benefit = models.ForeignKey(
        Benefit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("mostly about")
    )
    windows = models.JSONField(_("could often come"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    interpreter = models.BooleanField(_("wishes an interpreter"), default=False)
    for_someone_else = models.BooleanField(_("asks for someone else"), default=False)
    campaign = models.SlugField(_("campaign"), max_length=60, blank=True)
    consented_at = models.DateTimeField(_("consent given"), editable=False)

    concern = EncryptedJSONField(_("in the patient's own words"), default="", blank=True)
    safety = EncryptedJSONField(_("safety answers"), default=dict, blank=True)

    is_sample = models.BooleanField(
        _("invented"), default=False, editable=False, help_text=_("Made to try the screens out. It owes no mail.")
    )
    quarantine = models.CharField(
        _("spam"), max_length=10, choices=Quarantine, default=Quarantine.NOT, blank=True, editable=False
    )
    suspicions = models.JSONField(_("why it looks like spam"), default=list, blank=True, editable=False)
    redacted_at = models.DateTimeField(_("personal data taken out"), null=True, blank=True, editable=False)
    form_key = models.CharField(max_length=64, unique=True, editable=False)
    opened_form = models.CharField(max_length=64, blank=True, editable=False)
    token_generation = models.PositiveIntegerField(default=1, editable=False)
    token_digest = models.CharField(  # noqa: DJ001 - unique, and not known before the row has its id
        max_length=64, unique=True, null=True, editable=False
    )

    objects = ConsultationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation request")
        verbose_name_plural = _("consultation requests")
        ordering = ["-received_at"]
        permissions = [
            ("advise_consultationrequest", "Can answer the desk's questions about a request"),
            ("count_consultationrequest", "Can see the figures, which name nobody"),
        ]
        indexes = [
            models.Index(fields=["owed_by", "-received_at"], name="request_worklist"),
            models.Index(fields=["email"], name="request_by_email"),
            models.Index(fields=["phone"], name="request_by_phone"),
            models.Index(fields=["opened_form"], name="request_by_opened_form"),
            models.Index(fields=["owner", "owed_by"], name="request_by_owner"),
            models.Index(fields=["state", "owed_by"], name="request_by_state"),
            models.Index(
                fields=["owed_by", "-received_at"], condition=Q(flagged_at__isnull=False), name="request_flagged"
            ),
            models.Index(fields=["owed_by"], condition=Q(tries__gte=2), name="request_tried_twice"),
            models.Index(fields=["owed_by"], condition=Q(interpreter=True), name="request_with_interpreter"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(redacted_at__isnull=False)
                | (Q(contact_by="email") & ~Q(email=""))
                | (Q(contact_by="phone") & ~Q(phone="")),
                name="a_request_can_be_answered",
                violation_error_message=_("Give the email address or the telephone number that we should use."),
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="a_request_is_in_a_known_state"),
            models.CheckConstraint(condition=Q(quarantine__in=Quarantine.values), name="a_request_is_trusted_or_apart"),
            models.CheckConstraint(
                condition=Q(redacted_at__isnull=True) | Q(name="", email="", phone="", token_digest=None),
                name="a_redacted_request_names_nobody",
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.name}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save, and keep what the request is found by in step."""
        super().save(*args, **kwargs)
        changed = kwargs.get("update_fields")
        if changed is None or FOUND_BY & set(changed):
            wanted = keys_of(self.name, self.email, str(self.phone), self.reference)
            there = set(self.search_keys.values_list("key", flat=True))
            self.search_keys.filter(key__in=there - wanted).delete()
            SearchKey.objects.bulk_create(SearchKey(request=self, key=key) for key in wanted - there)

    @property
    def is_awaiting_answer(self):
        return self.owed_by is not None and not self.is_quarantined

    @property
    def is_quarantined(self):
        return self.quarantine in APART

    @property
    def is_overdue(self):
        return self.is_awaiting_answer and self.owed_by < timezone.now()

    @property
    def next_states(self):
        """The states to which this request may move, in the order of the state table."""
        return [state for state in State if state in STEPS[State(self.state)]]

    @property
    def subject(self):
        """Treatment and benefit in words."""
        return ", ".join(str(part) for part in (self.treatment, self.benefit) if part)

    @property
    def window_labels(self):
        return [Window(value).label for value in self.windows if value in Window.values]

    def could_come_at(self, moment):
        """Whether a moment lies in a window that the patient named; one who named none could always come."""
        local = timezone.localtime(moment)
        morning = local.hour < 12
        fits = {
            Window.WEEKDAY_AM: local.weekday() < SATURDAY and morning,
            Window.WEEKDAY_PM: local.weekday() < SATURDAY and not morning,
            Window.FRIDAY_AM: local.weekday() == FRIDAY and morning,
            Window.ANY: True,
        }
        named = [value for value in self.windows if value in Window.values]
        return not named or any(fits[Window(value)] for value in named)

    def same_person(self):
        """Other requests with the same email address or telephone number: shown together, never merged."""
        same = Q(pk=None)
        if self.email:
            same |= Q(email__iexact=self.email)
        if self.phone:
            same |= Q(phone=self.phone)
        return ConsultationRequest.objects.filter(same).exclude(pk=self.pk)

    @property
    def token(self):
        return links.token_with_digest(self.link, self.token_digest)

    @property
    def link(self):
        return links.private_page(self.pk, self.token_generation)

    @property
    def private_url(self):
        """The whole address of the page on which the patient follows this request."""
        return settings.SITE_URL + reverse("booking:private", args=[self.token])

    @property
    def desk_url(self):
        """The whole address at which staff find this request, for those who may."""
        return settings.SITE_URL + reverse("admin:booking_consultationrequest_change", args=[self.pk])

    @property
    def link_ends_at(self):
        """The moment after which the private link no longer opens the page; None while the request is open."""
        return None if self.state in OPEN else self.state_since + settings.LINK_LIVES_ON

    @property
    def link_works(self):
        return self.link_ends_at is None or timezone.now() < self.link_ends_at

    @property
    def consultation(self):
        """The consultation that is booked for this request, or None."""
        return self.consultations.booked().select_related("time__clinician").first()

    @property
    def picked_time(self):
        """The time that the patient picked while asking, held until the desk confirms it; or None."""
        if self.state not in (State.RECEIVED, State.IN_CONVERSATION):
            return None
        return self.times.filter(state="held", starts_at__gt=timezone.now()).select_related("clinician").first()

    def get_received_url(self):
        return reverse("booking:received", args=[self.token])

    def note_token(self):
        """Keep the digest of this generation's token, so that its link opens the request."""
        self.token_digest = links.digest_of(links.token_for(self.link, settings.SECRET_KEY))
        self.save(update_fields=["token_digest"])

    @transaction.atomic
    def move_to(self, state, actor, staff=None, reason="", owed_by=None):
        """
        Take one step, with its line in the timeline, and say by when the clinic owes its next word, if it does.

        Raises IllegalStep, and changes nothing, where the request does not stand (or no longer stands) in a state from
        which the step leads.
        """
        before = State(self.state)
        if state not in STEPS[before]:
            raise IllegalStep(
                _("A request that is '%(before)s' cannot become '%(after)s'.")
                % {"before": before.label, "after": State(state).label}
            )
        self._go(before, state, owed_by)
        return self.record(Event.Kind.STEP, actor, staff=staff, before=before, after=state, note=reason)

    @transaction.atomic
    def undo_step(self, actor, staff=None, within=UNDO_BY_STAFF):
        """
        Take back the last step, if the same hand took it at most `within` ago; returns the line of that step.

        Raises IllegalStep, and changes nothing, where there is no such step.
        """
        step = self.step_to_undo(actor, staff, within)
        if step is None:
            raise IllegalStep(
                _("It is too late to undo this, or something else has happened since. Nothing was changed.")
            )
        back = CAN_BE_UNDONE_TO[State(step.before)]
        self.go_back(back, self.reply_by if back == State.RECEIVED else None, actor, staff)
        return step

    @transaction.atomic
    def go_back(self, state, owed_by, actor, staff=None):
        """Undo what led here from that state, with its line in the timeline. Raises IllegalStep if it moved on."""
        before = State(self.state)
        self._go(before, state, owed_by)
        self.record(Event.Kind.UNDONE, actor, staff=staff, before=before, after=state)

    def step_to_undo(self, actor, staff=None, within=UNDO_BY_STAFF):
        """The step that this hand could still undo, or None."""
        step = self.timeline.last_change()
        undoable = (
            step is not None
            and step.kind == Event.Kind.STEP
            and (step.actor, step.staff) == (actor, staff)
            and step.after == self.state
            and step.before in CAN_BE_UNDONE_TO
            and timezone.now() - step.at < within
        )
        return step if undoable else None

    def _go(self, before, after, owed_by):
        """Set the state where it is still the one that the step begins with: compare and set in one statement."""
        now = timezone.now()
        moved = ConsultationRequest.objects.filter(pk=self.pk, state=before, redacted_at=None)
        if not moved.update(state=after, state_since=now, owed_by=owed_by):
            self.refresh_from_db(fields=["state", "state_since", "owed_by", "redacted_at"])
            raise IllegalStep(
                _("Somebody else has just changed this request: it is now '%(now)s'. Nothing of yours was changed.")
                % {"now": self.get_state_display()}
            )
        self.state, self.state_since, self.owed_by = after, now, owed_by

    def owe_a_word(self):
        """The next word is the clinic's: promise it, unless one is owed already."""
        promise = reply_by(timezone.now())
        if ConsultationRequest.objects.filter(pk=self.pk, owed_by=None).update(owed_by=promise):
            self.owed_by = promise

    def owe_nothing(self):
        """The word that was owed has been given."""
        ConsultationRequest.objects.filter(pk=self.pk).update(owed_by=None)
        self.owed_by = None

    def record(self, kind, actor, staff=None, **line):
        """Add a line to the timeline; the further names are fields of `Event`."""
        return Event.objects.create(request=self, kind=kind, actor=actor, staff=staff, **line)
