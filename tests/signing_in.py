"""Signed in without the door: for tests of what is behind it."""

import time
from datetime import timedelta

from django.utils import timezone

from clinic_site.models import StaffSession
from clinic_site.staff.session_store import digest_of

ALL_DAY = timedelta(days=3650)


def sign_in(client, member):
    """
    Have a client be inside as that member: with a second factor in its session, at a desk that does not lock by itself.

    As a member of staff is who has come through the door, but for the time that its hash takes.
    """
    client.force_login(member)
    session = client.session
    now = time.time()
    session["role"] = ", ".join(member.groups.values_list("name", flat=True))
    session["account_authentication_methods_user"] = str(member.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": now + ALL_DAY.total_seconds()},
        {"method": "mfa", "at": now, "type": "totp"},
    ]
    session.save()
    row = StaffSession.objects.filter(pk=digest_of(session.session_key))
    row.update(seen_at=timezone.now() + ALL_DAY)
