"""The four kinds of staff. Each app says in its AppConfig what a role may do with its records."""

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A role is a group of this name."""

    FRONT_DESK = "frontdesk", _("Front desk")
    MARKETING = "marketing", _("Marketing")
    CLINICIAN = "clinician", _("Clinician")
    MANAGER = "manager", _("Manager")


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
    from django.contrib.auth.models import Group, Permission

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
    from django.contrib.auth.models import Group

    from clinic_site.models import StaffMember

    member = StaffMember.objects.create_user(username, password=password, is_staff=True)
    member.groups.set([Group.objects.get(name=Role(role).label)])
    return member
