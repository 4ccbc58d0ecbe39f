"""The form with which a patient asks for a consultation."""

import json
import re
from datetime import timedelta

from django import forms
from django.core import signing
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from booking.models import ConsultationRequest, OpenTime
from booking.patient.contact_form import ContactForm, PersonForm, TroubleField
from booking.patient.form_token import new_form_token, nonce_of, opened_at
from booking.patient.published import Published, published
from booking.patient.request_fields import CarriedField, OpenTimeField, PublishedField
from booking.patient.request_layout import layout_of
from booking.patient.time_chooser import TimeChooser, clinicians_by_slug
from booking.validators import LinesField, refuse_hidden_characters
from booking.wishes import TimeBy, Window, half_days_in_full
from clinic_site.hours import after_open_minutes
from clinic_site.numbers import number_in
from treatments.guide.answers import Matter, Skin
from treatments.models import OldAddress, Unit

FILLED_IN_BEFORE = timedelta(minutes=1)
SAFETY_ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("not-sure", _("Not sure"))]
CONCERN_LENGTH = 2000  # characters
CAMPAIGN = re.compile(r"[-\w]{0,60}", re.ASCII)


class ConsultationRequestForm(PersonForm):
    """A patient's wish for a consultation. Required are a name, a way to answer, and consent."""

    treatment = PublishedField(
        label=_("Treatment"),
        error_messages={"invalid_choice": _("We do not offer this treatment. Open the form again from its page.")},
    )
    benefit = PublishedField(
        label=_("Your main concern"),
        error_messages={"invalid_choice": _("Choose one of the subjects in the list.")},
    )
    concern = LinesField(
        label=_("Anything we should know before we answer"),
        required=False,
        max_length=CONCERN_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[refuse_hidden_characters],
        help_text=_(
            "A sentence is plenty. Please leave out photos, test results and medicines; we ask about those in person."
        ),
        error_messages={
            "max_length": _("Shorten this to 2,000 characters or fewer; you can tell us more when we talk.")
        },
    )
    trouble = TroubleField()
    time_by = forms.ChoiceField(
        label=_("How should we find a time?"),
        required=False,
        choices=TimeBy,
        error_messages={"invalid_choice": _("Choose one of the three ways to find a time.")},
    )
    clinician = forms.ChoiceField(
        label=_("Clinician"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the names in the list, or anyone.")},
    )
    windows = forms.MultipleChoiceField(
        label=_("Half-days that often suit you"),
        required=False,
        choices=Window,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose only times from the list.")},
    )
    open_time = OpenTimeField(
        label=_("A time"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the times that are shown, or ask us to call you.")},
    )
    skin = CarriedField(choices=Skin)
    matters = CarriedField(choices=Matter)
    campaign = forms.CharField(required=False, widget=forms.HiddenInput)
    consent = forms.BooleanField(
        label=_("The clinic may use these answers to reply to me and set a time."),
        error_messages={"required": _("Check this box so that we may use your answers.")},
    )
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)
    leave_empty = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    class Meta(PersonForm.Meta):
        fields = [
            *["name", *ContactForm.Meta.fields, "treatment", "benefit", "time_by", "windows"],
            *["language", "interpreter", "for_someone_else", "campaign"],
        ]
        labels = PersonForm.Meta.labels | {"for_someone_else": _("I am asking for someone else")}
        help_texts = PersonForm.Meta.help_texts | {
            "for_someone_else": _("If the person is under 18, a parent or guardian has to make the request."),
        }

    def __init__(self, *args, clinic, day=None, **kwargs):
        """`day`: whose times are shown; without it the first days that have some."""
        super().__init__(*args, **kwargs)
        self.clinic, self.day = clinic, day
        self.published = published.get(get_language(), Published.read)
        self._offer("treatment", self.published.treatments, self.published.treatment_choices)
        self._offer("benefit", self.published.benefits, self.published.benefit_choices)
        if len(self.published.treatments) < 2:
            self.fields["treatment"].widget = forms.HiddenInput()
        self.clinicians = clinicians_by_slug()
        self.fields["clinician"].choices = [("", _("Anyone")), *self.clinicians.items()]
        self._keep_known_initials()
        if not clinic.form_takes_concern:
            del self.fields["concern"]
        self.safety_fields = self._add_safety_questions() if clinic.form_asks_safety else []

    # Of what a page shows nothing is made where the answer is another page: most forms that are sent are good ones.

    @cached_property
    def promise(self):
        """By when a request that is sent now is answered."""
        return after_open_minutes(timezone.now(), self.clinic.answer_within)

    @cached_property
    def chooser(self):
        """The times to pick from."""
        return self._chooser(self.day)

    @cached_property
    def helper(self):
        """How the form is drawn, as it was filled in."""
        return layout_of(self)

    def _offer(self, name, things, choices):
        self.fields[name].published, self.fields[name].choices = things, [("", _("Not sure yet")), *choices]

    def _keep_known_initials(self):
        """What a link or an earlier look brought along is used where it is known, and forgotten where it is not."""
        if self.is_bound:
            self.data = self.data.copy()
            self._find_benefit(self.data)
        else:
            self._find_benefit(self.initial)
        for name, known in (("treatment", self.published.treatments), ("benefit", self.published.benefits)):
            if self.initial.get(name, "") not in known:
                self.initial.pop(name, None)
        if not CAMPAIGN.fullmatch(self.initial.get("campaign") or ""):
            self.initial.pop("campaign")
        self.initial["form_token"] = self.initial.get("form_token") or new_form_token()
        self.initial["contact_by"] = self.initial.get("contact_by") or ConsultationRequest.ContactBy.EMAIL

    def _find_benefit(self, answers):
        """Put what the benefit stands under here in the place of its slug; an old slug leads to the one of today."""
        slug, treatment = answers.get("benefit") or "", answers.get("treatment") or ""
        value = self.published.value_of(slug, treatment)
        if value and value not in self.published.benefits:
            unit = OldAddress.unit_now(Unit.Kind.BENEFIT, value, treatment)
            value = self.published.value_of(unit.slug, unit.treatment.slug) if unit else slug
        if value != slug:
            answers["benefit"] = value

    def _chooser(self, day=None, gone=None):
        """The times to pick from: with whom they wish to see, and with an interpreter where they need one."""
        times = OpenTime.objects.to_pick(self.clinic, self.promise)
        if self["interpreter"].value() in (True, "on"):
            times = times.filter(with_interpreter=True)
        if wished := self.clinicians.get(self["clinician"].value() or ""):
            times = times.filter(clinician=wished)
        number = number_in(str(self["open_time"].value() or ""))
        chosen = OpenTime.objects.select_related("clinician").filter(pk=number).first() if number and not gone else None
        return TimeChooser(times, day, chosen, gone, with_names=len(self.clinicians) > 1)

    @property
    def time_is_found_by(self):
        """The way to a time that is chosen in the form as it stands."""
        way = self["time_by"].value()
        return way if way in TimeBy.values else TimeBy.PICK if self.chooser.days or self.chooser.day else TimeBy.CALL

    @property
    def half_days(self):
        """The half-days to choose from, as they stand on the page."""
        chosen = half_days_in_full(self["windows"].value() or [])

        def write():
            return render_to_string("booking/half_days.html", {"half_days": self.published.half_days, "chosen": chosen})

        return write() if chosen else self.published.once("half-days", write)

    def ask_for_another_time(self, gone, refusal):
        """Say that the picked time is gone, and show others of its day and the days around; all other answers stay."""
        self.data = self.data.copy()
        self.data["open_time"] = ""
        self.add_error("open_time", str(refusal))
        self.chooser = self._chooser(gone=gone)

    def _add_safety_questions(self):
        """One optional question for each live caution that is marked for the form, or that the self-check answered."""
        brought = {name.removeprefix("safety-") for name in (self.data or self.initial) if name.startswith("safety-")}
        cautions = self.published.cautions_for(self["treatment"].value(), brought)
        for caution in cautions:
            self.fields[f"safety-{caution.key}"] = forms.ChoiceField(
                label=caution.question,
                required=False,
                choices=SAFETY_ANSWERS,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choose yes, no or not sure, or leave this out.")},
            )
        return [f"safety-{caution.key}" for caution in cautions]

    def clean_campaign(self):
        """A count is worth less than a request: a campaign of odd letters is left out, not complained of."""
        campaign = self.cleaned_data["campaign"]
        return campaign if CAMPAIGN.fullmatch(campaign) else ""

    def clean_clinician(self):
        slug = self.cleaned_data["clinician"]
        return self.clinicians[slug] if slug else None

    def clean_form_token(self):
        """The nonce of the opened form; empty where the form was filled in by something that did not open it."""
        token = self.cleaned_data["form_token"]
        try:
            return nonce_of(token) if token else ""
        except signing.BadSignature:
            raise forms.ValidationError(
                _("This form was changed on its way to us. Nothing was sent. Please press Send again.")
            ) from None

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("time_by") not in ("", TimeBy.PICK, None):
            cleaned["open_time"] = None  # chosen before they thought of another way
        if (benefit := cleaned.get("benefit")) and "treatment" not in self.errors:
            cleaned["treatment"] = benefit.treatment  # whoever chose one under another treatment means that one
        return cleaned

    def _get_validation_exclusions(self):
        """What was chosen from what is published is there; the database says so once more when it is stored."""
        return super()._get_validation_exclusions() | {"treatment", "benefit"}

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        consultation_request = self.instance
        consultation_request.concern = self.cleaned_data.get("concern", "")
        consultation_request.urgent_at = timezone.now() if self.cleaned_data["trouble"] else None
        consultation_request.clinician = self.cleaned_data["clinician"]
        consultation_request.for_you = {
            name: self.cleaned_data[name] for name in ("skin", "matters") if self.cleaned_data[name]
        }
        consultation_request.safety = {
            name.removeprefix("safety-"): self.cleaned_data[name]
            for name in self.safety_fields
            if self.cleaned_data[name]
        }
        consultation_request.form_key = self._form_key()
        if opened := self.cleaned_data["form_token"]:
            consultation_request.opened_form = salted_hmac(
                "booking.forms.opened", opened, algorithm="sha256"
            ).hexdigest()

    def _form_key(self):
        """The same answers from the same opened form have the same key; from no opened form, on the same day."""
        answers = {name: str(value) for name, value in sorted(self.cleaned_data.items()) if name != "form_token"}
        answers["phone_extension"] = self.instance.phone_extension
        nonce = self.cleaned_data["form_token"] or f"unopened {timezone.localdate()}"
        return salted_hmac("booking.forms.key", json.dumps([nonce, answers]), algorithm="sha256").hexdigest()

    @property
    def opened_for(self):
        """How long the valid form was open before it was sent; None where it was never opened."""
        nonce = self.cleaned_data["form_token"]
        return timezone.now() - opened_at(nonce) if nonce else None

    def renew_token_if_refused(self):
        """
        A page that asks again because of its token brings a fresh one, of a form that has been open for a while: who
        is asked to press Send once more does so at once.
        """
        if "form_token" in self.errors:
            self.data = self.data.copy()
            self.data["form_token"] = new_form_token(opened=timezone.now() - FILLED_IN_BEFORE)
