"""Each remark leads to the field on the page in which it is mended."""

import pytest

from tests.treatments.drafts import SPOILED, make_draft
from tests.treatments.editing import add_row, address_of, page_data, row_in

pytestmark = pytest.mark.django_db

LEADS_TO = {
    "a claim without a source": "id_claim-0-sources",
    "a claim without a grade": "id_claim-0-grade",
    "no claim": "id_title",
    "no limits": "row-passage-limits",
    "empty risks": "id_passage-2-body",
    "a promise in a summary": "id_summary",
    "a promise": "id_passage-1-body",
    "a picture without words": "id_picture-0-text",
    "no picture": "id_picture-0-upload",
    "a picture whose consent ran out": "id_picture-0-consent_until",
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_remark_leads_to_a_place_that_is_on_the_page(as_staff, spoiled):
    version = make_draft()
    SPOILED[spoiled](version)
    page = as_staff("marketing").get(address_of(version))
    (anchor,) = {stop.anchor for stop in page.context["stops"]}
    assert anchor == LEADS_TO.get(spoiled, anchor)
    assert f'id="{anchor}"' in page.text and f'href="#{anchor}"' in page.text


def test_a_remark_on_typed_words_leads_to_the_form_in_which_they_were_typed(as_staff):
    version, client = make_draft(), as_staff("marketing")
    sent = page_data(client.get(address_of(version)))
    sent[row_in(sent, "passage", "limits") + "position"] = "900"  # the last on the page, and not the last form
    sent[row_in(sent, "passage", "limits") + "body"] = "It removes scars."
    add_row(sent, "passage", heading="New", body="Painless.")
    page = client.post(address_of(version), sent | {"_check": "1"})
    new = sent["passage-INITIAL_FORMS"]
    assert [stop.anchor for stop in page.context["stops"]] == ["id_passage-1-body", f"id_passage-{new}-body"]
