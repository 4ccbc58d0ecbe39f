"""Changes of sources and glossary words: a draft beside what is live, until a clinician signs it (decision 23)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from treatments.models import Source, Term, Unit
from treatments.publishing.signatures import signatures_renewed
from treatments.publishing.signoff import Refused
from treatments.words.digest import REFERENCE_FIELDS, digest_of_reference


@transaction.atomic
def draft_change(reference, by):
    """
    Keep what this source or word says now as the draft of what is stored; one that is not stored yet is all draft.

    Returns it as it is stored, without a draft where it says what is live.
    """
    said = {name: getattr(reference, name) for name in REFERENCE_FIELDS[type(reference)]}
    if reference.pk is None:
        reference.is_live = False
        return _keep_draft(reference, said, by)
    stored = _locked(reference)
    live = {name: getattr(stored, name) for name in said}
    if stored.is_live:
        return _keep_draft(stored, said if said != live else None, by)
    for name, value in said.items():  # patients have never read it, so nothing of it has to stay
        setattr(stored, name, value)
    return _keep_draft(stored, said, by)


@transaction.atomic
def drop_change(reference, by):
    """Take the draft of a change away; what is live stays. Raises Refused where there is none."""
    stored = _locked(reference)
    if stored.draft is None or not stored.is_live:
        raise Refused(_("There is no change to drop."))
    if not (by.has_perm(f"treatments.change_{stored._meta.model_name}") or by.has_perm("treatments.sign_version")):
        raise Refused(_("Only who may change it drops a change."))
    return _keep_draft(stored, None, by)


@transaction.atomic
def sign_change(reference, by, seen):
    """
    Approve exactly what the draft says, whose digest is `seen`: it goes live, on each page where it stands.

    Signatures that held cover it from now on. Raises Refused where it was changed since it was read.
    """
    if not by.has_perm("treatments.sign_version"):
        raise Refused(_("Only a clinician signs sources and words off."))
    Unit.objects.lock()  # nobody signs, publishes or saves words meanwhile
    stored = _locked(reference)
    if stored.draft is None:
        raise Refused(_("There is no change to sign."))
    if digest_of_reference(stored.as_drafted()) != seen:
        raise Refused(_("The words have changed since you opened them. Read them again, then sign."))
    with signatures_renewed(None, by, [stored]):
        stored.go_live()
    return stored


def waiting_references() -> list:
    """Sources and words that a clinician has to read, the longest wait first."""
    waiting = [each for model in (Source, Term) for each in model.objects.waiting().select_related("drafted_by")]
    return sorted(waiting, key=lambda each: each.drafted_at)


def _keep_draft(stored, draft, by):
    stored.draft = draft
    stored.drafted_by, stored.drafted_at = (by, timezone.now()) if draft else (None, None)
    stored.save()
    return stored


def _locked(reference):
    return type(reference).objects.select_for_update().get(pk=reference.pk)
