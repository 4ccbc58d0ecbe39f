"""Who asks, how they are reached, what they need and when they could come."""

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.models.timeline import Event
from booking.wishes import NEEDS_IN_A_WORD, Need, Window, suit
from booking.wording import LANGUAGES
from treatments.guide.answers import Matter, Skin

HOME_COUNTRY_CODE = 1
NOON = 12  # hours


class Person:
    """Mixed into a request: the person behind it, in words."""

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
    def can_be_mailed(self):
        """Whether mail reaches the patient, as far as anybody knows. Who is invented gets none."""
        return bool(self.email) and self.email.casefold() != self.refused_email.casefold() and not self.is_sample

    @property
    def subject(self):
        """Treatment and benefit in words."""
        return ", ".join(str(part) for part in (self.treatment, self.benefit) if part)

    @property
    def window_labels(self):
        return [Window(value).label for value in self.windows if value in Window.values]

    @property
    def windows_in_a_word(self):
        return [Window(value).in_a_word for value in self.windows if value in Window.values]

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
            str(_("Can come")): ", ".join(str(label) for label in self.window_labels),
            str(_("Wants")): self.subject,
            str(_("Wishes to see")): str(self.clinician or ""),
            str(_("For someone else")): yes_or_no[self.for_someone_else],
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
        others = type(self).objects.order_by()
        with_email = others.with_email(self.email) if self.email else others.none()
        with_phone = others.filter(phone=self.phone) if self.phone else others.none()
        same = with_email.values("pk").union(with_phone.values("pk"))
        return type(self).objects.filter(pk__in=same).exclude(pk=self.pk)
