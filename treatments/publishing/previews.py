"""Links under which somebody without an account reads a draft in its real page."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from clinic_site.languages import addresses_in
from treatments.models import PreviewLink

LIVES = timedelta(days=7)
_signer = signing.Signer(sep="~", salt="treatments.preview")


def make_link(unit, by):
    now = timezone.now()
    return PreviewLink.objects.create(
        unit=unit, language=unit.language, made_by=by, made_at=now, expires_at=now + LIVES
    )


def address_of(link):
    """The address: signed, so that none can be guessed or changed."""
    with addresses_in(link.language):
        return reverse("treatments:preview", args=[_signer.sign(str(link.pk))])


def link_at(token):
    """The open link of a token in the language of the address; None where it is wrong, has ended or was revoked."""
    try:
        pk = _signer.unsign(token)
    except signing.BadSignature:
        return None
    open_links = PreviewLink.objects.open_at(timezone.now()).select_related("unit__treatment")
    return open_links.filter(pk=pk, language=get_language()).first()


def revoke_links(unit):
    """End every open link of a unit in its language; returns how many there were."""
    now = timezone.now()
    return PreviewLink.objects.open_at(now).of(unit).update(revoked_at=now)
