"""Every version of a unit, and any two of them word by word."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from clinic_site.numbers import number_in
from treatments.models import CopyEvent, Version
from treatments.words.comparing import compare
from treatments.words.wording import wordings_of

PAGE = 30
PEOPLE = ["written_by", "signed_by", "sent_by"]


class CopyHistory:
    """Pages of a unit's admin: its history, and the comparison of two versions."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        name = f"treatments_{self.opts.model_name}"
        own = [path("<str:pk>/compare/", wrap(self.compare_view), name=f"{name}_compare")]
        return own + super().get_urls()

    def history_view(self, request, object_id, extra_context=None):
        """Every version, the newest first: who wrote it, when and why, who signed it, and when patients read it."""
        unit = self._unit(request, object_id)
        events = Prefetch("events", CopyEvent.objects.select_related("by"))
        versions = unit.words.select_related(*PEOPLE).prefetch_related(events).order_by("-number")
        page = Paginator(versions, PAGE).get_page(request.GET.get("page"))
        context = self._context(request, unit) | {
            "page": page,
            "newest": unit.newest_version(),
            "may_change": self.has_change_permission(request, unit),
        }
        return render(request, "admin/treatments/history.html", context)

    def compare_view(self, request, pk):
        """Two versions side by side or, with ?as=text, in one text; what is alike stands at the end."""
        unit = self._unit(request, pk)
        newest = unit.newest_version()
        old, new = self._chosen(request, unit, newest)
        wordings = wordings_of([old, new])
        choices = list(unit.words.select_related("written_by").order_by("-number")[:PAGE])
        choices += [each for each in (old, new) if each not in choices]
        context = self._context(request, unit) | {
            "old": old,
            "new": new,
            "newest": newest,
            "diff": compare(wordings[old.pk], wordings[new.pk]),
            "choices": sorted(choices, key=lambda version: -version.number),
            "as_text": request.GET.get("as") == "text",
            "may_change": self.has_change_permission(request, unit),
        }
        return render(request, "admin/treatments/compare.html", context)

    def _chosen(self, request, unit, newest):
        """The two versions that the address names; what is live beside the newest, if it names none."""
        live = unit.words.live_at(timezone.now(), unit.language).first()
        before = unit.words.filter(number__lt=newest.number).order_by("-number").first()
        default = live if live and live != newest else before or newest
        old = self._numbered(request.GET.get("old"), unit) or default
        new = self._numbered(request.GET.get("new"), unit) or newest
        return (old, new) if old.number <= new.number else (new, old)

    def _numbered(self, text, unit) -> Version | None:
        if not text:
            return None
        version = unit.words.select_related(*PEOPLE).filter(number=number_in(text)).first()
        if version is None:
            raise Http404("no such version")
        return version

    def _unit(self, request, object_id):
        unit = self.get_object(request, object_id)
        if unit is None:
            raise Http404("no such page")
        if not self.has_view_permission(request, unit):
            raise PermissionDenied
        return unit

    def _context(self, request, unit):
        return self.admin_site.each_context(request) | {"opts": self.opts, "unit": unit, "title": str(unit)}
