"""The four kinds of staff. Each app says in its AppConfig what a role may do with its records."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic_site.models import StaffMember
from clinic_site.staff.sessions import end_sessions


class Role(models.TextChoices):
    """A role is a group of this name."""

    FRONT_DESK = "frontdesk", _("Front desk")
    MARKETING = "marketing", _("Marketing")
    CLINICIAN = "clinician", _("Clinician")
    MANAGER = "manager", _("Manager")


# What each may do and see, and what they do not: for the manager who gives it to somebody.
ROLE_WORDS = {
    Role.FRONT_DESK: _(
        "Answers requests, offers and books times, calls patients. Sees what patients write and every note. "
        "No copy, no hours, no people."
    ),
    Role.MARKETING: _(
        "Writes drafts and chooses when they go live. Sees figures that name nobody. No request, no name of a patient."
    ),
    Role.CLINICIAN: _(
        "Signs copy off and answers the desk’s questions. Sees requests with what patients write, and changes none."
    ),
    Role.MANAGER: _(
        "Does what the desk and marketing do, and looks after people, hours, closed days and absences. Sees everything "
        "but signs no copy."
    ),
}


def role_of(member):
    """The role of a member of staff, or None."""
    names = [group.name for group in member.groups.all()]
    return next((role for role in Role if role.label in names), None)


def addresses_of(role):
    """The email addresses of those in a role who work here now, in order."""
    members = StaffMember.objects.filter(is_active=True, groups__name=Role(role).label).exclude(email="")
    return list(members.order_by("pk").values_list("email", flat=True))


def permissions_of(role):
    """Every (app label, codename) that the apps grant to a role."""
    return {
        (app.label, f"{action}_{model}")
        for app in apps.get_app_configs()
        for action, models_ in getattr(app, "staff_permissions", {}).get(role, {}).items()
        for model in models_
    }


def set_up_roles(sender=None, **kwargs):
    """Give each role exactly the permissions that the apps grant it. Runs after each migration, and can run twice."""
    for role in Role:
        wanted = permissions_of(role)
        every = Permission.objects.filter(codename__in={codename for _app, codename in wanted})
        granted = [p for p in every.select_related("content_type") if (p.content_type.app_label, p.codename) in wanted]
        if len(granted) < len(wanted):
            have = {(p.content_type.app_label, p.codename) for p in granted}
            raise LookupError(f"{role.label} is granted permissions that do not exist: {sorted(wanted - have)}")
        group, _made = Group.objects.get_or_create(name=role.label)
        group.permissions.set(granted)


def add_staff_member(username, role, password=None):
    """A new member of staff in that role; without a password the account waits for its enrolment link."""
    member = StaffMember.objects.create_user(username, password=password, is_staff=True)
    set_role(member, role)
    return member


def set_role(member, role):
    """Have somebody be in this role alone; they sign in anew, so no page of the role before stays open."""
    member.groups.set([Group.objects.get(name=Role(role).label)])
    end_sessions(member)
