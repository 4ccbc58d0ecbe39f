"""A clinician's own pages: what waits for them, and each version whole, as it is signed."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import copy_of, make_row, make_staff
from tests.treatments.drafts import make_draft
from tests.treatments.editing import do, seen, signed
from treatments.models import Benefit, Claim, Risk, Section, Source, Unit, Version
from treatments.models.rows import ROW_MODELS
from treatments.prose import CITATION
from treatments.publishing.drafts import save_draft
from treatments.publishing.going_live import publish
from treatments.publishing.signoff import Refused, send, sign
from treatments.signing.reading import Reading
from treatments.signing.references import draft_change
from treatments.signing.to_sign import all_to_sign, next_after
from treatments.templatetags.copy_desk import number_to_sign
from treatments.words.digest import SIGNED_FIELDS
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db

TO_SIGN = "/admin/treatments/section/to-sign/"


@pytest.fixture
def live():
    """The scars page, signed and live."""
    return signed(Benefit.objects.get(slug="scars").newest_version())


def half_a_sentence(version):
    """What marketing has written over it and not sent."""
    wording = Wording.of(version)
    wording.version.lead = "It may look"
    return save_draft(version.unit, wording, version, make_staff("marketing"))


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def read(client, version):
    return client.get(f"{version.unit.get_staff_url('read')}?version={version.pk}")


def test_a_review_opens_and_signs_what_is_live_and_not_the_unsent_draft(as_staff, live):
    Version.objects.filter(pk=live.pk).update(review_due="2026-01-01")
    draft = half_a_sentence(live)
    client = as_staff("clinician")
    address = f"{live.unit.get_staff_url('read')}?version={live.pk}"
    assert address.replace("&", "&amp;") in client.get("/admin/").text
    page = client.get(address)
    assert "It may look" not in page.text and "Patients read these words now." in page.text
    do(client, live, "sign", seen=page.context["signature"], months=12)
    live.refresh_from_db()
    draft.refresh_from_db()
    assert live.review_due.year > 2026 and draft.signed_at is None
    assert live not in [each.record for each in all_to_sign()]


def test_an_unsent_draft_is_signed_on_purpose_alone(as_staff, live):
    draft = half_a_sentence(live)
    with pytest.raises(Refused, match="Nobody has sent this draft"):
        sign(draft, make_staff("clinician"), seen(draft), 12)
    client = as_staff("clinician")
    assert "Nobody has sent this draft. I mean to sign it as it is." in read(client, draft).text
    assert "Sign it only if you mean to" in do(client, draft, "sign", seen=seen(draft))[1][0]
    assert "Signed off" in do(client, draft, "sign", seen=seen(draft), unsent="on")[1][0]


def test_words_that_were_sent_or_shipped_need_no_such_purpose(live):
    draft = half_a_sentence(live)
    send(draft, make_staff("marketing"))
    sign(draft, make_staff("clinician"), seen(draft), 12)
    shipped = Section.objects.get(slug="risks").newest_version()
    sign(shipped, make_staff("clinician"), seen(shipped), 12)


def test_every_field_that_is_signed_stands_on_the_page():
    version = make_draft()
    reading = Reading(version)
    fields = sum(len(SIGNED_FIELDS[model]) for model in [Version, *ROW_MODELS])
    shown = "\n".join(str(each.html) for part in reading.parts for each in part.fields)
    headings = "\n".join(part.heading for part in reading.parts)
    for record in reading.wording.records():
        for name in SIGNED_FIELDS[type(record)]:
            value = getattr(record, name, "")
            if isinstance(value, str) and value and name not in ("key", "image") and not _is_choice(record, name):
                plain = CITATION.sub("", value).strip(" .")
                assert plain in shown or plain in headings, (record, name)
                assert all(f'href="#s-{key}"' in shown for key in re.findall(r"\bS\d+\b", value)), (record, name)
    assert fields and len(reading.parts) > len(ROW_MODELS)


def _is_choice(record, name):
    return bool(record._meta.get_field(name).choices)


def test_a_page_that_nobody_signed_is_new_as_a_whole(as_staff):
    page = read(as_staff("clinician"), Section.objects.get(slug="risks").newest_version())
    assert "Nobody has signed this page yet" in page.text and 'id="new-1"' not in page.text


def test_what_is_new_since_the_last_sign_off_is_marked_and_the_rest_is_not(as_staff, live):
    draft = copy_of(live)
    Version.objects.filter(pk=draft.pk).update(lead="Quite other words.", digest="")
    page = read(as_staff("clinician"), Version.objects.get(pk=draft.pk))
    assert [part.number for part in page.context["reading"].news] == [1]
    assert "1 part is new since version 1" in page.text and "<ins>Quite" in page.text


def test_rows_that_come_and_go_are_new(live):
    draft = copy_of(live)
    gone = draft.claims.first()
    make_row(Risk, draft, "added")
    draft.findings.filter(claim=gone).delete()
    gone.delete()
    news = Reading(draft).news
    assert [part.is_gone for part in news if part.label.startswith("Claim")] == [True]
    assert any(part.label.startswith("Risk") and not part.is_gone for part in news)


def test_each_source_that_is_signed_is_read_whole_and_a_new_one_says_so(as_staff, live):
    source = Source(key="S500", title="A new study", url="https://doi.org/10.1000/new", note="Summary read.")
    draft_change(source, make_staff("marketing"))
    draft = copy_of(live)
    make_row(Claim, draft, "new", ["S500"], position=900)
    text = read(as_staff("clinician"), draft).text
    assert "A new study" in text and "Summary read." in text and "goes live with it" in text


def test_what_waits_stands_in_one_list_the_drafts_first(live):
    draft = half_a_sentence(live)
    send(draft, make_staff("marketing"))
    source = draft_change(Source.objects.get(key="S45"), make_staff("marketing"))
    assert source.draft is None
    changed = Source.objects.get(key="S45")
    changed.note = "Read in full."
    draft_change(changed, make_staff("marketing"))
    kinds = [each.kind for each in all_to_sign()]
    assert kinds == ["draft", "change", *["shipped"] * 15] and number_to_sign() == len(kinds)
    assert next_after(draft).record == changed
    assert next_after(all_to_sign()[-1].record).record == draft


def test_after_the_last_nothing_is_next(as_staff):
    client = as_staff("clinician")
    *others, last = [each.record for each in all_to_sign()]
    for version in others:
        signed(version)
    assert next_after(last) is None
    answer = client.post(last.unit.get_staff_url("sign"), {"version": last.pk, "seen": seen(last), "_next": "1"})
    assert answer["Location"] == TO_SIGN
    text = client.get(TO_SIGN).text
    assert "Everything that patients read is signed" in text and text.count("signed by") == len(others) + 1


def test_sign_and_next_leads_on_to_what_else_waits(as_staff):
    client = as_staff("clinician")
    first, second = [each.record for each in all_to_sign()][:2]
    answer = client.post(first.unit.get_staff_url("sign"), {"version": first.pk, "seen": seen(first), "_next": "1"})
    assert answer["Location"] == f"{second.unit.get_staff_url('read')}?version={second.pk}"


def test_the_clinicians_bar_leads_to_what_waits_and_to_every_page(as_staff):
    text = as_staff("clinician").get("/admin/").text
    assert all(f'href="/admin/treatments/{name}/"' in text for name in ("section", "treatmentfacts", "source", "term"))
    assert 'data-go="r"' in text and 'data-go="r"' not in as_staff("marketing").get("/admin/").text


def test_the_bar_says_of_one_place_alone_that_one_is_there(as_staff, live):
    client = as_staff("clinician")
    pages = [read(client, live), client.get(TO_SIGN), client.get("/admin/treatments/section/")]
    marked = [re.findall(r'data-go="(\w)"\s+aria-current="page"', page.text) for page in pages]
    assert marked == [["r"], ["r"], ["s"]]
    assert [page.text.count('aria-current="page"') for page in pages] == [1, 1, 1]


@pytest.mark.parametrize(("role", "status"), [("clinician", 200), ("marketing", 200), ("frontdesk", 403)])
def test_who_may_read_copy_reads_it_whole(as_staff, live, role, status):
    client = as_staff(role)
    assert (read(client, live).status_code, client.get(TO_SIGN).status_code) == (status, status)


def test_only_a_clinician_has_the_button(as_staff, live):
    assert "Ctrl Enter" not in read(as_staff("marketing"), live).text


def test_words_that_something_stops_have_no_button_but_say_why(as_staff, live):
    draft = copy_of(live)
    Version.objects.filter(pk=draft.pk).update(lead="It removes scars for good.", digest="")
    text = read(as_staff("clinician"), draft).text
    assert "Something stops these words" in text and 'name="_next"' not in text


def test_an_older_draft_leads_to_the_newest(as_staff, live):
    older = half_a_sentence(live)
    copy_of(older)
    text = read(as_staff("clinician"), older).text
    assert "There is a newer draft than this version" in text and 'name="_next"' not in text


@pytest.mark.parametrize("version", ["nonsense", "999999", ""])
def test_a_version_of_another_page_is_not_read_here(as_staff, live, version):
    client = as_staff("clinician")
    assert client.get(f"{live.unit.get_staff_url('read')}?version={version}").status_code == 404


def test_reading_costs_as_many_queries_with_ten_versions_as_with_two(as_staff, live):
    client = as_staff("clinician")
    draft = half_a_sentence(live)
    address = f"{live.unit.get_staff_url('read')}?version={draft.pk}"
    with_two = queries_of(client, address)
    for _number in range(8):
        draft = copy_of(draft)
    assert queries_of(client, f"{live.unit.get_staff_url('read')}?version={draft.pk}") == with_two


def test_what_is_planned_is_reviewed_by_nobody_yet(live):
    draft = half_a_sentence(live)
    draft = signed(draft)
    publish(draft, make_staff("marketing"))
    assert Unit.objects.get(pk=live.unit_id).pk not in {
        each.record.unit_id for each in all_to_sign() if isinstance(each.record, Version)
    }
