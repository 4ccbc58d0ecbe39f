"""The form with which a patient asks for a consultation."""

import json
import re
import secrets
from datetime import UTC, datetime

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.core import signing
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from booking.contact import ContactForm
from booking.models import OpenTime
from booking.models.request import Window
from booking.moments import clock_words, day_words
from booking.typed import need_a_letter, one_line, refuse_hidden_characters
from treatments.models import Benefit, Caution, Treatment, Version

TIMES_TO_PICK = 200  # in the list: more than two weeks of one clinician

LANGUAGES = [("en", _("English")), ("ar", "العربية"), ("other", _("Another; we will ask"))]
SAFETY_ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("not-sure", _("Not sure"))]
CONCERN_LENGTH = 2000  # characters
CAMPAIGN = re.compile(r"[-\w]{0,60}", re.ASCII)

_form_signer = signing.Signer(salt="booking.forms.token")


def new_form_token(opened=None):
    """One form, opened now or at that moment: sent twice it is known by it, and so is how long it was filled in."""
    opened = opened or timezone.now()
    return _form_signer.sign(f"{secrets.token_urlsafe(16)}.{round(opened.timestamp() * 1000)}")


class OpenTimeField(forms.ChoiceField):
    """
    One of the open times, by its number. Whether it is still free is seen when it is taken, and not before.

    A form that is sent twice names a time that its own first copy took.
    """

    def valid_value(self, value):
        return value.isdecimal() and len(value) < 19

    def clean(self, value):
        value = super().clean(value)
        time = OpenTime.objects.select_related("clinician").filter(pk=value).first() if value else None
        if value and time is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"])
        return time


class ConsultationRequestForm(ContactForm):
    """A patient's wish for a consultation. Required are a name, a way to answer, and consent."""

    treatment = forms.ModelChoiceField(
        queryset=None,
        to_field_name="slug",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("We do not offer this treatment. Open the form again from its page.")},
    )
    benefit = forms.ModelChoiceField(
        queryset=None,
        to_field_name="slug",
        required=False,
        label=_("Mostly about"),
        empty_label=_("Not sure yet"),
        error_messages={"invalid_choice": _("Choose one of the subjects in the list.")},
    )
    concern = forms.CharField(
        label=_("Anything we should know before we answer"),
        required=False,
        max_length=CONCERN_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[refuse_hidden_characters],
        help_text=_(
            "A sentence is plenty. Please leave out photos, test results and medicines; we ask about those in person."
        ),
        error_messages={"max_length": _("Shorten this to 2,000 letters or fewer; you can tell us more when we talk.")},
    )
    windows = forms.MultipleChoiceField(
        label=_("Times that often suit you"),
        required=False,
        choices=Window,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Tick only times from the list.")},
    )
    open_time = OpenTimeField(
        label=_("Take an open time"),
        required=False,
        help_text=_("Or leave this as it is, and tell us below when you could come."),
        error_messages={"invalid_choice": _("Choose one of the times in the list, or ask us to call you.")},
    )
    language = forms.ChoiceField(
        label=_("Language you prefer"),
        required=False,
        choices=LANGUAGES,
        error_messages={"invalid_choice": _("Choose one of the languages in the list.")},
    )
    campaign = forms.CharField(required=False, widget=forms.HiddenInput)
    consent = forms.BooleanField(
        label=_("The clinic may use these answers to reply to me and set a time."),
        error_messages={"required": _("Tick this box so that we may use your answers.")},
    )
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)
    leave_empty = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    class Meta(ContactForm.Meta):
        fields = [
            "name",
            *ContactForm.Meta.fields,
            "treatment",
            "benefit",
            "windows",
            "language",
            "interpreter",
            "for_someone_else",
            "campaign",
        ]
        labels = ContactForm.Meta.labels | {
            "name": _("Your name"),
            "interpreter": _("I would like an interpreter"),
            "for_someone_else": _("I am asking for someone else"),
        }
        help_texts = ContactForm.Meta.help_texts | {
            "for_someone_else": _("If the person is under 18, a parent or guardian has to ask."),
        }
        widgets = ContactForm.Meta.widgets | {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        error_messages = ContactForm.Meta.error_messages | {
            "name": {
                "required": _("Enter your name."),
                "max_length": _("Shorten your name to 120 letters or fewer."),
            },
        }

    def __init__(self, *args, clinic, **kwargs):
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        treatments = Treatment.objects.offered()
        self.fields["treatment"].queryset = treatments
        self.fields["benefit"].queryset = Benefit.objects.live_at(timezone.now()).filter(treatment__in=treatments)
        titles = dict(Version.objects.live_at(timezone.now()).of_kind("benefit").values_list("unit_id", "title"))
        self.fields["benefit"].label_from_instance = lambda benefit: titles[benefit.pk]
        self.fields["name"].validators += [refuse_hidden_characters, need_a_letter]
        self._keep_known_initials()
        self._offer_open_times()
        if not clinic.form_takes_concern:
            del self.fields["concern"]
        self.safety_fields = self._add_safety_questions() if clinic.form_asks_safety else []
        self.helper = self._helper()

    def _keep_known_initials(self):
        """What a link brought along is used where it is known, and forgotten where it is not."""
        for name in ("treatment", "benefit"):
            if not self.fields[name].queryset.filter(slug=self.initial.get(name, "")).exists():
                self.initial.pop(name, None)
        if not CAMPAIGN.fullmatch(self.initial.get("campaign", "")):
            self.initial.pop("campaign")
        self.initial.update(form_token=new_form_token(), contact_by="email")

    def _offer_open_times(self):
        """The times from which the patient may pick, day by day; no field where there are none."""
        days: dict[str, list[tuple[str, str]]] = {}
        for time in OpenTime.objects.to_pick(self.clinic, TIMES_TO_PICK):
            days.setdefault(day_words(time.starts_at), []).append((str(time.pk), _in_list(time)))
        if days:
            self.fields["open_time"].choices = [("", _("No time yet: ask me")), *days.items()]
        elif not self.data.get("open_time"):
            del self.fields["open_time"]

    def ask_for_another_time(self, refusal):
        """Say that the picked time is gone, and show those that are left; all other answers stay."""
        self.data = self.data.copy()
        self.data["open_time"] = ""
        self.fields["open_time"].choices = [("", _("No time yet: ask me"))]
        self._offer_open_times()
        self.add_error("open_time" if "open_time" in self.fields else None, str(refusal))
        self.helper = self._helper()

    def _add_safety_questions(self):
        """One optional question for each live caution that is marked for the form, or that the self-check answered."""
        live = Caution.objects.filter(version__in=Version.objects.live_at(timezone.now()))
        brought = {name.removeprefix("safety-") for name in (self.data or self.initial) if name.startswith("safety-")}
        asked = list(live.filter(Q(in_form=True) | Q(key__in=brought)))
        for caution in asked:
            self.fields[f"safety-{caution.key}"] = forms.ChoiceField(
                label=caution.question,
                required=False,
                choices=SAFETY_ANSWERS,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choose yes, no or not sure, or leave this out.")},
            )
        return [f"safety-{caution.key}" for caution in asked]

    def _helper(self):
        helper = FormHelper()
        helper.form_class = "request"
        helper.disable_csrf = True  # guarded by where the form was sent from: readers get no cookie
        helper.form_action = "booking:request"
        helper.attrs = {"novalidate": True}
        about = ["treatment", "benefit", *(["concern"] if "concern" in self.fields else [])]
        helper.layout = Layout(
            "form_token",
            "campaign",
            "leave_empty",
            Fieldset(
                _("How we reach you"),
                "name",
                "contact_by",
                "email",
                "phone",
                "may_leave_message",
                "language",
                "interpreter",
            ),
            Fieldset(_("What it is about"), *about, "for_someone_else"),
            *(
                [Fieldset(_("Good to know before we talk"), *self.safety_fields, css_class="safety")]
                if self.safety_fields
                else []
            ),
            Fieldset(_("When you could come"), *(["open_time"] if "open_time" in self.fields else []), "windows"),
            Fieldset(_("Before you send"), "consent"),
        )
        helper.add_input(Submit("", _("Send my request")))
        return helper

    def clean_name(self):
        return one_line(self.cleaned_data["name"])

    def clean_campaign(self):
        """A count is worth less than a request: a campaign of odd letters is left out, not complained of."""
        campaign = self.cleaned_data["campaign"]
        return campaign if CAMPAIGN.fullmatch(campaign) else ""

    def clean_language(self):
        return self.cleaned_data["language"] or "en"

    def clean_form_token(self):
        """The nonce of the opened form; empty where the form was filled in by something that did not open it."""
        token = self.cleaned_data["form_token"]
        try:
            return _form_signer.unsign(token) if token else ""
        except signing.BadSignature:
            raise forms.ValidationError(
                _("This form was changed on its way to us. Nothing was sent. Please press Send once more.")
            ) from None

    def clean(self):
        cleaned = super().clean()
        benefit, treatment = cleaned.get("benefit"), cleaned.get("treatment")
        if benefit and not treatment and "treatment" not in self.errors:
            cleaned["treatment"] = benefit.treatment
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        request = self.instance
        request.concern = self.cleaned_data.get("concern", "")
        request.safety = {
            name.removeprefix("safety-"): self.cleaned_data[name]
            for name in self.safety_fields
            if self.cleaned_data[name]
        }
        request.form_key = self._form_key()
        if opened := self.cleaned_data["form_token"]:
            request.opened_form = salted_hmac("booking.forms.opened", opened, algorithm="sha256").hexdigest()

    def _form_key(self):
        """The same answers from the same opened form have the same key; from no opened form, on the same day."""
        answers = {name: str(value) for name, value in sorted(self.cleaned_data.items()) if name != "form_token"}
        nonce = self.cleaned_data["form_token"] or f"unopened {timezone.localdate()}"
        return salted_hmac("booking.forms.key", json.dumps([nonce, answers]), algorithm="sha256").hexdigest()

    @property
    def opened_for(self):
        """How long the valid form was open before it was sent; None where it was never opened."""
        _nonce, _dot, opened = self.cleaned_data["form_token"].rpartition(".")
        return timezone.now() - datetime.fromtimestamp(int(opened) / 1000, UTC) if opened else None

    def renew_token_if_refused(self):
        """A page that asks again because of its token brings a fresh one."""
        if "form_token" in self.errors:
            self.data = self.data.copy()
            self.data["form_token"] = new_form_token()


def _in_list(time):
    words = _("%(time)s with %(who)s, interpreter") if time.with_interpreter else _("%(time)s with %(who)s")
    return words % {"time": clock_words(time.starts_at), "who": time.clinician}
