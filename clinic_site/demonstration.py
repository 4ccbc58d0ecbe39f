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
    """One account a role, made once. The file is written first, so that no account has a password nobody knows."""
    if staff_file().exists():
        sign_ins = json.loads(staff_file().read_text())
    else:
        sign_ins = {role.value: {"password": secrets.token_urlsafe(15)} for role in Role}
        write_secret(staff_file(), json.dumps(sign_ins, indent=2))
    with transaction.atomic():
        for role in Role:
            if not StaffMember.objects.filter(username=role.value).exists():
                add_staff_member(role.value, role, sign_ins[role.value]["password"])
