"""What is known about a patient, corrected by the desk: a page of its own, with what comes of it said before."""

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from booking.models import Clinician, ConsultationRequest
from booking.patient.contact_form import PersonForm
from booking.services import ChangedMeanwhile, correct_contact
from booking.states import IllegalStep
from booking.wishes import Need, Window
from booking.wording import LANGUAGES
from clinic_site.staff.unsaved.keeping import forget_unsaved_words, words_put_back
from treatments.models import Benefit

LISTS = ["windows", "needs"]


class CorrectPatientForm(PersonForm):
    """All that a patient said about themselves, but their own words."""

    # Which correction was the last when the form was opened: one that was made since then is not written over.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    needs = forms.MultipleChoiceField(
        label=_("Make ready for"), required=False, choices=Need, widget=forms.CheckboxSelectMultiple
    )
    windows = forms.MultipleChoiceField(
        label=_("Could often come"),
        required=False,
        choices=[window for window in Window.choices if window[0] != Window.FRIDAY_AM],  # which is asked no longer
        widget=forms.CheckboxSelectMultiple,
    )
    benefit = forms.ModelChoiceField(
        label=_("Mostly about"), required=False, queryset=Benefit.objects.none(), empty_label=_("Not sure yet")
    )
    clinician = forms.ModelChoiceField(
        label=_("Wishes to see"), required=False, queryset=Clinician.objects.none(), empty_label=_("Anyone")
    )

    class Meta(PersonForm.Meta):
        fields = [*PersonForm.Meta.fields, "windows", "benefit", "clinician", "for_someone_else"]
        labels = {
            "name": _("Name"),
            "contact_by": _("Answer by"),
            "email": _("Email"),
            "phone": _("Telephone"),
            "may_leave_message": _("A message may be left"),
            "interpreter": _("Wishes an interpreter"),
            "for_someone_else": _("Asks for someone else, such as a child"),
        }
        help_texts = {}
        widgets = PersonForm.Meta.widgets | {
            "name": forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = self.instance
        self.fields["phone"].label = _("Telephone")
        self.fields["benefit"].queryset = Benefit.objects.live_at(timezone.now()).select_related("treatment")
        if asked.benefit_id:
            self.fields["benefit"].queryset |= Benefit.objects.filter(pk=asked.benefit_id).select_related("treatment")
        self.fields["clinician"].queryset = Clinician.objects.all()
        windows = [Window.FRI_AM if value == Window.FRIDAY_AM else value for value in asked.windows]
        begun = kwargs.get("initial") or {}
        self.initial |= {"seen": asked.contact_version, "needs": asked.needs, "windows": windows} | begun

    def clean(self):
        cleaned = super().clean()
        if benefit := cleaned.get("benefit"):
            self.instance.treatment = benefit.treatment
        return cleaned

    def look_again(self, why, version):
        """Say why nothing was saved; saved once more, what was typed counts."""
        self.add_error(None, why)
        self.data = self.data.copy()
        self.data["seen"] = version


def correct_patient(request, admin_site, consultation_request):
    """Show what is known, and keep what is corrected; an email that came back goes to the new address."""
    to_change = ConsultationRequest.objects.get(pk=consultation_request.pk)
    begun = words_put_back(request)
    form = CorrectPatientForm(request.POST or None, instance=to_change, initial=_begun(begun))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                again = correct_contact(to_change, seen=form.cleaned_data["seen"], staff=request.user)
                forget_unsaved_words(request)
                messages.success(request, _what_was_done(again))
                return HttpResponseRedirect(consultation_request.desk_path)
            except ChangedMeanwhile as error:
                status = 409
                form.look_again(str(error), consultation_request.contact_version)
            except IllegalStep as refusal:
                messages.error(request, str(refusal))
                return HttpResponseRedirect(consultation_request.desk_path)
    context = admin_site.each_context(request) | {
        "title": _("Correct what we know"),
        "consultation_request": consultation_request,
        "form": form,
        "is_wrong_number": request.GET.get("ask") == "number",
    }
    return render(request, "admin/booking/correct.html", context, status=status)


def _begun(words):
    if words is None:
        return {}
    return {name: values if name in LISTS else values[-1] for name, values in words.typed.items()}


def _what_was_done(again):
    if not again:
        return _("Kept. The timeline says what it was before.")
    message = ngettext(
        "Kept. %(number)s message that did not reach them goes to the new address now.",
        "Kept. %(number)s messages that did not reach them go to the new address now.",
        again,
    )
    return message % {"number": again}
