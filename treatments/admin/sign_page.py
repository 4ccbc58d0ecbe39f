"""The pages of a clinician: all that waits for them, and one of it whole, unfolded, with the buttons in reach."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic_site.numbers import number_in
from treatments.models import CopyEvent, Unit, Version
from treatments.models.live import ANY
from treatments.publishing.signoff import REVIEW_AFTER
from treatments.signing.reading import Reading
from treatments.signing.to_sign import all_to_sign, next_after
from treatments.words.checking import References, grade_of, remarks_on
from treatments.words.disagreeing import said_elsewhere
from treatments.words.length import MOST_WORDS, words_in_sight
from treatments.words.references import is_signed, signature_of
from treatments.words.remarks import stops_of


class SignPage:
    """A page of a unit's admin: one version as it is signed."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        name = f"treatments_{self.opts.model_name}_read"
        return [path("<str:pk>/read/", wrap(require_safe(self.read_view)), name=name), *super().get_urls()]

    def read_view(self, request, pk):
        """
        The version that the address names, else the newest, as far as patients read it or may: everything unfolded,
        what is new marked.
        """
        unit = self.get_object(request, pk)
        if unit is None:
            raise Http404("no such page")
        if not self.has_view_permission(request, unit):
            raise PermissionDenied
        version = _version_in(request, unit)
        reading = Reading(version)
        remarks = remarks_on(reading.wording, unit, References.load(reading.shelf, beside=said_elsewhere(unit)))
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "unit": unit,
            "title": version.title,
            "version": version,
            "reading": reading,
            "remarks": remarks,
            "stops": stops_of(remarks),
            "advice": [remark for remark in remarks if not remark.stops],
            "allowed": [remark for remark in remarks if remark.allowed],
            "words": words_in_sight(reading.wording),
            "most": MOST_WORDS.get(Unit.Kind(unit.kind)),
            "grade": grade_of(reading.wording),
            "signature": signature_of(reading.wording, reading.shelf),
            "is_signed": is_signed(version, reading.wording, reading.shelf),
            "is_newest": not unit.versions.filter(language=version.language, number__gt=version.number).exists(),
            "said": _said_of(version),
            "review_after": REVIEW_AFTER.items(),
            "may_sign": request.user.has_perm("treatments.sign_version"),
        }
        return render(request, "admin/treatments/read.html", context | _place_in_list(version))


class ToSignPage:
    """A page of the list of sections: all that waits for a clinician, and every page of the guide."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [path("to-sign/", wrap(require_safe(self.to_sign_view)), name="treatments_to_sign")]
        return own + super().get_urls()

    def to_sign_view(self, request):
        if not request.user.has_perm("treatments.view_version"):
            raise PermissionDenied
        live = Version.objects.live_at(timezone.now(), ANY).select_related("unit__treatment", "signed_by")
        context = self.admin_site.each_context(request) | {
            "title": _("To sign"),
            "waiting": all_to_sign(),
            "pages": live.order_by("unit__kind", "unit__position", "language"),
            "may_sign": request.user.has_perm("treatments.sign_version"),
        }
        return render(request, "admin/treatments/to_sign.html", context)


def _version_in(request, unit):
    """The version that the address names, or the newest."""
    if "version" not in request.GET:
        return unit.words.select_related("unit__treatment", "signed_by").order_by("-number").first()
    pk = number_in(request.GET["version"])
    version = unit.words.select_related("unit__treatment", "signed_by", "sent_by").filter(pk=pk).first()
    if version is None:
        raise Http404("no such version of this page")
    return version


def _place_in_list(version):
    """How many wait, which one this is, and what comes next."""
    waiting = all_to_sign()
    places = [number for number, each in enumerate(waiting, start=1) if each.record == version]
    return {
        "waiting": waiting,
        "place": places[0] if places else 0,
        "item": waiting[places[0] - 1] if places else None,
        "onward": next_after(version, waiting),
    }


def _said_of(version):
    """What people said of it: beside the draft, and when it was sent or sent back."""
    words = version.unit.in_language(version.language).words
    said = words.filter(number__lte=version.number).values("pk")
    events = CopyEvent.objects.filter(version__in=said).exclude(words="").select_related("by", "version")
    kinds = [CopyEvent.Kind.COMMENT, CopyEvent.Kind.SENT_BACK, CopyEvent.Kind.ALLOWED]
    since = words.exclude(signed_at=None).filter(number__lt=version.number).order_by("-number").first()
    return list(events.filter(kind__in=kinds, version__number__gt=since.number if since else 0).order_by("-pk")[:10])
