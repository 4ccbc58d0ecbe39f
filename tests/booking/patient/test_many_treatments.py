"""The form where the clinic offers several treatments, two of which have a benefit at the same address."""

import re

import pytest
from django.utils import timezone

from booking.desk.figures import Span, figures_of
from booking.models import ConsultationRequest
from tests.factories import form_data, make_benefit, make_treatment, make_version
from treatments.models import Benefit, Caution, OldAddress, Section, Version

pytestmark = pytest.mark.django_db

ADDRESS = "/consultation/"


def make_section_with_cautions(treatment, *keys):
    section = Section.objects.create(treatment=treatment, slug="suitability", position=20)
    version = make_version(section, title="Suitability")
    for key in keys:
        Caution.objects.create(
            version=version, key=key, situation=key, question=f"{treatment}: {key}?", tone="wait", in_form=True
        )
    version.go_live()
    return version


@pytest.fixture
def peel():
    """A second and a third treatment: nine benefits in all, 'scars' of two treatments."""
    treatment, laser = make_treatment("peel"), make_treatment("laser")
    for slug in ("scars", "rough-skin", "dull-skin"):
        make_benefit(treatment, slug, title=slug.replace("-", " ").capitalize()).versions.get().go_live()
    for slug in ("veins", "spots", "hair"):
        make_benefit(laser, slug, title=slug.capitalize()).versions.get().go_live()
    return treatment


def kept():
    about = ConsultationRequest.objects.get()
    return (
        about.treatment and about.treatment.slug,
        about.benefit and f"{about.benefit.treatment.slug}/{about.benefit.slug}",
    )


def test_treatments_are_a_choice_and_benefits_stand_under_their_own(client, peel):
    form = client.get(ADDRESS).context["form"]
    assert not form["treatment"].is_hidden
    assert list(form.fields["treatment"].choices)[1:] == [
        ("microneedling", "Microneedling"),
        ("laser", "Laser"),
        ("peel", "Peel"),
    ]
    groups = dict(list(form.fields["benefit"].choices)[1:])
    assert {name: len(choices) for name, choices in groups.items()} == {"Microneedling": 3, "Laser": 3, "Peel": 3}
    values = [value for choices in groups.values() for value, _title in choices]
    assert len(set(values)) == 9 and "scars" in values and "peel/scars" in values


def test_one_treatment_is_no_question(client):
    assert client.get(ADDRESS).context["form"]["treatment"].is_hidden


@pytest.mark.parametrize(
    ("carried", "chosen"),
    [
        ("treatment=microneedling&benefit=scars", ("microneedling", "scars")),
        ("treatment=peel&benefit=scars", ("peel", "peel/scars")),
        ("benefit=scars", (None, "scars")),
        ("treatment=peel", ("peel", None)),
        ("treatment=peel&benefit=nothing", ("peel", None)),
    ],
)
def test_what_a_page_carries_is_chosen_in_the_form(client, peel, carried, chosen):
    response = client.get(f"{ADDRESS}?{carried}")
    form = response.context["form"]
    assert (response.status_code, (form["treatment"].value(), form["benefit"].value())) == (200, chosen)
    selected = re.findall(r'<option value="([^"]*)" selected', response.content.decode())
    assert set(selected) - {"", "en"} == set(filter(None, chosen))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"treatment": "peel", "benefit": "scars"}, ("peel", "peel/scars")),
        ({"treatment": "microneedling", "benefit": "scars"}, ("microneedling", "microneedling/scars")),
        ({"treatment": "", "benefit": "peel/scars"}, ("peel", "peel/scars")),
        ({"treatment": "", "benefit": "scars"}, ("microneedling", "microneedling/scars")),
        ({"treatment": "laser", "benefit": "peel/scars"}, ("peel", "peel/scars")),
        ({"treatment": "laser", "benefit": "rough-skin"}, ("peel", "peel/rough-skin")),
        ({"treatment": "laser", "benefit": ""}, ("laser", None)),
        ({"treatment": "", "benefit": ""}, (None, None)),
    ],
)
def test_a_request_is_kept_with_the_treatment_of_its_benefit(client, peel, answers, expected):
    assert client.post(ADDRESS, form_data(**answers)).status_code == 303
    assert kept() == expected


def test_a_refused_form_keeps_what_was_chosen(client, peel):
    response = client.post(ADDRESS, form_data(name="", treatment="peel", benefit="scars"))
    form = response.context["form"]
    assert response.status_code == 422
    assert (form["treatment"].value(), form["benefit"].value()) == ("peel", "peel/scars")


@pytest.mark.parametrize("benefit", ["a/b/c", "/", "peel/", "/scars", "peel/scars/x", "peel/sca\x00rs", "x" * 3000])
@pytest.mark.parametrize("treatment", ["", "peel", "peel/scars", "x" * 3000])
def test_a_benefit_that_is_none_is_refused_beside_its_field(client, peel, treatment, benefit):
    response = client.post(ADDRESS, form_data(treatment=treatment, benefit=benefit))
    assert response.status_code == 422 and "benefit" in response.context["form"].errors
    assert client.get(ADDRESS, {"treatment": treatment, "benefit": benefit.replace("\x00", "")}).status_code == 200


def test_a_benefit_that_patients_cannot_read_is_refused_and_not_filled_in(client, peel):
    make_benefit(make_treatment("draft", live=False), "glow").versions.get().go_live()
    Version.objects.filter(unit__slug="rough-skin").update(live_until=timezone.now())
    for treatment, benefit in (("draft", "glow"), ("", "draft/glow"), ("peel", "rough-skin"), ("", "rough-skin")):
        form = client.post(ADDRESS, form_data(treatment=treatment, benefit=benefit)).context["form"]
        assert "benefit" in form.errors, benefit
        filled = client.get(ADDRESS, {"treatment": treatment, "benefit": benefit}).context["form"]
        assert filled["benefit"].value() is None, benefit


def test_an_old_address_that_two_treatments_had_leads_to_the_right_one(client, peel):
    for benefit in Benefit.objects.filter(slug="scars"):
        OldAddress.objects.create(treatment=benefit.treatment, kind="benefit", slug="marks", unit_id=benefit.pk)
    chosen = client.get(f"{ADDRESS}?treatment=peel&benefit=marks").context["form"]["benefit"].value()
    assert chosen == "peel/scars"
    assert client.post(ADDRESS, form_data(treatment="peel", benefit="marks")).status_code == 303
    assert kept() == ("peel", "peel/scars")


def test_each_safety_question_stands_once_and_is_of_the_chosen_treatment(client, peel):
    make_section_with_cautions(peel, "pregnancy", "sunburn")
    names = [field.name for field in client.get(ADDRESS).context["form"] if field.name.startswith("safety-")]
    assert len(names) == len(set(names)) and {"safety-pregnancy", "safety-sunburn"} <= set(names)
    form = client.get(f"{ADDRESS}?treatment=peel").context["form"]
    asked = {field.name: field.label for field in form if field.name.startswith("safety-")}
    assert asked == {"safety-pregnancy": "Peel: pregnancy?", "safety-sunburn": "Peel: sunburn?"}
    of_ours = client.get(f"{ADDRESS}?treatment=microneedling").context["form"].fields
    assert "safety-sunburn" not in of_ours and of_ours["safety-pregnancy"].label != "Peel: pregnancy?"


def test_a_safety_answer_outlives_another_choice_of_treatment(client, peel):
    make_section_with_cautions(peel, "sunburn")
    client.post(ADDRESS, form_data(treatment="microneedling", **{"safety-sunburn": "yes"}))
    assert ConsultationRequest.objects.get().safety == {"sunburn": "yes"}


def test_staff_tell_the_same_benefit_of_two_treatments_apart(client, as_staff, peel):
    for treatment, benefit in (("peel", "scars"), ("microneedling", "scars"), ("peel", "")):
        client.post(ADDRESS, form_data(name=f"Of {treatment}", treatment=treatment, benefit=benefit))
    names = [tally.name for tally in figures_of(Span.up_to_now(1)).pages]
    assert sorted(names) == ["Microneedling: Scars", "Peel: Scars", "Peel: not sure yet"]
    listed = "/admin/booking/consultationrequest/"
    desk = as_staff("frontdesk")
    page = " ".join(desk.get(listed).content.decode().split())
    assert "Peel, Scars" in page and "Microneedling, Scars" in page and "<summary>Treatment</summary>" in page
    of_peel = desk.get(f"{listed}?treatment__id__exact={peel.pk}").context["cl"].result_list
    assert {each.treatment.slug for each in of_peel} == {"peel"} and len(of_peel) == 2


def test_a_safety_answer_is_shown_to_staff_as_its_treatment_worded_the_question(client, as_staff, peel):
    make_section_with_cautions(peel, "pregnancy")
    client.post(ADDRESS, form_data(treatment="peel", **{"safety-pregnancy": "yes"}))
    page = as_staff("frontdesk").get(ConsultationRequest.objects.get().desk_path).content.decode()
    assert "Peel: pregnancy?" in page
