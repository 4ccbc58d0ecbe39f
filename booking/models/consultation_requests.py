"""What a patient asked for, and where it stands."""

import secrets

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, GeneratedField, Q, When
from django.db.models.functions import Coalesce, Least, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from booking.models.open_times import Clinician
from booking.models.requests.person import Person
from booking.models.requests.private_link import PrivateLink
from booking.models.requests.querysets import QUARANTINED, ConsultationRequestQuerySet, Quarantine
from booking.models.requests.steps import Steps
from booking.models.search_keys import SearchKey, keys_of
from booking.states import OPEN, STEPS, State
from booking.validators import MailAddressField
from booking.wishes import TimeBy
from clinic_site.audit.recording import note_read
from clinic_site.security.encryption import BoundModel, EncryptedJSONField
from treatments.models import Benefit, Treatment

REFERENCE_LETTERS = "23456789ACDEFHJKMNPQRTUVWXY"  # none that is mistaken for another when read aloud
SEARCHED_FIELDS = {"name", "email", "phone", "reference"}  # what keys of search are made of


def new_reference():
    letters = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))
    return f"{letters[:3]}-{letters[3:]}"


class ConsultationRequest(Person, PrivateLink, Steps, BoundModel):
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
        help_text=_("Empty if none is owed."),
    )
    call_by = models.DateTimeField(
        _("to call by"), null=True, editable=False, help_text=_("Empty if nothing is to be told by voice.")
    )
    due_by = GeneratedField(
        # The lesser of the two, and on SQLite, where the lesser of something and nothing is nothing, the one there is.
        expression=Coalesce(Least("owed_by", "call_by"), "owed_by", "call_by"),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
        verbose_name=_("due"),
        help_text=_("Orders the worklist; empty if nothing is owed."),
    )
    # Of what is not null an index holds the few rows alone: those that are open, and suspects.
    open_since = GeneratedField(
        expression=Case(When(state__in=OPEN, then=F("state_since")), default=None),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    suspected_since = GeneratedField(
        expression=Case(When(quarantine__in=QUARANTINED, then=F("received_at")), default=None),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        verbose_name=_("owner"),
    )

    tries = models.PositiveSmallIntegerField(_("calls without an answer"), default=0, editable=False)
    call_again_at = models.DateTimeField(
        _("call agreed for"), null=True, editable=False, help_text=_("Counts while a word is owed by then.")
    )
    urgent_at = models.DateTimeField(
        _("trouble after a treatment since"), null=True, editable=False, help_text=_("Until a clinician answers.")
    )
    flagged_at = models.DateTimeField(_("a clinician is asked since"), null=True, editable=False)

    name = models.CharField(_("name"), max_length=120)
    contact_by = models.CharField(_("answer by"), max_length=5, choices=ContactBy)
    email = MailAddressField(_("email"), blank=True)
    refused_email = MailAddressField(
        _("address that does not exist"), blank=True, editable=False, help_text=_("As their mail server said.")
    )
    phone = PhoneNumberField(_("telephone"), blank=True)
    phone_extension = models.CharField(_("extension"), max_length=11, blank=True)
    may_leave_message = models.BooleanField(_("may leave a message"), default=False)
    treatment = models.ForeignKey(
        Treatment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("treatment")
    )
    benefit = models.ForeignKey(
        Benefit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("mostly about"),
    )
    time_by = models.CharField(_("how a time is found"), max_length=8, choices=TimeBy, blank=True)
    clinician = models.ForeignKey(
        Clinician, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("wishes to see")
    )
    windows = models.JSONField(_("could often come"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    interpreter = models.BooleanField(_("wishes an interpreter"), default=False)
    for_someone_else = models.BooleanField(_("asks for someone else"), default=False)
    campaign = models.SlugField(_("campaign"), max_length=60, blank=True)
    consented_at = models.DateTimeField(_("consent given"), editable=False)

    concern = EncryptedJSONField(_("in the patient's own words"), default="", blank=True)
    safety = EncryptedJSONField(_("safety answers"), default=dict, blank=True)
    needs = EncryptedJSONField(_("needs"), default=list, blank=True)
    for_you = EncryptedJSONField(_("answers brought from the page For you"), default=dict, blank=True)

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
            # To its last column, so that no planner has anything left to sort.
            models.Index(fields=["due_by", "-received_at", "-id"], name="request_worklist"),
            models.Index(fields=["received_at"], name="request_by_arrival"),
            models.Index(Lower("email"), name="request_by_any_email"),
            models.Index(fields=["phone"], name="request_by_phone"),
            models.Index(fields=["opened_form"], name="request_by_opened_form"),
            # The filters of the worklist, each in its order.
            models.Index(fields=["owner", "due_by", "-received_at"], name="requests_of_an_owner"),
            models.Index(fields=["state", "due_by", "-received_at"], name="requests_in_a_state"),
            models.Index(fields=["benefit", "due_by", "-received_at"], name="requests_about_a_benefit"),
            models.Index(fields=["owner"], condition=Q(open_since__isnull=False), name="request_open"),
            models.Index(fields=["due_by"], condition=Q(due_by__isnull=False), name="request_owed_something"),
            models.Index(
                fields=["suspected_since"], condition=Q(suspected_since__isnull=False), name="request_suspected"
            ),
            models.Index(fields=["state", "state_since"], condition=Q(redacted_at=None), name="request_to_redact"),
            models.Index(
                fields=["due_by", "-received_at"], condition=Q(flagged_at__isnull=False), name="request_flagged"
            ),
            models.Index(fields=["urgent_at"], condition=Q(urgent_at__isnull=False), name="request_urgent"),
            models.Index(fields=["due_by"], condition=Q(tries__gte=2), name="request_tried_twice"),
            models.Index(fields=["due_by"], condition=Q(interpreter=True), name="request_with_interpreter"),
            models.Index(fields=["owed_by"], condition=Q(owed_by__isnull=False), name="request_owed_a_word"),
            models.Index(fields=["call_by"], condition=Q(call_by__isnull=False), name="request_to_call"),
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
                condition=Q(redacted_at__isnull=True)
                | Q(name="", email="", refused_email="", phone="", token_digest=None),
                name="a_redacted_request_names_nobody",
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.name}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save, and keep what the request is found by in step."""
        is_new, changed = self._state.adding, kwargs.get("update_fields")
        super().save(*args, **kwargs)
        if changed is None or SEARCHED_FIELDS & set(changed):
            wanted = keys_of(self.name, self.email, str(self.phone), self.reference)
            there = set() if is_new else set(self.search_keys.values_list("key", flat=True))
            if there - wanted:
                self.search_keys.filter(key__in=there - wanted).delete()
            SearchKey.objects.bulk_create(SearchKey(request=self, key=key) for key in wanted - there)

    @classmethod
    def from_db(cls, db, field_names, values):
        """Whoever reads a name looks at a request: on a page of the staff that goes into the audit."""
        read = super().from_db(db, field_names, values)
        if "name" in field_names:
            note_read(read.pk)
        return read

    @property
    def is_awaiting_answer(self):
        return self.owed_by is not None and not self.is_quarantined

    @property
    def is_owed_something(self):
        return self.next_due is not None and not self.is_quarantined

    @property
    def next_due(self):
        """By when a word or a call is due, whichever comes first; None where neither is owed."""
        return min(filter(None, [self.owed_by, self.call_by]), default=None)

    @property
    def is_to_call_again(self):
        """Whether the word that is owed is a call that was agreed on, or one more try."""
        return self.owed_by is not None and (self.owed_by == self.call_again_at or self.tries > 0)

    @property
    def next_word_by(self):
        """By when the patient was told to hear from the clinic."""
        return self.owed_by or self.reply_by

    @property
    def is_quarantined(self):
        return self.quarantine in QUARANTINED

    @property
    def next_states(self):
        """The states to which this request may move, in the order of the state table."""
        return [state for state in State if state in STEPS[State(self.state)]]

    @property
    def consultation(self):
        """The consultation that is booked for this request, or None."""
        return self.consultations.booked().select_related("time__clinician").first()

    @property
    def cancelled_consultation(self):
        """The consultation that was cancelled last, or None."""
        cancelled = self.consultations.filter(state="cancelled").select_related("time__clinician")
        return cancelled.order_by("pk").last()

    @property
    def picked_time(self):
        """The time that the patient picked while asking, held until the desk confirms it; or None."""
        if self.state not in (State.RECEIVED, State.IN_CONVERSATION):
            return None
        return self.times.filter(state="held", starts_at__gt=timezone.now()).select_related("clinician").first()
