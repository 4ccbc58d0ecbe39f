"""What the script of a form with kept words asks for, and the buttons beside words that are offered back."""

from http import HTTPStatus

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic_site.models import UnsavedWords
from clinic_site.models.unsaved_words import FORM_LENGTH, PAGE_LENGTH
from clinic_site.staff.unsaved.keeping import BESIDE, keep_unsaved_words, key_in, typed_in

MOST_CHARACTERS = 200_000  # the longest page of copy has a third of that


class PlaceForm(forms.Form):
    """Where something was typed and by whom, as the script says beside it."""

    prefix = BESIDE

    key = forms.UUIDField()
    page = forms.CharField(max_length=PAGE_LENGTH)
    form = forms.SlugField(max_length=FORM_LENGTH)
    owner = forms.IntegerField()
    unchanged = forms.BooleanField(required=False)

    def clean_page(self):
        """Staff are led back there, so it is a page of theirs."""
        page = self.cleaned_data["page"]
        if not page.startswith(reverse("admin:index")):
            raise ValidationError("no page of the staff")
        return page


def keep_words(request):
    """By POST, keep what is in a form now; by GET, say who is signed in, with a token for the forms of an old page."""
    if request.method != "POST":
        return JsonResponse({"owner": request.user.pk, "token": get_token(request)})
    place = PlaceForm(request.POST)
    if not place.is_valid():
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    key, page, form, owner, unchanged = place.cleaned_data.values()
    if owner != request.user.pk:
        return HttpResponse(status=HTTPStatus.CONFLICT)
    if unchanged:
        UnsavedWords.objects.filter(owner=owner, key=key).delete()
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    typed = typed_in(request.POST)
    if sum(len(value) for values in typed.values() for value in values) > MOST_CHARACTERS:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    keep_unsaved_words(request.user, key, page, form, typed)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
def throw_words_away(request):
    """Its owner wants it no longer."""
    words = UnsavedWords.objects.of(request.user).filter(key=key_in(request.POST)).first()
    if words is None:
        return HttpResponseRedirect(reverse("admin:index"))
    words.delete()
    return HttpResponseRedirect(words.page)


def signed_in(request):
    """Where a sign-in leads that was asked for over a page with words: what was being saved there goes on."""
    return render(request, "admin/signed_in.html", admin.site.each_context(request) | {"title": _("You are signed in")})
