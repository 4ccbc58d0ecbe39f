"""
A second treatment through the staff's own addresses alone: made, written, signed, live as a whole, asked for, counted,
retired. All its words are samples of this test.
"""

import pytest

from booking.desk.figures import Span, figures_of
from booking.models import ConsultationRequest
from booking.schedule.times import accept, offer_times
from tests.factories import form_data, make_staff, make_time
from tests.treatments.editing import add_row, do, page_data
from treatments.models import Benefit, Section, Treatment, TreatmentFacts, Unit

pytestmark = pytest.mark.django_db

PEEL, ADD = "/treatments/sample-peel/", "/admin/treatments/{}/add/"
SAMPLE = "This is sample text of a test. It says that little is known, and that a clinician decides with you."
NEEDLES = ("needle", "needling", "PRP", "platelet", "puncture")


def write_and_send(client, unit):
    """Fill in what its parts ask for, and send it, on the page of its words."""
    sent = page_data(client.get(unit.get_staff_url()))
    sent |= {"summary": "This sample says that it may help.", "lead": SAMPLE, "_send": ""}
    if unit.kind == Unit.Kind.BENEFIT:
        sent |= {f"passage-{number}-body": SAMPLE for number in range(5)}
        claim = {"sentence": "This sample says that it may help [S2].", "sources": "S2"}
        add_row(sent, "claim", **claim, grade="limited", use="off-label")
    if unit.section_kind == "risks":
        add_row(sent, "risk", frequency="common", text="Skin may be red for a while.")
    if unit.section_kind == "suitability":
        said = {"situation": "You are pregnant", "question": "Are you pregnant?", "explanation": "Tell us first."}
        add_row(sent, "caution", tone="tell-us", in_form="on", **said)
    answer = client.post(unit.get_staff_url(), sent, follow=True)
    assert "Sent for sign-off" in answer.text, (unit, answer.text.partition("errors-h")[2][:800])


def sign(client, unit):
    page = client.get(f"{unit.get_staff_url('read')}?version={unit.newest_version().pk}")
    return do(client, unit.newest_version(), "sign", seen=page.context["signature"], months=12)


def test_a_second_treatment_from_nothing_to_retired(client, as_staff):
    marketing = as_staff("marketing")
    made = {"title": "Sample peel", "summary": "This sample says that it may help."}
    assert marketing.post(ADD.format("treatmentfacts"), made).status_code == 302
    treatment = Treatment.objects.get(slug="sample-peel")
    for title in ("Scars", "Rough skin"):
        sent = {"title": title, "treatment": treatment.pk}
        assert marketing.post(ADD.format("benefit"), sent).status_code == 302
    facts = TreatmentFacts.objects.get(treatment=treatment)
    units = list(Unit.objects.filter(treatment=treatment))
    assert len(units) == 1 + 4 + 2
    for unit in units:
        write_and_send(marketing, unit)
    _answer, said = do(marketing, facts.newest_version(), "begin")
    assert said[0].startswith("Not signed yet") and client.get(PEEL).status_code == 404

    clinician = as_staff("clinician")
    for unit in units:
        sign(clinician, unit)
    marketing = as_staff("marketing")
    _answer, said = do(marketing, facts.newest_version(), "begin")
    assert said == ["7 pages are live now, all at once."]

    pages = [PEEL, *(f"{PEEL}{slug}/" for slug in ("suitability", "risks", "benefits/scars"))]
    for address in pages:
        main = client.get(address).text.partition("<main")[2].partition("</main>")[0]
        own = main.partition('id="sources"')[0]  # the one source that this sample cites is of the shipped guide
        assert "ample" in own and not [word for word in NEEDLES if word in own], address
    found = client.get("/search/?q=sample+peel+scars").context["results"].found
    assert found[0].passage.url.startswith(PEEL)

    client.post("/consultation/", form_data(treatment="sample-peel", benefit="scars"))
    asked = ConsultationRequest.objects.get()
    assert asked.benefit.treatment == treatment and asked.subject == "Sample peel, Scars"
    time = make_time(48)
    accept(offer_times(asked, [time], make_staff("frontdesk")), time)
    tallies = {tally.name: tally.booked for tally in figures_of(Span.up_to_now(1)).pages}
    assert tallies == {"Sample peel: Scars": 1}

    clinician = as_staff("clinician")
    do(clinician, Benefit.objects.get(treatment=treatment, slug="rough-skin").newest_version(), "retire")
    assert client.get(f"{PEEL}benefits/rough-skin/").status_code == 410
    overview = Section.objects.get(treatment__slug="microneedling", section_kind="overview")
    do(clinician, facts.newest_version(), "retire", leads_to=overview.pk)
    led = client.get(PEEL)
    assert (led.status_code, led["Location"]) == (301, "/treatments/microneedling/")
    asked.refresh_from_db()
    assert asked.benefit.slug == "scars"
