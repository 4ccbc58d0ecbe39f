"""The second factor: an authenticator app, passkeys, recovery codes. The library keeps them; what it asks is here."""

import time

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare
from qrcode import QRCode

from clinic_site.models import Clinic
from clinic_site.security.encryption import cipher
from clinic_site.staff.sessions import end_sessions

STEP = 30  # seconds that a code of an authenticator app lasts
KINDS_OF_CODE = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
RECOVERY_CODES = Authenticator.Type.RECOVERY_CODES


class FactorAdapter(DefaultMFAAdapter):
    """Secrets under the keys of FIELD_KEYS, and the clinic's name in apps and passkeys."""

    def encrypt(self, text):
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user):
        return user.get_username()

    def _get_site_name(self):
        return Clinic.profile().name


def with_second_factor(members):
    """Of these members, the ids of those who have an authenticator app or a passkey; recovery codes alone are none."""
    factors = Authenticator.objects.filter(user__in=members).exclude(type=RECOVERY_CODES)
    return set(factors.values_list("user_id", flat=True))


def has_second_factor(user):
    return bool(with_second_factor([user]))


def has_authenticator(user):
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


@transaction.atomic
def reset_second_factor(user):
    """Take somebody's second factor away: they are signed out, and set up a new one when they next sign in."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)


@transaction.atomic
def set_authenticator(user, secret, used_step=0):
    """Have the app that holds this secret be somebody's, in place of the one before."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    data = {"secret": encrypt(secret), "used_step": used_step}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)


@transaction.atomic
def set_recovery_codes(user, codes=None):
    """Give somebody ten new recovery codes, or these; the ones before end. Returns them."""
    Authenticator.objects.filter(user=user, type=RECOVERY_CODES).delete()
    if codes:
        data = {"migrated_codes": [encrypt(code) for code in codes], "used_mask": 0}
        Authenticator.objects.create(user=user, type=RECOVERY_CODES, data=data)
        return codes
    return RecoveryCodes.activate(user).get_unused_codes()


def recovery_codes_left(user):
    """Those that were not used yet."""
    kept = Authenticator.objects.filter(user=user, type=RECOVERY_CODES).first()
    return kept.wrap().get_unused_codes() if kept else []


@transaction.atomic
def use_code(user, code):
    """
    The factor that a typed code belongs to, or None. A code is good once.

    The library remembers used codes in the cache, which may forget, and for less time than they are valid: the newest
    step that was used is kept beside the secret instead, and no step up to it is good again.
    """
    code = "".join(filter(str.isalnum, code))
    for factor in Authenticator.objects.select_for_update().filter(user=user, type__in=KINDS_OF_CODE).order_by("-type"):
        if factor.type == Authenticator.Type.TOTP:
            step = step_of(decrypt(factor.data["secret"]), code, after=factor.data.get("used_step", 0))
            if step:
                factor.data["used_step"] = step
                factor.save(update_fields=["data"])
                return factor
        elif factor.wrap().validate_code(code):
            return factor
    return None


def step_of(secret, code, after=0):
    """The step at which an app with this secret shows the code, within the tolerance and after an earlier one."""
    later = [step for step in _steps_now() if step > after]
    return next((step for step in later if constant_time_compare(code_at(secret, step), code)), None)


def unused_code(user):
    """A code that somebody's app shows now or next and that was not used yet, or None: then a moment has to pass."""
    factor = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    fresh = max(_step_now(), factor.data.get("used_step", 0) + 1)
    return code_at(decrypt(factor.data["secret"]), fresh) if fresh in _steps_now() else None


def code_at(secret, step):
    return format_hotp_value(hotp_value(secret, step))


def key_uri(user, secret):
    """What an authenticator app reads from the picture."""
    return FactorAdapter().build_totp_url(user, secret)


def qr_path(text):
    """A QR code as the path of an SVG, and the length of its side: nothing but squares of one."""
    picture = QRCode(border=4)
    picture.add_data(text)
    rows = picture.get_matrix()
    squares = [(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return "".join(f"M{x} {y}h1v1h-1z" for x, y in squares), len(rows)


def _step_now():
    return int(time.time()) // STEP


def _steps_now():
    tolerance = settings.MFA_TOTP_TOLERANCE
    return range(_step_now() - tolerance, _step_now() + tolerance + 1)
