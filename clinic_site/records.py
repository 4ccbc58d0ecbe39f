"""Records that the desk and the manager keep, in the staff's own look: what saving does stands beside the button."""

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic_site.dates import short_moment_words


class RecordForm(forms.ModelForm):
    """What is asked, without a colon."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)


class RecordAdmin(admin.ModelAdmin):
    """
    A record as its own page under its own name, not the stock one.

    `consequence` says what saving does and who sees it, `when_empty` what holds while there is none; days and clocks
    are asked for as the browser does.
    """

    consequence: str | Promise = ""
    when_empty: str | Promise = _("There is none yet.")
    form = RecordForm
    change_form_template = "admin/record.html"
    change_list_template = "admin/records.html"
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        },
    }

    def changelist_view(self, request, extra_context=None):
        title = capfirst(self.opts.verbose_name_plural)
        own = {"title": title, "when_empty": self.when_empty}
        return super().changelist_view(request, own | (extra_context or {}))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        own = {"consequence": self.consequence, "show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, own | (extra_context or {}))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        named = {"title": str(obj)} if obj else {}
        return super().render_change_form(request, context | named, add, change, form_url, obj)


def moment_column(name, words):
    """A column of a list with a moment, in the words that the rest of the desk uses."""

    @admin.display(description=words, ordering=name)
    def column(record):
        moment = getattr(record, name)
        return short_moment_words(moment) if moment else "–"

    column.__name__ = name
    return column


YES, NO = _("yes"), _("no")


def yes_column(name, words, yes=YES, no=NO):
    """A column of a list, or a line of a record, that says yes or no in words, not by a sign."""

    @admin.display(description=words, ordering=name)
    def column(record):
        return yes if getattr(record, name) else no

    column.__name__ = name
    return column
