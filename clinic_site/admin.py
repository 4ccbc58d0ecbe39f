"""The clinic's own records, for the manager. Hours and closed days are changed where it shows whom that touches."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic_site.models import Banner, Clinic, Limits, Notice, TeamMember

# What a person may do, and how they come in, is changed on the screen of people and by the steps of the door alone.
admin.site.unregister([EmailAddress, Authenticator, Group])


class ClinicForm(forms.ModelForm):
    """The profile; languages are ticked by their names."""

    languages = forms.MultipleChoiceField(
        label=capfirst(Clinic._meta.get_field("languages").verbose_name),
        help_text=Clinic._meta.get_field("languages").help_text,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        if "languages" in self.fields:  # who may only look has none
            self.fields["languages"].choices = known


@admin.register(Clinic)
class ClinicAdmin(admin.ModelAdmin):
    form = ClinicForm
    list_display = ["name", "phone_day", "is_sample"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["name", "place", "is_sample"]}),
        ("Reaching the clinic", {"fields": ["street", "city_line", "phone_day", "phone_after_hours"]}),
        ("Finding the clinic", {"fields": ["getting_here", "parking", "access", "map_link"]}),
        ("Requests", {"fields": ["desk_email", "answer_within", "form_takes_concern", "form_asks_safety"]}),
        ("Consultations", {"fields": ["consultation_minutes", "offers_hold_for", "notice_hours", "self_pick"]}),
        ("Honesty", {"fields": ["who_pays"]}),
        ("Languages", {"fields": ["languages"]}),
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Clinic.objects.exists()


@admin.register(Limits)
class LimitsAdmin(admin.ModelAdmin):
    fieldsets = [
        (
            _("How much is taken"),
            {"fields": ["from_source", "from_source_a_day", "in_all_an_hour", "holds_from_source", "links_a_day"]},
        ),
        (
            _("For how many days personal data is kept, after a request has come to its end"),
            {
                "fields": [
                    "kept_attended",
                    "kept_missed",
                    "kept_withdrawn",
                    "kept_declined",
                    "kept_unreachable",
                    "kept_closed",
                    "kept_suspects",
                    "kept_audit",
                ]
            },
        ),
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Limits.objects.exists()


@admin.register(Banner)
class BannerAdmin(admin.ModelAdmin):
    list_display = ["text", "shown_from", "shown_until"]


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):
    list_display = ["title", "slug", "shown", "not_needed"]
    prepopulated_fields = {"slug": ["title"]}


@admin.register(TeamMember)
class TeamMemberAdmin(admin.ModelAdmin):
    list_display = ["name", "role", "credentials", "position"]
