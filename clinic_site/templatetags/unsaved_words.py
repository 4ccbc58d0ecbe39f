"""What makes a form of the staff keep what is typed into it, and offers back what was not saved."""

from uuid import uuid4

from django import template

from clinic_site.models import UnsavedWords
from clinic_site.staff.unsaved.keeping import KEY, key_in, words_put_back

register = template.Library()


@register.inclusion_tag("admin/keeps_words.html", takes_context=True)
def keeps_words(context, form, page=""):
    """
    In a form: what is typed here is kept under that page, this one if none is named, until it is saved.

    A page that puts words back without being asked has them by form, as `typed`.
    """
    request = context["request"]
    words = context.get("typed", {}).get(form) or words_put_back(request)
    key = words.key if words and words.form == form else key_in(request.POST)
    return {
        "key": key or uuid4(),
        "has_words": key is not None,
        "page": page or request.path,
        "form": form,
        "owner": request.user.pk,
    }


@register.inclusion_tag("admin/unsaved_words.html", takes_context=True)
def offers_unsaved_words(context, *shown):
    """Above the forms of a page: what its reader typed here and has not saved; of the fields `shown`, the words too."""
    request = context["request"]
    if request.method == "POST":  # what was sent and refused stands in the page
        return {}
    left = UnsavedWords.objects.of(request.user).filter(page=request.path)
    asked_for = key_in({KEY: request.GET.get("put_back", "")})
    back = {asked_for, *(words.key for words in context.get("typed", {}).values())}
    return {
        "csrf_token": context.get("csrf_token"),
        "page": request.path,
        "left": [
            {
                "key": words.key,
                "kept_at": words.kept_at,
                "is_back": words.key in back,
                "shown": [value for name in shown if (value := words.value(name))],
            }
            for words in left
        ],
    }
