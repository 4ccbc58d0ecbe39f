"""The address at which a patient follows their request, and those of the desk."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from booking import links
from booking.models.timeline import Event
from booking.states import OPEN


class PrivateLink:
    """Mixed into a request: its private link, how long that works, and how it is made anew."""

    @property
    def token(self):
        return links.token_with_digest(self.link, self.token_digest)

    @property
    def link_is_lost(self):
        """Whether the SECRET_KEY that made the link is gone: the patient's own still opens the page, no other can."""
        return self.token_digest is not None and links.is_lost(self.link, self.token_digest)

    @transaction.atomic
    def renew_link(self, actor, staff=None):
        """Make a new private link; the one before no longer works."""
        self.token_generation += 1
        self.save(update_fields=["token_generation"])
        self.store_token_digest()
        self.record(Event.Kind.NEW_LINK, actor, staff=staff)

    @property
    def link(self):
        return links.private_page(self.pk, self.token_generation)

    @property
    def private_url(self):
        """The whole address of the page on which the patient follows this request."""
        return settings.SITE_URL + reverse("booking:private", args=[self.token])

    @property
    def desk_url(self):
        """The whole address at which staff find this request, for those who may."""
        return settings.SITE_URL + self.desk_path

    @property
    def desk_path(self):
        return reverse("admin:booking_consultationrequest_change", args=[self.pk])

    @property
    def private_page_for_staff(self):
        """The whole address at which staff see the patient's page, and press its buttons in their own name."""
        return settings.SITE_URL + reverse("admin:booking_consultationrequest_private", args=[self.pk])

    @property
    def link_ends_at(self):
        """The moment after which the private link no longer opens the page; None while the request is open."""
        return None if self.state in OPEN else self.state_since + settings.LINK_LIVES_ON

    @property
    def link_works(self):
        return self.link_ends_at is None or timezone.now() < self.link_ends_at

    def get_received_url(self):
        return reverse("booking:received", args=[self.token])

    def store_token_digest(self):
        """Keep the digest of this generation's token, so that its link opens the request."""
        self.token_digest = links.digest_of(links.token_for(self.link, settings.SECRET_KEY))
        self.save(update_fields=["token_digest"])
