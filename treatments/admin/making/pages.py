"""The screen on which staff make a page: a few answers, then the empty page stands on the way of any draft."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from treatments.publishing.signoff import Refused


class MakePage:
    """Mixed into a unit's admin: what its 'Add' opens. `make_form` asks, `make_template` shows it."""

    make_template = "admin/treatments/make.html"
    make_title: str | Promise = ""

    def has_add_permission(self, request):
        return request.user.has_perm(f"treatments.add_{self.opts.model_name}")

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else None
        form = self.make_form(sent, initial=request.GET.dict())
        if form.is_valid() and (made := self._make(form, request.user)):
            self.message_user(request, _("Made as a draft. No patient sees it before a clinician has signed it."))
            return HttpResponseRedirect(made.get_staff_url())
        title = self.make_title or _("New %(name)s") % {"name": self.opts.verbose_name}
        context = self.admin_site.each_context(request) | {"opts": self.opts, "form": form, "title": title}
        return render(request, self.make_template, context, status=422 if form.errors else 200)

    def _make(self, form, by):
        """The unit, or None where it was refused; then the form says why."""
        try:
            return form.make(by)
        except Refused as refused:
            form.add_error("slug", refused.words)
            return None
