"""The clinic's own records, for the manager. Hours and closed days are changed where it shows whom that touches."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic_site.models import Banner, Clinic, Limits, Notice, TeamMember
from clinic_site.records import RecordAdmin, RecordForm, moment_column, yes_column

# What a person may do, and how they come in, is changed on the screen of people and by the steps of the door alone.
admin.site.unregister([EmailAddress, Authenticator, Group])


class ClinicForm(RecordForm):
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
class ClinicAdmin(RecordAdmin):
    form = ClinicForm
    consequence = _(
        "Saving changes what every page, mail and calendar entry says of the clinic, at once. Consultations that are"
        " booked stay as they are."
    )
    list_display = ["name", "phone_day", yes_column("is_sample", _("sample values"))]
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
class LimitsAdmin(RecordAdmin):
    consequence = _(
        "Saving changes from now on how much is taken at once. A shorter time of keeping takes out, tonight, the names"
        " and words of all requests that ended before it: that cannot be undone."
    )
    when_empty = _("What the site was made with holds. Add limits of your own to see and change each.")
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
class BannerAdmin(RecordAdmin):
    consequence = _(
        "Saving shows this on top of every page of the site, to everybody, from the first moment to the last."
        " It changes no hours: to close a day, use 'Close a day' in the calendar."
    )
    list_display = [
        "text",
        moment_column("shown_from", _("shown from")),
        moment_column("shown_until", _("shown until")),
    ]


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    consequence = _("Saving changes the page at once. While 'shown' is ticked, everybody can read it.")
    list_display = ["title", "slug", "decided"]
    prepopulated_fields = {"slug": ["title"]}

    @admin.display(description=_("decided"))
    def decided(self, notice):
        return notice.decision


@admin.register(TeamMember)
class TeamMemberAdmin(RecordAdmin):
    consequence = _(
        "Saving shows this person on the page of the team at once. Enter real people alone, with what they allow you"
        " to say of them."
    )
    when_empty = _("Nobody is on the page of the team yet.")
    list_display = ["name", "role", "credentials", "position"]
