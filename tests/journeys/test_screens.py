"""On every staff screen, with names and words as long as real ones, nothing leaves its panel and no word is cut."""

import os

import pytest
import time_machine

from booking.models import Clinician, Consultation, ConsultationRequest, OpenTime, PreparedAnswer
from clinic_site.models import Clinic
from tests.factories import make_staff
from tests.journeys import long_data
from tests.journeys.overflow import pushed_out_on

pytestmark = pytest.mark.journey

SIZES = [(1280, 800), (1366, 768), (1920, 1080), (820, 1180), (390, 844)]
IN_EACH_RUN = {"frontdesk": ["today", "worklist", "moving"], "manager": ["new answer", "banners"]}
REQUESTS, TIMES = "/admin/booking/consultationrequest/", "/admin/booking/opentime/"


@pytest.fixture(autouse=True)
def a_tuesday():
    with time_machine.travel(long_data.A_TUESDAY):
        yield


def first(records, **which):
    return records.filter(**which).order_by("pk").first()


def of_the_desk():
    """The desk's screens, by name."""
    screens = {
        "today": "/admin/",
        "worklist": f"{REQUESTS}?view=answer",
        "everything": REQUESTS,
        "spam": f"{REQUESTS}?view=spam",
        "calendar": f"{TIMES}calendar/",
        "day": f"{TIMES}calendar/?span=day",
        "day sheet": f"{TIMES}calendar/sheet/",
        "times": TIMES,
        "publish": f"{TIMES}publish/",
        "close": f"{TIMES}close/",
        "figures": f"{REQUESTS}figures/",
        "mail": "/admin/booking/outboxmail/",
        "how mail reads": "/admin/booking/outboxmail/preview/",
        "prepared answers": "/admin/booking/preparedanswer/",
        "clinicians": "/admin/booking/clinician/",
        "phoned in": f"{REQUESTS}add/",
        "keys": "/admin/keys/",
    }
    booked = first(Consultation.objects.booked()).request_id
    screens["chosen time"] = f"{TIMES}calendar/?time={first(OpenTime.objects, state='booked').pk}"
    screens["moving"] = f"{TIMES}calendar/?move={booked}"
    for state in ("received", "booked", "offered"):
        page = f"{REQUESTS}{first(ConsultationRequest.objects, state=state).pk}/change/"
        screens |= {f"{state}, {way}": f"{page}?way={way}" for way in ("offer", "answer", "end")}
    return screens


def of_the_manager():
    who, answer = first(Clinician.objects), first(PreparedAnswer.objects)
    return {
        "today": "/admin/",
        "hours": f"{TIMES}opening/",
        "people": "/admin/people/",
        "audit": "/admin/audit/",
        "clinician": f"/admin/booking/clinician/{who.pk}/change/",
        "new clinician": "/admin/booking/clinician/add/",
        "answer": f"/admin/booking/preparedanswer/{answer.pk}/change/",
        "new answer": "/admin/booking/preparedanswer/add/",
        "clinic": f"/admin/clinic_site/clinic/{Clinic.profile().pk}/change/",
        "their own data": f"{REQUESTS}{first(ConsultationRequest.objects).pk}/personal-data/",
        "limits": "/admin/clinic_site/limits/",
        "banners": "/admin/clinic_site/banner/",
        "new banner": "/admin/clinic_site/banner/add/",
        "notices": "/admin/clinic_site/notice/",
        "new notice": "/admin/clinic_site/notice/add/",
        "team": "/admin/clinic_site/teammember/",
        "new team member": "/admin/clinic_site/teammember/add/",
    }


SCREENS = {"frontdesk": of_the_desk, "manager": of_the_manager}


@pytest.fixture
def look(open_own_page):
    """
    Opens screens of a role in these sizes and colors, all of them where none are named; says what leaves its panel.

    Whoever wants to look for themselves names a folder in PICTURES, and screens in ONLY.
    """
    pictures, only = os.environ.get("PICTURES"), os.environ.get("ONLY")

    def look(role, sizes, schemes, names=None):
        long_data.fill(make_staff("frontdesk", first_name="Dana", last_name="Wojciechowska-Featherstonehaugh"))
        page, screens, wrong = open_own_page(role, width=1280), SCREENS[role](), []
        for name in only.split(",") if only else names or screens:
            assert page.goto(screens[name]).ok, name
            for width, height in sizes:
                page.set_viewport_size({"width": width, "height": height})
                for scheme in schemes:
                    page.emulate_media(color_scheme=scheme)
                    wrong += [f"{name} {width} {scheme}: {line}" for line in pushed_out_on(page)]
                    if pictures:
                        page.screenshot(path=f"{pictures}/{role}-{name}-{width}-{scheme}.png", full_page=True)
        return "\n".join(wrong)

    return look


@pytest.mark.parametrize("role", SCREENS)
def test_nothing_leaves_its_panel_on_the_busiest_screens(look, role):
    wrong = look(role, [SIZES[0], SIZES[-1]], ["light"], IN_EACH_RUN[role])
    assert not wrong, wrong


@pytest.mark.prove
@pytest.mark.parametrize("role", SCREENS)
def test_nothing_leaves_its_panel_and_no_word_is_cut_on_any_screen(look, role):
    wrong = look(role, SIZES, ["light", "dark"])
    assert not wrong, wrong


def test_a_usual_day_of_the_calendar_fits_a_laptop_without_scrolling(open_own_page):
    long_data.fill(make_staff("frontdesk"))
    page = open_own_page("frontdesk", width=1280)
    page.goto(f"{TIMES}calendar/")
    table = page.locator("table.cal").bounding_box()
    assert table["y"] + table["height"] <= 800
