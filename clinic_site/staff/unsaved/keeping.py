"""
What staff type, kept until it is saved.

A form takes part by `{% keeps_words %}`; its view calls `forget_unsaved_words` once it has saved.
"""

from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from clinic_site.models import UnsavedWords

KEY = "unsaved"  # the hidden field of a form whose words are kept
BESIDE = "kept"  # prefix of what the script says beside them
NEVER_KEPT = ["csrfmiddlewaretoken"]
MOST_FORMS = 50  # of one member; the oldest give way


def key_in(data):
    """The key of the form that was sent, or None."""
    try:
        return UUID(data.get(KEY, ""))
    except ValueError:
        return None


def typed_in(data):
    """What was typed, without what is never kept: passwords and tokens."""
    return {
        name: values
        for name, values in data.lists()
        if name not in NEVER_KEPT and "password" not in name.lower() and not name.startswith(f"{BESIDE}-")
    }


@transaction.atomic
def keep_unsaved_words(owner, key, page, form, typed):
    """Keep what is in an opened form now, in place of what was in it before."""
    now = {"page": page, "form": form, "typed": typed, "kept_at": timezone.now()}
    UnsavedWords.objects.update_or_create(owner=owner, key=key, defaults=now)
    newest = UnsavedWords.objects.filter(owner=owner).order_by("-kept_at").values_list("pk", flat=True)
    UnsavedWords.objects.filter(pk__in=list(newest[MOST_FORMS:])).delete()


def forget_unsaved_words(request):
    """What a form held is saved, so it is kept no longer."""
    if key := key_in(request.POST):
        UnsavedWords.objects.filter(owner=request.user, key=key).delete()


def words_put_back(request):
    """What its owner wants back on the page that they asked for, or None."""
    key = key_in({KEY: request.GET.get("put_back", "")})
    return UnsavedWords.objects.of(request.user).filter(page=request.path, key=key).first() if key else None


def newest_unsaved_words(request, forms):
    """What was typed last into each of these forms of the page and is not saved, by form; first what is wanted back."""
    left = UnsavedWords.objects.of(request.user).filter(page=request.path, form__in=forms).order_by("kept_at")
    newest = {words.form: words for words in left}
    asked_for = words_put_back(request)
    return newest | ({asked_for.form: asked_for} if asked_for and asked_for.form in forms else {})


def as_sent(words):
    """What was kept, as if it had been sent just now."""
    data = QueryDict(mutable=True)
    for name, values in words.typed.items():
        data.setlist(name, values)
    return data
