"""Staff for trying the site out: one of each role, with random passwords that stand in DATA_DIR/staff.json."""

import json
import secrets

from django.conf import settings
from django.db import transaction

from clinic_site.environment import write_secret
from clinic_site.models import StaffMember
from clinic_site.roles import Role, add_staff_member


def staff_file():
    return settings.DATA_DIR / "staff.json"


def add_demonstration_staff():
    """One account a role, made once. A file that was lost is written anew, and its passwords hold."""
    is_new = not staff_file().exists()
    if is_new:
        # First the file, so that no account has a password nobody knows.
        sign_ins = {role.value: {"password": secrets.token_urlsafe(15)} for role in Role}
        write_secret(staff_file(), json.dumps(sign_ins, indent=2))
    sign_ins = json.loads(staff_file().read_text())
    with transaction.atomic():
        for role in Role:
            password = sign_ins[role.value]["password"]
            member = StaffMember.objects.filter(username=role.value).first()
            if member is None:
                add_staff_member(role.value, role, password)
            elif is_new:
                member.set_password(password)
                member.save(update_fields=["password"])
