"""What a patient may ask of the clinic about their own data: who looked, all that is kept, or to be forgotten."""

import json

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from booking.retention import export, redact


class EraseForm(forms.Form):
    """Nobody's data is taken out by a slip of the hand, or because somebody else rang up."""

    asked = forms.BooleanField(
        label=_("They asked for this, and I made sure that it is they"),
        error_messages={"required": _("Tick this first: what is taken out cannot come back. Nothing was changed.")},
    )


def may_give_data_out(member):
    """Whoever decides how long data is kept also gives it out and takes it out: the manager."""
    return member.has_perm("clinic_site.change_limits")


def show_personal_data(request, admin_site, consultation_request):
    """What can be done, each with its consequence; posted, the data is taken out for good."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        redact(consultation_request, request.user)
        done = _("The personal data of %(reference)s is taken out. What is left is counted, and names nobody.")
        messages.success(request, done % {"reference": consultation_request.reference})
        return HttpResponseRedirect(consultation_request.desk_path)
    context = admin_site.each_context(request) | {
        "title": _("Their own data"),
        "consultation_request": consultation_request,
        "form": form,
        "consultation": consultation_request.consultation,
        "others": consultation_request.same_person(),
    }
    status = 422 if form.errors else 200
    return render(request, "admin/booking/personal_data.html", context, status=status)


def as_file(consultation_request):
    """All that is kept of a request, the notes of staff included, as a file to hand to the patient."""
    kept = json.dumps(export(consultation_request), ensure_ascii=False, indent=2)
    file_name = f"{consultation_request.reference}.json"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return HttpResponse(kept, content_type="application/json; charset=utf-8", headers=headers)
