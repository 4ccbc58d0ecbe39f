"""What is signed does not depend on the program: a sign-off that was given once holds after an update."""

import pytest

from tests.factories import copy_of
from tests.treatments.drafts import make_draft
from treatments.models import (
    ClaimSource,
    Source,
    Unit,
    Version,
)
from treatments.models.rows import ROW_MODELS
from treatments.words.digest import SIGNED_FIELDS, UNSIGNED_FIELDS, canonical, digest_of
from treatments.words.references import Shelf, is_signed
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db

# Worked out once. One changes when its page's file is rewritten, and then alone.
SHIPPED = {
    "microneedling": "09c62ebd5b8826f11d390d94c4c3aaf8ef0a38a34e1a5fa3df434098de83653f",
    "scars": "87a781adf77c47bf45c2acf2d07cafe39b68c5a7fb43e21b99fdcb455b6244af",
    "recovery": "23999144327f6853e2fc13c73ee4cee44cb20c0d5bfc2625eb0489e428718b3f",
    "questions": "4341c3abee7a80dddfdc8f8a6a4c165d46c4c4a0d40777e9e2c9ab8288967cce",
}


@pytest.mark.parametrize("slug", SHIPPED)
def test_the_shipped_words_keep_their_digest(slug):
    version = Unit.objects.get(slug=slug).newest_version()
    assert (digest_of(Wording.of(version)), version.digest) == (SHIPPED[slug], SHIPPED[slug])


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_signature_that_was_given_before_sources_were_signed_still_holds(slug):
    version = Unit.objects.get(slug=slug).newest_version()
    version.signed_digest = SHIPPED[slug]
    assert is_signed(version, Wording.of(version), Shelf.load())


def test_every_field_of_a_version_and_its_rows_is_listed_as_read_or_not_read():
    for model in [Version, *ROW_MODELS]:
        fields = {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}
        assert fields == set(SIGNED_FIELDS[model]) | set(UNSIGNED_FIELDS[model]), model
        assert not set(SIGNED_FIELDS[model]) & set(UNSIGNED_FIELDS[model]), model


def test_the_same_words_always_give_the_same_text():
    version = make_draft()
    first = canonical(Wording.of(version))
    twin = copy_of(version)
    assert canonical(Wording.of(twin)) == first
    assert digest_of(Wording.of(twin)) == twin.digest


def test_sources_keep_their_order_in_what_is_signed():
    version = make_draft()
    before = digest_of(Wording.of(version))
    links = list(ClaimSource.objects.filter(claim__version=version, claim__key="one"))
    ClaimSource.objects.filter(pk__in=[link.pk for link in links]).delete()
    for link in reversed(links):
        ClaimSource.objects.create(claim_id=link.claim_id, source=Source.objects.get(pk=link.source_id))
    assert digest_of(Wording.of(version)) != before
