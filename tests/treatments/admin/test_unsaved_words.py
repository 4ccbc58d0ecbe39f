"""Copy that was typed and not saved comes back into its page, over the version that it was written over."""

import re
from uuid import uuid4

import pytest

from clinic_site.models import UnsavedWords
from tests.factories import copy_of, make_staff
from tests.signing_in import sign_in
from tests.treatments.editing import address_of, make_page, newest, page_data, row_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sara():
    return make_staff("marketing", username="sara")


@pytest.fixture
def marketing(client, sara):
    sign_in(client, sara)
    return client


def keep(client, owner, version, **words):
    """Have a page of copy be kept with other words, as its script does; gives the key and what was kept."""
    key, sent = uuid4(), page_data(client.get(address_of(version))) | words
    place = {"kept-key": key, "kept-page": address_of(version), "kept-form": "copy", "kept-owner": owner.pk}
    assert client.post("/admin/unsaved-words/", sent | place).status_code == 204
    return key, sent


def test_typed_copy_is_offered_back_and_put_back_in_its_fields(marketing, sara):
    version = make_page()
    sent = page_data(marketing.get(address_of(version)))
    claim = row_in(sent, "claim", "second") + "sentence"
    key, _sent = keep(marketing, sara, version, summary="Softer, perhaps.", **{claim: "It may soften."})
    assert "and did not save it" in marketing.get(address_of(version)).text
    page = marketing.get(f"{address_of(version)}?put_back={key}")
    back = page_data(page)
    assert (back["summary"], back[claim]) == ("Softer, perhaps.", "It may soften.")
    assert "typed and not saved yet" in page.text and newest() == version


def test_put_back_words_stay_written_over_what_they_were_written_over(marketing, sara):
    version = make_page()
    key, _sent = keep(marketing, sara, version, summary="Softer, perhaps.")
    copy_of(version, make_staff("marketing"))
    page = marketing.get(f"{address_of(version)}?put_back={key}")
    [base] = re.findall(r'name="base" value="(\d+)"', page.text)
    answer = marketing.post(address_of(version), page_data(page) | {"base": base, "unsaved": key})
    assert (int(base), answer.status_code) == (version.pk, 409)
    assert UnsavedWords.objects.count() == 1


@pytest.mark.parametrize("button", ["_save", "_send"])
def test_saved_copy_is_kept_no_longer_and_checked_copy_is(marketing, sara, button):
    version = make_page()
    key, sent = keep(marketing, sara, version, summary="Softer, perhaps.")
    assert marketing.post(address_of(version), sent | {"unsaved": key, "_check": "1"}).status_code == 200
    assert UnsavedWords.objects.count() == 1
    assert marketing.post(address_of(version), sent | {"unsaved": key, button: "1"}).status_code == 302
    assert not UnsavedWords.objects.exists() and newest().summary == "Softer, perhaps."


def test_who_may_only_read_copy_has_no_form_that_keeps_words(as_staff):
    assert 'name="unsaved"' not in as_staff("clinician").get(address_of(make_page())).text
