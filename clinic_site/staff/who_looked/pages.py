"""The screen, and its two buttons."""

from datetime import timedelta
from functools import wraps

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from huey.contrib.djhuey import db_task

from clinic_site.audit.pages import Page, register_pages
from clinic_site.audit.subjects import find_subject
from clinic_site.audit.verifying import verify_and_note
from clinic_site.breaker import breaker_of
from clinic_site.dates import midnight
from clinic_site.models import AuditCheck, AuditEntry, StaffMember
from clinic_site.numbers import number_in
from clinic_site.staff.who_looked.entries import SHOWN, by_day, lines_of, looks_at, today_by_person

PERMISSION = "clinic_site.view_auditentry"
DAYS_AT_FIRST = 7
LAST_PAGE = 10_000
Action = AuditEntry.Action
KINDS = {
    "looked": [Action.LOOKED],
    "searched": [Action.SEARCHED],
    "out": [Action.PRINTED, Action.EXPORTED],
    "changed": [Action.PRESSED, Action.RIGHTS, Action.COPY],
    "signed": [Action.SIGNED_IN, Action.SIGNED_OUT, Action.REFUSED],
}
queue = breaker_of(settings.REDIS_URL or "The queue")

register_pages({"who_looked": Page(gettext_lazy("Read who looked at what"))})


class ShowForm(forms.Form):
    """What is shown: of one request, of one person, of which kind, of which days."""

    use_required_attribute = False

    request = forms.CharField(label=gettext_lazy("One request"), max_length=12, required=False)
    by = forms.ModelChoiceField(
        label=gettext_lazy("Or one person who works here"),
        queryset=StaffMember.objects.filter(is_staff=True).order_by("first_name", "username"),
        required=False,
        empty_label=gettext_lazy("Anybody"),
    )
    what = forms.MultipleChoiceField(
        label=gettext_lazy("What"),
        choices=[
            ("looked", gettext_lazy("Looked")),
            ("searched", gettext_lazy("Searched")),
            ("out", gettext_lazy("Printed, exported")),
            ("changed", gettext_lazy("Changed")),
            ("signed", gettext_lazy("Signed in")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}), required=False)
    last = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput({"type": "date"}), required=False)

    def clean_request(self):
        """The request whose reference was typed; None where none was."""
        typed = self.cleaned_data["request"].strip()
        found = find_subject(typed) if typed else None
        if typed and found is None:
            raise forms.ValidationError(_("No request has this reference. Look at it again."))
        return found


def for_managers(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@for_managers
def who_looked(request):
    """Who looked at what, newest first."""
    form = ShowForm(request.GET if request.GET else None)
    chosen = form.cleaned_data if form.is_valid() else {}
    subject = chosen.get("request")
    first, last = _days(chosen, subject)
    entries = _entries(chosen, subject, first, last)
    page = min(max(1, number_in(request.GET.get("page")) or 1), LAST_PAGE)
    shown = list(entries[SHOWN * (page - 1) : SHOWN * page + 1])
    context = admin.site.each_context(request) | {
        "title": _("Who looked at what"),
        "form": form,
        "what": chosen.get("what") or list(KINDS),
        "first": first,
        "last": last,
        "subject": subject,
        "looks": looks_at(entries) if subject else None,
        "days": by_day(lines_of(shown[:SHOWN], subject)),
        "older": _address_of(request, page + 1) if len(shown) > SHOWN else "",
        "newer": _address_of(request, page - 1) if page > 1 else "",
        "check": AuditCheck.objects.first(),
        "people": today_by_person(),
        "today": timezone.localdate(),
    }
    return render(request, "admin/who_looked/who_looked.html", context, status=422 if form.errors else 200)


@require_POST
@for_managers
def verify_now(request):
    """Have the worker read the whole audit again; the screen says what it found."""
    if queue.ask(lambda: verify_the_audit() or True, otherwise=False):
        messages.success(request, _("The audit is being read again. Open this page anew in a moment."))
    else:
        messages.error(request, _("The worker cannot be asked just now. It verifies each night by itself."))
    return redirect("admin:who_looked")


@db_task()
def verify_the_audit():
    verify_and_note()


def _days(chosen, subject):
    """The first and the last day: as chosen, else from the day on which the request came, or the last week."""
    last = chosen.get("last") or timezone.localdate()
    since = timezone.localdate(subject.since) if subject else last - timedelta(days=DAYS_AT_FIRST - 1)
    return chosen.get("first") or min(since, last), last


def _entries(chosen, subject, first, last):
    actions = [action for kind in chosen.get("what") or KINDS for action in KINDS[kind]]
    entries = AuditEntry.objects.filter(at__gte=midnight(first), at__lt=midnight(last + timedelta(days=1)))
    entries = entries.filter(action__in=actions).order_by("-at", "-pk")
    if chosen.get("by"):
        entries = entries.filter(staff=chosen["by"])
    return entries.about(subject.pk) if subject else entries


def _address_of(request, page):
    query = request.GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"
