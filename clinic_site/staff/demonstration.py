"""Staff for trying the site out: one of each role. How each signs in stands in DATA_DIR/staff.json."""

import json
import secrets

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string

from clinic_site.environment import write_secret
from clinic_site.models import StaffMember
from clinic_site.staff.roles import Role, add_staff_member
from clinic_site.staff.second_factor import has_authenticator, set_authenticator, set_recovery_codes


def staff_file():
    return settings.DATA_DIR / "staff.json"


def add_demonstration_staff():
    """
    One account a role, made once, with its password, its authenticator's secret and its recovery codes in the file.

    A file that was lost is written anew, and what stands in it holds. One that an earlier version wrote keeps its
    passwords and gains the rest.
    """
    kept = json.loads(staff_file().read_text()) if staff_file().exists() else {}
    sign_ins = {role.value: _new_sign_in() | kept.get(role.value, {}) for role in Role}
    if sign_ins != kept:
        # First the file, so that no account has a password nobody knows.
        write_secret(staff_file(), json.dumps(sign_ins, indent=2))
    with transaction.atomic():
        for role in Role:
            _bring_up_to_date(
                role, sign_ins[role.value], changed=sign_ins[role.value].keys() - kept.get(role.value, {})
            )


def _new_sign_in():
    return {
        "password": secrets.token_urlsafe(15),
        "totp": generate_totp_secret(),
        "recovery_codes": [get_random_string(8, "0123456789") for _number in range(settings.MFA_RECOVERY_CODE_COUNT)],
    }


def _bring_up_to_date(role, sign_in, changed):
    """Give an account what is new in the file or was never given to it, and everything if it is not there."""
    member = StaffMember.objects.filter(username=role.value).first()
    if member is None:
        member = add_staff_member(role.value, role, sign_in["password"])
    if "password" in changed:
        member.set_password(sign_in["password"])
        member.save(update_fields=["password"])
    if changed & {"totp", "recovery_codes"} or not has_authenticator(member):
        set_authenticator(member, sign_in["totp"])
        set_recovery_codes(member, sign_in["recovery_codes"])
