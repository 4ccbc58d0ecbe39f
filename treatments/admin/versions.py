"""The page on which a unit's words and rows are edited. Saving makes the next version; none is ever overwritten."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from treatments.models import Claim, Finding, Passage, Source, Unit, Version
from treatments.models.rows import ROW_MODELS

REQUIRED_OF_A_BENEFIT = {"limits", "risks", "who-should-not", "when-to-call", "alternatives"}


class VersionForm(forms.ModelForm):
    class Meta:
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 2, "cols": 80}),
            "synonyms": forms.Textarea(attrs={"rows": 2, "cols": 80}),
            "lead": forms.Textarea(attrs={"rows": 4, "cols": 80}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "why" in self.fields:
            self.initial["why"] = ""  # the reason for the last change is not the reason for the next

    def clean(self):
        """Refuse to build on words that are no longer the newest; what was typed stays in the page."""
        # Two saves at the same moment take turns, so that the second sees the first.
        Unit.objects.select_for_update().get(pk=self.instance.unit_id)
        if not self.instance.is_newest:
            raise ValidationError(
                _(
                    "Somebody else has saved this text since you opened it, so yours was not saved. It is still below: "
                    "open the newest version in another window, and bring your changes over."
                )
            )
        return super().clean()


class ClaimForm(forms.ModelForm):
    sources = forms.ModelMultipleChoiceField(
        label=_("sources"),
        queryset=Source.objects.all(),
        widget=forms.SelectMultiple(attrs={"size": 6}),
        error_messages={"required": _("A claim needs at least one source. Choose it here, or add it under Sources.")},
    )


class RowFormSet(BaseInlineFormSet):
    """Rows of the version that is being edited; saved as rows of the next one."""

    def clean(self):
        """A benefit's claims, limits and risks may be reworded, not taken away."""
        super().clean()
        if self.instance.unit.kind != Unit.Kind.BENEFIT or any(self.errors):
            return
        had = {form.instance.key for form in self.initial_forms}
        kept = {form.cleaned_data.get("key") for form in self.forms if form not in self.deleted_forms}
        if self.model is Claim and had and not kept - {None}:
            raise ValidationError(_("A benefit needs at least one claim. Keep one, or write another first."))
        if self.model is Passage and (missing := REQUIRED_OF_A_BENEFIT & had - kept):
            raise ValidationError(
                _("A benefit needs these passages: %(keys)s. Keep them, and change their words if they are wrong.")
                % {"keys": ", ".join(sorted(missing))}
            )

    def save_to(self, twin, twins):
        """Write the edit to the next version, whose rows are the values of `twins`."""
        for form in self.initial_forms:
            form.instance.pk = twins[form.instance].pk
            form.instance.version = twin
        self.instance = twin
        if self.model is Finding:
            self._follow_claims(twins)
        return self.save()

    def _follow_claims(self, twins):
        """A finding stands behind the new version's claim; one whose claim was just deleted goes with it."""
        kept = set(Claim.objects.filter(version=self.instance).values_list("pk", flat=True))
        for form in self.forms:
            if form.instance.claim_id:
                form.instance.claim = twins[form.instance.claim]
                if form.instance.claim_id not in kept:
                    form.changed_data = []


def inline_for(row_model):
    class RowInline(admin.StackedInline):
        model = row_model
        formset = RowFormSet
        form = ClaimForm if row_model is Claim else forms.ModelForm
        extra = 0
        classes = ["collapse"] if row_model is not Passage else []

        def formfield_for_foreignkey(self, db_field, request, **kwargs):
            if db_field.name == "claim":
                version = request.resolver_match.kwargs.get("object_id")
                kwargs["queryset"] = Claim.objects.filter(version=version)
            return super().formfield_for_foreignkey(db_field, request, **kwargs)

    return RowInline


INLINES = {model: inline_for(model) for model in ROW_MODELS}


@admin.register(Version)
class VersionAdmin(admin.ModelAdmin):
    form = VersionForm
    fields = ["title", "heading", "lead", "summary", "synonyms", "why"]
    list_display = ["title", "unit", "number", "live_from", "live_until", "written_by"]
    list_select_related = ["unit", "written_by"]
    change_form_template = "admin/treatments/version_change.html"

    def get_model_perms(self, request):
        return {}  # reached from the lists of units, so the index does not name it

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        """Past versions are read-only. A late save of one is let through to the form, which says what happened."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or request.method == "POST" or obj.is_newest)

    def get_inlines(self, request, obj):
        """The kinds of rows that this unit uses, in the order of the page."""
        if obj is None:
            return []
        used = [model for model in ROW_MODELS if model is Passage or model.objects.filter(version=obj).exists()]
        return [INLINES[model] for model in used]

    def get_inline_instances(self, request, obj=None):
        """A row may be edited by whoever may edit its version."""
        inlines = super().get_inline_instances(request, None) if obj is None else []
        for inline_class in self.get_inlines(request, obj):
            inline = inline_class(self.model, self.admin_site)
            may = self.has_change_permission(request, obj)
            for action in ("add", "change", "delete"):
                setattr(inline, f"has_{action}_permission", lambda request, obj=None, may=may: may)
            inline.has_view_permission = lambda request, obj=None: True
            inlines.append(inline)
        return inlines

    def save_model(self, request, obj, form, change):
        """What was typed becomes the next version; the one that was read until now stays as it was."""
        twin, form.twins = Version.objects.get(pk=obj.pk).copy(written_by=request.user)
        for name in ("pk", "number", "live_from", "live_until", "written_by", "written_at", "shipped"):
            setattr(obj, name, getattr(twin, name))
        obj.save()

    def response_change(self, request, obj):
        """Saving and going on goes on with the version that was made."""
        if "_continue" in request.POST:
            request.path = reverse("admin:treatments_version_change", args=[obj.pk])
        return super().response_change(request, obj)

    def save_formset(self, request, form, formset, change):
        formset.save_to(form.instance, form.twins)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.go_live()
