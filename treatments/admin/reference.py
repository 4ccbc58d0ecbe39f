"""Sources and the glossary: a change is a draft beside what is live, and a clinician signs it."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Length
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from clinic_site.records import RecordAdmin
from treatments.models import Source, Term
from treatments.publishing.signatures import uses_of
from treatments.publishing.signoff import Refused
from treatments.signing.references import draft_change, drop_change, sign_change
from treatments.signing.to_sign import next_after
from treatments.words.comparing import pieces_of
from treatments.words.digest import REFERENCE_FIELDS, digest_of_reference


class ReferenceAdmin(RecordAdmin):
    """The form shows the draft, and beside it what is live, where it stands, and what a clinician signs."""

    change_form_template = "admin/treatments/reference.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        name = f"treatments_{self.opts.model_name}"
        own = [
            path("<int:pk>/sign/", wrap(require_POST(self.sign_view)), name=f"{name}_sign"),
            path("<int:pk>/drop/", wrap(require_POST(self.drop_view)), name=f"{name}_drop"),
        ]
        return own + super().get_urls()

    def get_object(self, request, object_id, from_field=None):
        """As its draft says it: that is what staff go on with."""
        stored = super().get_object(request, object_id, from_field)
        return stored and stored.as_drafted()

    def save_model(self, request, obj, form, change):
        kept = draft_change(obj, request.user)
        obj.pk = kept.pk

    def change_view(self, request, object_id, form_url="", extra_context=None):
        stored = super().get_object(request, object_id)
        if stored is not None and self.has_view_permission(request, stored):
            extra_context = (extra_context or {}) | self._about(request, stored)
        return super().change_view(request, object_id, form_url, extra_context)

    def sign_view(self, request, pk):
        """A clinician approves what the draft says."""
        return self._step(request, pk, "treatments.sign_version", self._sign)

    def drop_view(self, request, pk):
        """The draft goes; what is live stays."""
        return self._step(request, pk, f"treatments.view_{self.opts.model_name}", self._drop)

    def response_add(self, request, obj, post_url_continue=None):
        self._say_that_it_waits(request)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        if type(obj).objects.get(pk=obj.pk).draft:
            self._say_that_it_waits(request)
        return super().response_change(request, obj)

    @admin.display(description=_lazy("state"))
    def state(self, obj):
        if obj.draft is None:
            return _("live")
        words = _("a change waits for a clinician") if obj.is_live else _("new, waits for a clinician")
        return format_html('<span class="copy-state copy-state--in-review">{}</span>', words)

    def _say_that_it_waits(self, request):
        self.message_user(
            request, _("Saved as a draft. Patients read what is live until a clinician has signed the change.")
        )

    def _about(self, request, stored):
        """What differs, where it stands, and who may do what."""
        drafted = stored.as_drafted()
        names = REFERENCE_FIELDS[type(stored)]
        changes = [
            (capfirst(stored._meta.get_field(name).verbose_name), *_old_and_new(stored, drafted, name))
            for name in names
            if stored.draft and (not stored.is_live or getattr(stored, name) != getattr(drafted, name))
        ]
        return {
            "stored": stored,
            "changes": changes,
            "seen": digest_of_reference(drafted),
            "uses": uses_of(stored),
            "may_sign": request.user.has_perm("treatments.sign_version"),
            "may_change": self.has_change_permission(request, stored),
        }

    def _step(self, request, pk, permission, act):
        if not request.user.has_perm(permission):
            raise PermissionDenied
        stored = self.model.objects.filter(pk=pk).first()
        if stored is None:
            raise Http404("no such record")
        here = reverse(f"admin:treatments_{self.opts.model_name}_change", args=[pk])
        following = next_after(stored) if "_next" in request.POST else None
        try:
            self.message_user(request, act(request, stored))
        except Refused as refused:
            self.message_user(request, refused.words, level="WARNING")
            return HttpResponseRedirect(here)
        return HttpResponseRedirect(following.url if following else here)

    def _sign(self, request, stored):
        signed = sign_change(stored, request.user, request.POST.get("seen", ""))
        return _("Signed off: %(name)s. It is live on each page where it stands.") % {"name": signed}

    def _drop(self, request, stored):
        drop_change(stored, request.user)
        return _("The change is dropped. What is live stays as it is.")


def _old_and_new(stored, drafted, name):
    old, new, _both = pieces_of(getattr(stored, name) if stored.is_live else "", getattr(drafted, name))
    return old, new


@admin.register(Source)
class SourceAdmin(ReferenceAdmin):
    list_display = ["key", "title", "publisher", "year", "state"]
    search_fields = ["key", "title", "publisher"]
    ordering = [Length("key"), "key"]

    def get_readonly_fields(self, request, obj=None):
        """A key that copy may cite stays as it is."""
        return ["key"] if obj else []

    def get_changeform_initial_data(self, request):
        """The next free key, as S139."""
        keys = Source.objects.filter(key__regex=r"^S[0-9]+$").values_list("key", flat=True)
        return {"key": f"S{max((int(key[1:]) for key in keys), default=0) + 1}"} | super().get_changeform_initial_data(
            request
        )


@admin.register(Term)
class TermAdmin(ReferenceAdmin):
    list_display = ["term", "meaning", "state"]
    search_fields = ["term", "meaning"]
    prepopulated_fields = {"slug": ["term"]}
