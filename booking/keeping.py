"""What a restored backup owes to patients: whoever was erased since is erased again, and their links open."""

from booking.models import ConsultationRequest
from booking.retention import ERASURE, redact
from clinic_site.health.checks import Level, health_check
from clinic_site.keeping.erasures import register_erasable
from clinic_site.keeping.restoring import check_after_restore


def erasures_done():
    """Number and time of each erasure so far."""
    return ConsultationRequest.objects.exclude(redacted_at=None).values_list("pk", "redacted_at").iterator()


def erase_again(pk, erased_at) -> bool:
    """Redact the request of that number. One that came later only has the number of the erased one."""
    # Its words are not read: they may be of a key that is lost.
    unread = ConsultationRequest.objects.defer("concern", "safety", "needs", "for_you")
    erased = unread.filter(pk=pk, redacted_at=None, received_at__lte=erased_at).first()
    if erased is None:
        return False
    redact(erased)
    return True


register_erasable(ERASURE, erasures_done, erase_again)


@check_after_restore
@health_check("private links", Level.TROUBLE)
def links_that_do_not_open():
    """The newest private link has to be one that the keys make."""
    linked = ConsultationRequest.objects.exclude(token_digest=None).only("token_digest", "token_generation")
    newest = linked.order_by("pk").last()
    if newest is None:
        return ""
    try:
        _token = newest.token
    except LookupError:
        return "SECRET_KEY is not the one that private links were made with: put that one into SECRET_KEY_FALLBACKS."
    return ""
