"""The forms of hours, closed days, absences and who sees patients: each says what it changes, and does it."""

from datetime import datetime, time, timedelta
from itertools import pairwise

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.schedule.changes import close_day, note_absence, set_hours, set_sees_patients
from booking.validators import LinesField
from clinic_site.dates import day_words, midnight, moment_words
from clinic_site.models import OpeningHours

WORDS_LENGTH = 2000  # characters
FEWEST_STRETCHES = 2  # of a weekday: before and after the break
DATE, CLOCK = forms.DateInput(attrs={"type": "date"}), forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class ChangeForm(forms.Form):
    """What is changed. Each says in `heading` and `button` what it does, and does it by `make()`."""

    use_required_attribute = False

    words = LinesField(
        label=gettext_lazy("Words to those whose time is moved or canceled"),
        max_length=WORDS_LENGTH,
        required=False,
        help_text=gettext_lazy("On their private page. The mail says only that something has changed."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ClosingForm(ChangeForm):
    """Which day is closed, why, and what is said to whom."""

    day = forms.DateField(label=gettext_lazy("Which day"), widget=DATE)
    name = forms.CharField(
        label=gettext_lazy("Why, in a word"),
        max_length=80,
        help_text=gettext_lazy("Patients see it beside the hours, such as 'Snow'."),
    )
    banner = forms.CharField(
        label=gettext_lazy("Banner on every page"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Shows from the day before until the day is over. Empty: no banner."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    field_order = ["day", "name", "banner", "words"]

    heading = gettext_lazy("Close a day")

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose today or a later one."))
        return day

    def make(self):
        close_day(self.cleaned_data["day"], self.cleaned_data["name"], self.cleaned_data["banner"])

    @property
    def button(self):
        return _("Close %(day)s") % {"day": day_words(self.cleaned_data["day"])}

    @property
    def done(self):
        return _("%(day)s is closed.") % {"day": day_words(self.cleaned_data["day"])}


class HoursForm(ChangeForm):
    """The hours of a week: for each weekday stretches from a clock time to another."""

    heading = gettext_lazy("Hours of the week")
    button = gettext_lazy("Change the hours")
    done = gettext_lazy("The hours are changed.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        there = {day: [] for day in OpeningHours.Weekday.values}
        for row in OpeningHours.objects.all():
            there[row.weekday].append(row)
        self.stretches = max([FEWEST_STRETCHES, *(len(rows) for rows in there.values())])
        for day in there:
            for number in range(self.stretches):
                row = there[day][number] if number < len(there[day]) else None
                for name, words in (("opens", _("%(day)s, from")), ("closes", _("%(day)s, to"))):
                    field = forms.TimeField(
                        label=words % {"day": OpeningHours.Weekday(day).label},
                        required=False,
                        widget=CLOCK,
                        initial=getattr(row, name, None),
                    )
                    self.fields[f"{name}-{day}-{number}"] = field
        self.order_fields([*(name for name in self.fields if name != "words"), "words"])

    @property
    def days(self):
        """Rows of the table: the weekday, and the pairs of fields of its stretches."""
        return [
            (
                OpeningHours.Weekday(day).label,
                [(self[f"opens-{day}-{number}"], self[f"closes-{day}-{number}"]) for number in range(self.stretches)],
            )
            for day in OpeningHours.Weekday.values
        ]

    def clean(self):
        cleaned = super().clean()
        self.wanted = []
        for day in OpeningHours.Weekday.values:
            pairs = [
                (cleaned.get(f"opens-{day}-{number}"), cleaned.get(f"closes-{day}-{number}"))
                for number in range(self.stretches)
            ]
            stretches = sorted(pair for pair in pairs if None not in pair)
            if trouble := _trouble_with(pairs, stretches):
                self.add_error(None, f"{OpeningHours.Weekday(day).label}: {trouble}")
            self.wanted += [(day, opens, closes) for opens, closes in stretches]
        return cleaned

    def make(self):
        set_hours(self.wanted)


class AbsenceForm(ChangeForm):
    """From when to when a clinician is away; without clock times whole days."""

    first_day = forms.DateField(label=gettext_lazy("From"), widget=DATE)
    begins = forms.TimeField(
        label=gettext_lazy("at"), widget=CLOCK, required=False, help_text=gettext_lazy("Empty: the whole day.")
    )
    last_day = forms.DateField(
        label=gettext_lazy("Until"), widget=DATE, required=False, help_text=gettext_lazy("Empty: the same day.")
    )
    ends = forms.TimeField(
        label=gettext_lazy("at"), widget=CLOCK, required=False, help_text=gettext_lazy("Empty: the whole day.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason, staff only"), max_length=80, required=False)
    field_order = ["first_day", "begins", "last_day", "ends", "reason", "words"]

    def __init__(self, *args, clinician, **kwargs):
        super().__init__(*args, **kwargs)
        self.clinician = clinician

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day") or cleaned.get("first_day")
        if not first or self.errors:
            return cleaned
        self.begins_at = _moment(first, cleaned["begins"] or time.min)
        self.ends_at = _moment(last, cleaned["ends"]) if cleaned["ends"] else midnight(last + timedelta(days=1))
        if self.ends_at <= self.begins_at:
            self.add_error("last_day", _("The end is not later than the beginning. Choose a later one."))
        elif self.ends_at <= timezone.now():
            self.add_error("last_day", _("This is over already. Choose a later end."))
        return cleaned

    def make(self):
        note_absence(self.clinician, self.begins_at, self.ends_at, self.cleaned_data["reason"])

    @property
    def heading(self):
        return _("%(who)s is away") % {"who": self.clinician}

    @property
    def button(self):
        if self.cleaned_data["ends"]:
            return _("%(who)s is away until %(moment)s") % {"who": self.clinician, "moment": moment_words(self.ends_at)}
        last_day = day_words(self.cleaned_data["last_day"] or self.cleaned_data["first_day"])
        return _("%(who)s is away through %(day)s") % {"who": self.clinician, "day": last_day}

    done = button


class SeesNobodyForm(ChangeForm):
    """A clinician sees no patients from now on."""

    def __init__(self, *args, clinician, **kwargs):
        super().__init__(*args, **kwargs)
        self.clinician = clinician

    def make(self):
        set_sees_patients(self.clinician, False)

    @property
    def heading(self):
        return _("%(who)s sees no patients any more") % {"who": self.clinician}

    button = done = heading


def _trouble_with(pairs, stretches):
    if any((opens is None) != (closes is None) for opens, closes in pairs):
        return _("give both the beginning and the end of each stretch, or neither.")
    if any(closes <= opens for opens, closes in stretches):
        return _("the end of a stretch must be later than its beginning.")
    if any(later[0] < earlier[1] for earlier, later in pairwise(stretches)):
        return _("two stretches overlap.")
    return ""


def _moment(day, clock):
    return datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())
