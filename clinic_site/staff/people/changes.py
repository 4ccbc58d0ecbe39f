"""
What a manager changes about people. Each change holds at once, and ends what was open for that person.

A manager changes others and never themselves, and is a manager still at the moment of the change. So one who can sign
in is always left, also when two take each other's rights away at the same time.
"""

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from clinic_site.audit.recording import Action, record
from clinic_site.models import StaffMember
from clinic_site.staff.enrolment import enrolment_link
from clinic_site.staff.people.open_work import hand_over
from clinic_site.staff.roles import Role, add_staff_member, set_role
from clinic_site.staff.second_factor import reset_second_factor
from clinic_site.staff.sessions import end_sessions


class NotAllowed(Exception):
    """Nothing was changed; the words say why."""


@transaction.atomic
def add_person(by, role, username, name="", email=""):
    """A new colleague in a role; returns them and the link with which they come in."""
    _begin(by)
    member = add_staff_member(username, role)
    member.first_name, member.email = name, email
    member.save(update_fields=["first_name", "email"])
    _note(by, "added", member, role=role)
    return member, enrolment_link(member)


@transaction.atomic
def reset_sign_in(by, member):
    """Password, second factor and sessions of somebody end; returns the link with which they come in anew."""
    _begin(by, member)
    if not member.is_active:
        raise NotAllowed(_("They cannot sign in at the moment. Let them in again first. Nothing was changed."))
    _note(by, "reset", member)
    return _new_link(member)


@transaction.atomic
def change_role(by, member, role, to=None):
    """Somebody does other work from now on; what they may not do any more goes to a colleague, or to nobody."""
    _begin(by, member)
    set_role(member, role)
    _note(by, "role", member, role=role)
    changed = StaffMember.objects.get(pk=member.pk)  # without the rights that were looked up before
    hand_over(changed, to, by, unless_allowed=True)


@transaction.atomic
def deactivate(by, member, to=None):
    """Somebody can no longer sign in; their work goes to a colleague, or to nobody. Nothing that they did goes away."""
    _begin(by, member)
    member.is_active = False
    member.set_unusable_password()
    member.save(update_fields=["is_active", "password"])
    reset_second_factor(member)  # and their sessions
    member.unsaved_words.all().delete()
    _note(by, "deactivated", member)
    hand_over(member, to, by)


@transaction.atomic
def sign_out(by, member, but=None):
    """Somebody is signed out everywhere; `but` is a request whose own session stays."""
    _note(by, "signed-out", member)
    end_sessions(member, but=but)


@transaction.atomic
def let_in_again(by, member):
    """Somebody who was deactivated works here again; returns the link with which they come in."""
    _begin(by, member)
    member.is_active = True
    member.save(update_fields=["is_active"])
    _note(by, "let-in", member)
    return _new_link(member)


def _new_link(member):
    member.set_unusable_password()
    member.save(update_fields=["password"])
    reset_second_factor(member)  # and their sessions
    return enrolment_link(member)


def _note(by, step, member, **more):
    record(Action.RIGHTS, by, page="people", details={"step": step, "member": member.pk, **more})


def _begin(by, member=None):
    """One change at a time, by somebody who is a manager at this very moment, and never of themselves."""
    manager = Group.objects.select_for_update().get(name=Role.MANAGER.label)
    if member == by:
        raise NotAllowed(_("Nobody changes their own rights here: ask another manager. Nothing was changed."))
    if not manager.user_set.filter(pk=by.pk, is_active=True, is_staff=True).exists():
        raise NotAllowed(_("You are not a manager any more. Nothing was changed."))
    if member is not None:
        member.refresh_from_db()
