"""What a patient asked for, and where it stands."""

import secrets

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, GeneratedField, Max, OuterRef, Q
from django.db.models.functions import Coalesce, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from booking import links
from booking.models.offers import Offer
from booking.models.open_times import Clinician, OpenTime
from booking.models.search_keys import SearchKey, keys_of, ways_in
from booking.models.timeline import Event
from booking.models.to_calls import ToCall
from booking.states import OPEN, STEPS, IllegalStep, State
from booking.validators import MailAddressField
from booking.wishes import NEEDS_IN_A_WORD, Need, TimeBy, Window, suit
from booking.wording import LANGUAGES
from clinic_site.audit.recording import note_read
from clinic_site.hours import reply_by
from clinic_site.security.encryption import BoundModel, EncryptedJSONField
from treatments.guide.answers import Matter, Skin
from treatments.models import Benefit, Treatment

REFERENCE_LETTERS = "23456789ACDEFHJKMNPQRTUVWXY"  # none that is mistaken for another when read aloud


SEARCHED_FIELDS = {"name", "email", "phone", "reference"}  # what keys of search are made of
HOME_COUNTRY_CODE = 1
MOST_FOUND = 100  # by a search
RARE = 20_000  # a word that fewer requests have is looked up; where more have it, it is soon found among the newest
LOOKED_THROUGH = 20_000
NOON = 12  # hours


def new_reference():
    letters = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))
    return f"{letters[:3]}-{letters[3:]}"


def worklist_order():
    """What is owed first stands first: those who wait for a word or a call by its hour, then the rest, newest first."""
    return F("due_by").asc(nulls_last=True), "-received_at"


class Quarantine(models.TextChoices):
    """Whether a request is kept apart because it looks like spam. It is never dropped for that."""

    NOT = "", _("Not suspected")
    HELD = "held", _("Held back")
    RELEASED = "released", _("Released")
    SPAM = "spam", _("Confirmed as spam")


QUARANTINED = [Quarantine.HELD, Quarantine.SPAM]


class ConsultationRequestQuerySet(models.QuerySet):
    def trusted(self):
        """Without those that are kept apart as spam."""
        return self.exclude(quarantine__in=QUARANTINED)

    def open(self):
        """Requests that have not come to an end."""
        return self.trusted().filter(state__in=OPEN)

    def awaiting_answer(self):
        """Requests whose patient was promised a word that the clinic has not given yet."""
        return self.trusted().filter(owed_by__isnull=False)

    def owed_something(self):
        """Requests whose patient is owed a word or a call."""
        return self.trusted().filter(due_by__isnull=False)

    def to_call(self):
        """Requests whose patient is to be told something by voice, the first due standing first."""
        return self.filter(call_by__isnull=False, redacted_at=None).order_by("call_by", "pk")

    def for_worklist(self):
        """With what the worklist shows, and in its order."""
        shown = self.select_related("treatment", "benefit", "owner", "clinician")
        times, offers = OpenTime.objects.filter(request=OuterRef("pk")), Offer.objects.filter(request=OuterRef("pk"))
        return shown.annotate(
            has_picked=Exists(times.filter(state=OpenTime.State.HELD)), was_offered=Exists(offers)
        ).order_by(*worklist_order())

    def found_by(self, question, most=MOST_FOUND):
        """
        The newest requests, so many at most, that have each word of the question, its beginning at least; of the
        number an end. It looks them up at once, at the same cost whether few or many have a word.
        """
        if not question.strip():
            return self
        found = {pk for way in ways_in(question) for pk in self._newest_with(way, most)}
        return self.filter(pk__in=sorted(found, reverse=True)[:most])

    def _newest_with(self, beginnings, most):
        """Look at who has the rarest beginning; where many have each, at the newest requests, one after the other."""
        (number, rarest), *others = SearchKey.objects.rarest_first(beginnings, RARE)
        newest = self.order_by("-pk").values_list("pk", flat=True)
        if number < RARE:
            newest = newest.filter(pk__in=SearchKey.objects.beginning_with(rarest).values("request"))
        else:
            last = ConsultationRequest.objects.order_by("-pk").values_list("pk", flat=True)[0]
            newest, others = newest.filter(pk__gt=last - LOOKED_THROUGH), [(number, rarest), *others]
        for _number, beginning in others:
            newest = newest.filter(Exists(SearchKey.objects.filter(request=OuterRef("pk")).beginning_with(beginning)))
        return newest[:most]

    def with_token(self, token):
        return self.filter(token_digest=links.digest_of(token))


class ConsultationRequest(BoundModel):
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
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, verbose_name=_("owner")
    )

    tries = models.PositiveSmallIntegerField(_("calls without an answer"), default=0, editable=False)
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
        Benefit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("mostly about")
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

    promised_by = None  # what was owed before the step that is being taken: a call that it brings is due by then

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
            models.Index(fields=["due_by", "-received_at"], name="request_worklist"),
            models.Index(fields=["email"], name="request_by_email"),
            models.Index(fields=["phone"], name="request_by_phone"),
            models.Index(fields=["opened_form"], name="request_by_opened_form"),
            models.Index(fields=["owner", "due_by"], name="request_by_owner"),
            models.Index(fields=["state", "due_by"], name="request_by_state"),
            models.Index(
                fields=["due_by", "-received_at"], condition=Q(flagged_at__isnull=False), name="request_flagged"
            ),
            models.Index(fields=["quarantine"], name="request_by_quarantine"),
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

    pressed_by = None  # the member of staff who presses the patient's buttons, while they do

    def __str__(self):
        return f"{self.reference} {self.name}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save, and keep what the request is found by in step."""
        super().save(*args, **kwargs)
        changed = kwargs.get("update_fields")
        if changed is None or SEARCHED_FIELDS & set(changed):
            wanted = keys_of(self.name, self.email, str(self.phone), self.reference)
            there = set(self.search_keys.values_list("key", flat=True))
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
    def phone_words(self):
        """The telephone number as people here read it: with its country where that is another, and its extension."""
        if not self.phone:
            return ""
        at_home = self.phone.country_code == HOME_COUNTRY_CODE
        number = self.phone.as_national if at_home else self.phone.as_international
        return f"{number} ext. {self.phone_extension}" if self.phone_extension else number

    @property
    def phone_uri(self):
        """What a telephone dials when it is pressed (RFC 3966)."""
        extension = f";ext={self.phone_extension}" if self.phone_extension else ""
        return f"{self.phone.as_rfc3966}{extension}" if self.phone else ""

    @property
    def next_word_by(self):
        """By when the patient was told to hear from the clinic."""
        return self.owed_by or self.reply_by

    @property
    def can_be_mailed(self):
        """Whether mail reaches the patient, as far as anybody knows. Who is invented gets none."""
        return bool(self.email) and self.email.casefold() != self.refused_email.casefold() and not self.is_sample

    @property
    def is_quarantined(self):
        return self.quarantine in QUARANTINED

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

    @property
    def for_you_words(self):
        """What was answered on the page For you, in words."""
        labels = dict(Skin.choices) | dict(Matter.choices)
        return {name: [labels[value] for value in values if value in labels] for name, values in self.for_you.items()}

    @property
    def needs_in_a_word(self):
        return [NEEDS_IN_A_WORD[Need(value)] for value in self.needs if value in Need.values]

    @property
    def language_name(self):
        return str(dict(LANGUAGES).get(self.language, self.language))

    @property
    def person_in_words(self):
        """Who asks, how they are reached and what they need: all that can be corrected, by label; '' is not given."""
        yes_or_no = {True: str(_("yes")), False: ""}
        return {
            str(_("Name")): self.name,
            str(_("Answer by")): str(self.get_contact_by_display()),
            str(_("Email")): self.email,
            str(_("Phone")): self.phone_words,
            str(_("May leave a message")): yes_or_no[self.may_leave_message],
            str(_("Language")): self.language_name,
            str(_("Interpreter")): yes_or_no[self.interpreter],
            str(_("Make ready for")): ", ".join(str(need) for need in self.needs_in_a_word),
        }

    @property
    def contact_version(self):
        """The number of the last correction of how they are reached; 0 before the first."""
        return self.timeline.filter(kind=Event.Kind.CONTACT).aggregate(last=Max("pk"))["last"] or 0

    def could_come_at(self, moment):
        """Whether a moment lies in a window that the patient named; one who named none could always come."""
        local = timezone.localtime(moment)
        return suit(self.windows, local.weekday(), is_morning=local.hour < NOON)

    def suits(self, time):
        """Whether the patient could come to an open time, and finds those there whom they wish to see and need."""
        with_whom = self.clinician_id in (None, time.clinician_id)
        return with_whom and self.could_come_at(time.starts_at) and (time.with_interpreter or not self.interpreter)

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
    def link_is_lost(self):
        """Whether the SECRET_KEY that made the link is gone: the patient's own still opens the page, no other can."""
        return self.token_digest is not None and links.is_lost(self.link, self.token_digest)

    @transaction.atomic
    def renew_link(self, actor, staff=None):
        """Make a new private link; the one before no longer works."""
        self.token_generation += 1
        self.save(update_fields=["token_generation"])
        self.store_token_digest()
        self.record(Event.Kind.NEW_LINK, actor, staff=staff)

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
        return settings.SITE_URL + self.desk_path

    @property
    def desk_path(self):
        return reverse("admin:booking_consultationrequest_change", args=[self.pk])

    @property
    def private_page_for_staff(self):
        """The whole address at which staff see the patient's page, and press its buttons in their own name."""
        return settings.SITE_URL + reverse("admin:booking_consultationrequest_private", args=[self.pk])

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

    def get_received_url(self):
        return reverse("booking:received", args=[self.token])

    def store_token_digest(self):
        """Keep the digest of this generation's token, so that its link opens the request."""
        self.token_digest = links.digest_of(links.token_for(self.link, settings.SECRET_KEY))
        self.save(update_fields=["token_digest"])

    @transaction.atomic
    def move_to(self, state, actor, staff=None, reason="", owed_by=None, times=()):
        """
        Take one step, with its line in the timeline, and say by when the clinic owes its next word, if it does.

        `times` are the moments that it is about. The line keeps how the request stood.

        Raises IllegalStep, and changes nothing, where the request does not stand (or no longer stands) in a state from
        which the step leads.
        """
        before = State(self.state)
        if state not in STEPS[before]:
            raise IllegalStep(
                _("A request that is '%(before)s' cannot become '%(after)s'.")
                % {"before": before.label, "after": State(state).label}
            )
        was = self.stands_now()
        self._set_state(before, state, owed_by)
        return self.record(
            Event.Kind.STEP, actor, staff=staff, before=before, after=state, note=reason, times=times, was=was
        )

    @transaction.atomic
    def go_back(self, state, owed_by, actor, staff=None, undoes=None, times=()):
        """
        Undo the line that led here from that state, with a line of its own; `times` are those that could not come back.

        Raises IllegalStep if the request moved on.
        """
        before = State(self.state)
        self._set_state(before, state, owed_by)
        was = {"undoes": undoes.pk} if undoes else {}
        self.record(Event.Kind.UNDONE, actor, staff=staff, before=before, after=state, times=times, was=was)

    def stands_now(self):
        """How a request stands, as a step that is about to be taken keeps it, so that it can come back as it was."""
        offer, consultation = self.offers.waiting().first(), self.consultations.booked().first()
        mail, to_call = self.mails.order_by("pk").last(), self.to_calls.order_by("pk").last()
        return {
            "at": timezone.now().isoformat(),
            "state": self.state,
            "owed_by": self.owed_by.isoformat() if self.owed_by else None,
            "tries": self.tries,
            "owner": self.owner_id,
            "times": dict(self.times.values_list("pk", "state")),
            "offer": offer.pk if offer else None,
            "consultation": consultation.pk if consultation else None,
            "mail": mail.pk if mail else 0,
            "to_call": to_call.pk if to_call else 0,
        }

    def promise_after_undoing(self, line):
        """What is owed once that line is undone: as before, unless the patient has been promised a word since."""
        owed_by = line.was.get("owed_by")
        asked_since = self.timeline.filter(pk__gt=line.pk, kind__in=[Event.Kind.ADDED, Event.Kind.OTHER_TIME]).exists()
        return parse_datetime(owed_by) if owed_by else self.owed_by if asked_since else None

    def _set_state(self, before, after, owed_by):
        """Set the state where it is still the one that the step begins with: compare and set in one statement."""
        now = timezone.now()
        moved = ConsultationRequest.objects.filter(pk=self.pk, state=before, redacted_at=None)
        if not moved.update(state=after, state_since=now, owed_by=owed_by):
            self.refresh_from_db(fields=["state", "state_since", "owed_by", "redacted_at"])
            raise IllegalStep(
                _("Somebody else has just changed this request: it is now '%(now)s'. Nothing of yours was changed.")
                % {"now": self.get_state_display()}
            )
        self.promised_by = self.owed_by
        self.state, self.state_since, self.owed_by = after, now, owed_by
        ToCall.objects.drop_overtaken(self)

    def owe_a_word(self):
        """The next word is the clinic's: promise it, unless one is owed already."""
        promise = reply_by(timezone.now())
        if ConsultationRequest.objects.filter(pk=self.pk, owed_by=None).update(owed_by=promise):
            self.owed_by = promise

    def owe_nothing(self):
        """The word that was owed has been given."""
        ConsultationRequest.objects.filter(pk=self.pk).update(owed_by=None)
        self.promised_by, self.owed_by = self.owed_by, None

    def record(self, kind, actor, staff=None, times=(), **line):
        """
        Add a line to the timeline, about these moments; the further names are fields of `Event`.

        What a member of staff does with the patient's buttons is theirs, and not the patient's.
        """
        if actor == Event.Actor.PATIENT and self.pressed_by:
            actor, staff = Event.Actor.STAFF, self.pressed_by
        times = [time.isoformat() for time in times]
        return Event.objects.create(request=self, kind=kind, actor=actor, staff=staff, times=times, **line)
