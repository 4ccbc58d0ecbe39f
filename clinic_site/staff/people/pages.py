"""The manager's screen of people: who works here, and one person with what can be changed about them."""

from functools import wraps
from http import HTTPStatus

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic_site.models import StaffMember
from clinic_site.staff.lock import password_first
from clinic_site.staff.people import changes
from clinic_site.staff.people.open_work import colleagues_of, work_of
from clinic_site.staff.roles import ROLE_WORDS, Role, role_of
from clinic_site.staff.second_factor import with_second_factor
from clinic_site.staff.sessions import open_sessions

PERMISSION = "clinic_site.change_staffmember"


def for_managers(view):
    """Refuse everybody else."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


class PersonForm(forms.ModelForm):
    """Who comes to work here."""

    use_required_attribute = False

    role = forms.ChoiceField(
        label=gettext_lazy("What they may do"),
        choices=Role,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what they may do.")},
    )

    class Meta:
        model = StaffMember
        fields = ["first_name", "username", "email"]
        labels = {
            "first_name": gettext_lazy("Name, as colleagues and timelines show it"),
            "username": gettext_lazy("Sign-in name"),
            "email": gettext_lazy("Email, if there is one: they hear there of guesses at their password"),
        }
        help_texts = {"username": ""}
        error_messages = {"username": {"required": gettext_lazy("Write down the name that they will sign in with.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            self.fields[name].widget.attrs = {"autocomplete": "off"}

    def clean_username(self):
        username = self.cleaned_data["username"]
        if StaffMember.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("Somebody signs in with this name already. Choose another one."))
        return username


class HandOverForm(forms.Form):
    """To whom somebody's open work goes; nothing is chosen beforehand."""

    NOBODY = "nobody"

    to = forms.ChoiceField(
        label=gettext_lazy("What they have open goes to"),
        error_messages={"required": gettext_lazy("Choose who goes on with it. Nothing was changed.")},
    )

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.colleagues = {str(colleague.pk): colleague for colleague in colleagues_of(member)}
        self.work = work_of(member)
        names = [(pk, f"{colleague} ({colleague.username})") for pk, colleague in self.colleagues.items()]
        nobody = (self.NOBODY, _("nobody yet: it stands open for everyone"))
        self.fields["to"].choices = [("", _("choose")), *names, nobody]
        self.fields["to"].required = bool(self.work)

    @property
    def colleague(self):
        return self.colleagues.get(self.cleaned_data["to"])


@for_managers
def people(request):
    """Everybody who works here or did, and the form for whoever comes next."""
    return _show_people(request, PersonForm())


@require_POST
@for_managers
@password_first
def add_person(request):
    """Keep a new colleague, and show their link, once."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _show_people(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    given = form.cleaned_data
    try:
        member, link = changes.add_person(
            request.user, given["role"], given["username"], given["first_name"], given["email"]
        )
    except changes.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:people")
    return _show_person(request, member, link=link)


@for_managers
def person(request, pk):
    """One person: where they are signed in, what is theirs, and what can be changed."""
    return _show_person(request, get_object_or_404(StaffMember, pk=pk))


@require_POST
@for_managers
@password_first
def change_person(request, pk, step):
    """Do what a button of a person's page asks for, and say what came of it; a link is shown once, in the answer."""
    member = get_object_or_404(StaffMember, pk=pk)
    if step not in STEPS:
        raise Http404("no button asks for that")
    try:
        return STEPS[step](request, member)
    except changes.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:person", member.pk)


def _sign_out(request, member):
    changes.sign_out(request.user, member, but=request if member == request.user else None)
    return _done(request, member, _("%(name)s is signed out everywhere.") % {"name": member})


def _reset(request, member):
    return _show_person(request, member, link=changes.reset_sign_in(request.user, member))


def _let_in(request, member):
    return _show_person(request, member, link=changes.let_in_again(request.user, member))


def _deactivate(request, member):
    form = HandOverForm(request.POST, member=member)
    if not form.is_valid():
        return _show_person(request, member, HTTPStatus.UNPROCESSABLE_ENTITY, deactivating=form)
    changes.deactivate(request.user, member, form.colleague)
    return _done(request, member, _("%(name)s can no longer sign in.") % {"name": member})


def _change_role(request, member):
    role, form = request.POST.get("role", ""), HandOverForm(request.POST, member=member)
    if role not in Role.values:
        raise changes.NotAllowed(_("Choose a role first. Nothing was changed."))
    if not form.is_valid():
        return _show_person(request, member, HTTPStatus.UNPROCESSABLE_ENTITY, moving=form, chosen=role)
    changes.change_role(request.user, member, role, form.colleague)
    words = _("%(name)s is now: %(role)s. They were signed out, and have these rights when they sign in again.")
    return _done(request, member, words % {"name": member, "role": Role(role).label})


STEPS = {
    "sign-out": _sign_out,
    "reset": _reset,
    "role": _change_role,
    "deactivate": _deactivate,
    "let-in": _let_in,
}


def _done(request, member, words):
    messages.success(request, words)
    return redirect("admin:person", member.pk)


def _show_people(request, form, status=HTTPStatus.OK):
    everybody = StaffMember.objects.filter(is_staff=True).prefetch_related("groups")
    members = list(everybody.order_by("-is_active", "first_name", "username"))
    have_factor = with_second_factor(members)
    rows = [_row(member, have_factor) for member in members]
    context = admin.site.each_context(request) | {
        "title": _("Who works here"),
        "rows": rows,
        "without_factor": sum(not row["has_factor"] for row in rows if row["member"].is_active),
        "form": form,
        "role_words": [(role, ROLE_WORDS[role]) for role in Role],
    }
    return render(request, "admin/people/people.html", context, status=status)


def _row(member, have_factor):
    role = role_of(member)
    return {
        "member": member,
        "role": role,
        "words": ROLE_WORDS.get(role, ""),
        "seen_at": member.last_seen,
        "has_factor": member.pk in have_factor,
    }


def _show_person(request, member, status=HTTPStatus.OK, link="", **forms_sent):
    """`link` is shown in this one answer and stored nowhere."""
    context = (
        admin.site.each_context(request)
        | _row(member, with_second_factor([member]))
        | {
            "title": str(member),
            "is_self": member == request.user,
            "sessions": open_sessions(member),
            "work": work_of(member),
            "roles": [(role, ROLE_WORDS[role]) for role in Role],
            "deactivating": HandOverForm(member=member, auto_id="deactivate-%s"),
            "moving": HandOverForm(member=member, auto_id="role-%s"),
            "link": link,
        }
        | forms_sent
    )
    return render(request, "admin/people/person.html", context, status=status)
