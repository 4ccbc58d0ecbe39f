"""Views of the worklist that a member of staff keeps: their own, and without anybody's name in them."""

import pytest

from booking.models import SavedView
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


def test_a_view_is_kept_and_leads_back_to_its_question(desk):
    page = desk.post(
        f"{LIST}views/?view=interpreter&state__exact=received", {"view_name": " Arabic  first "}, follow=True
    )
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Arabic first", "view=interpreter&state__exact=received")
    assert '<a href="?view=interpreter&amp;state__exact=received">Arabic first</a>' in page.text


def test_a_name_that_is_used_again_means_the_newer_view(desk):
    for question in ("mine", "today"):
        desk.post(f"{LIST}views/?view={question}", {"view_name": "First thing"})
    assert SavedView.objects.get().query == "view=today"


def test_a_search_is_never_kept_as_it_can_be_a_patients_name(desk):
    desk.post(f"{LIST}views/?view=mine&q=Canary&p=3", {"view_name": "Mine"})
    assert SavedView.objects.get().query == "view=mine"


@pytest.mark.parametrize("name", ["", "   "])
def test_a_view_without_a_name_is_not_kept(desk, name):
    page = desk.post(f"{LIST}views/?view=mine", {"view_name": name}, follow=True)
    assert "Give the view a name first" in page.text and not SavedView.objects.exists()


def test_too_many_filters_are_refused_with_a_sentence(desk):
    page = desk.post(f"{LIST}views/?view=mine&campaign={'x' * 600}", {"view_name": "Long"}, follow=True)
    assert "too many to keep" in page.text and not SavedView.objects.exists()


def test_a_view_is_taken_away_by_its_owner_alone(desk):
    make_request()
    own = SavedView.objects.create(staff_id=desk.session["_auth_user_id"], name="Mine", query="view=mine")
    other = SavedView.objects.create(staff=make_staff("frontdesk"), name="Canary view", query="view=open")
    assert "Canary view" not in desk.get(LIST).text
    assert desk.post(f"{LIST}views/{other.pk}/drop/").status_code == 404
    desk.post(f"{LIST}views/{own.pk}/drop/")
    assert list(SavedView.objects.all()) == [other]


def test_marketing_keeps_and_drops_no_views(as_staff):
    view = SavedView.objects.create(staff=make_staff("frontdesk"), name="Mine", query="view=mine")
    marketing = as_staff("marketing")
    assert marketing.post(f"{LIST}views/?view=mine", {"view_name": "x"}).status_code == 403
    assert marketing.post(f"{LIST}views/{view.pk}/drop/").status_code == 403


def test_a_link_keeps_nothing(desk):
    assert desk.get(f"{LIST}views/?view=mine&view_name=x").status_code == 405
