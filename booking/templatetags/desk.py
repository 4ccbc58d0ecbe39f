"""What the desk has to see before all else."""

from django import template

from booking.models import ConsultationRequest, OutboxMail, Quarantine

register = template.Library()


@register.simple_tag
def desk_alerts():
    return {
        "failed_mails": OutboxMail.objects.failed().count(),
        "suspects": ConsultationRequest.objects.filter(quarantine=Quarantine.HELD).count(),
    }
