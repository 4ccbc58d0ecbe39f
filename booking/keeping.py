"""What a restored backup owes to patients: whoever was erased since is erased again, and their links open."""

from booking.models import ConsultationRequest
from booking.retention import ERASURE, redact
from booking.states import OPEN
from clinic_site.health.checks import Level, health_check
from clinic_site.keeping.erasures import register_erasable
from clinic_site.keeping.restoring import check_after_restore


def erasures_done():
    """Number and time of each erasure so far."""
    return ConsultationRequest.objects.exclude(redacted_at=None).values_list("pk", "redacted_at").iterator()


def erase_again(pk, erased_at) -> bool:
    """Redact the request of that number. One that came later only has the number of the erased one."""
    erased = ConsultationRequest.objects.filter(pk=pk, redacted_at=None, received_at__lte=erased_at).first()
    if erased is None:
        return False
    redact(erased)
    return True


register_erasable(ERASURE, erasures_done, erase_again)


@check_after_restore
@health_check("private links", Level.STOP, at_start=True)
def links_that_do_not_open():
    """The newest private link and the oldest of an open request have to be ones that the keys make."""
    linked = ConsultationRequest.objects.exclude(token_digest=None).only("token_digest", "token_generation")
    newest, oldest = linked.order_by("pk").last(), linked.filter(state__in=OPEN).order_by("pk").first()
    if any(one is not None and one.link_is_lost for one in (newest, oldest)):
        return (
            "SECRET_KEY is not the one that private links were made with: put that one into SECRET_KEY_FALLBACKS. "
            "If it is lost, run manage.py renew_links, which makes new links and mails them."
        )
    return ""
