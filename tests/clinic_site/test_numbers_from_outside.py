"""Whatever stands where a number belongs, in an address or in a form, the answer is never a 500."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.forms import formsets
from django.test import Client
from django.urls import URLResolver, get_resolver

from booking.admin import calendar
from booking.admin.one_request import actions
from booking.mail.owing import owe
from booking.models import BulkWork, ConsultationRequest, OutboxMail, PreparedAnswer, SavedView
from booking.schedule.times import offer_times
from clinic_site.numbers import number_in
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in
from treatments.models import Benefit, Section, Source, Term, TreatmentFacts

pytestmark = pytest.mark.django_db

# What is no number for Python, for a database, for a list, and for anybody; three of them by `make prove ARGS=numbers`,
# but for a letter in an address, in all fields at once, and in one list and one form.
BAD = [
    pytest.param("9" * 5000, id="5,000 digits", marks=pytest.mark.prove),
    pytest.param("9" * 20, id="20 digits"),
    pytest.param("-1", id="a negative", marks=pytest.mark.prove),
    pytest.param("x", id="a letter", marks=pytest.mark.prove),
]
MODEL_PAGES = re.compile(r"admin/(?!you/|enrol/|audit/)\w+/\w+/(add/|<path:object_id>/(history/|delete/|change/)?)?")
UNIT = re.compile(r"(?<=admin/treatments/)(treatmentfacts|section|benefit)(?=/)")

# Each address of the project, the usual ones of Django's admin apart, with the names of what is sent to it and is a
# number. A new one has to be added here.
FIELDS = {
    "": [],
    "card.png": [],
    "treatments/": [],
    "treatments/<slug:treatment>/": [],
    "treatments/<slug:treatment>/card.png": [],
    "treatments/<slug:treatment>/<slug:section>/check/": [],
    "treatments/<slug:treatment>/for-you/": ["date", "benefit"],
    "treatments/<slug:treatment>/<slug:section>/preparation.ics": ["date"],
    "treatments/<slug:treatment>/benefits/<slug:benefit>/": [],
    "treatments/<slug:treatment>/benefits/<slug:benefit>/card.png": [],
    "treatments/<slug:treatment>/<slug:section>/card.png": [],
    "treatments/<slug:treatment>/<slug:section>/": [],
    "preview/<str:token>/": ["version", "said"],
    r"^pictures/(?P<name>[0-9a-f]{32}-\d{1,4}x\d{1,4}\.webp)\Z": [],
    "search/": ["q", "page"],
    "consultation/": ["open_time", "phone", "treatment", "benefit", "windows", "form_token"],
    "consultation/received/<str:token>/": [],
    "consultation/r/<str:token>/": ["time", "phone"],
    "consultation/r/<str:token>/consultation.ics": [],
    "consultation/feed/<str:token>.ics": [],
    "consultation/find/": ["asked"],
    "visit/": [],
    "team/": [],
    "privacy/": [],
    "accessibility/": [],
    "notices/<slug:slug>/": [],
    "healthz": [],
    "readyz": [],
    ".well-known/security.txt": [],
    "robots.txt": [],
    "sitemap.xml": ["p"],
    "admin/sign-in/": ["login"],
    "admin/sign-in/second-step/": ["code", "credential"],
    "admin/locked/": ["current_password", "next"],
    "admin/seen/": [],
    "admin/enrol/authenticator/": ["code"],
    "admin/enrol/codes/": [],
    "admin/enrol/<uidb64>/<token>/": [],
    "admin/keys/": [],
    "admin/unsaved-words/": ["kept-key", "kept-owner"],
    "admin/unsaved-words/throw-away/": ["unsaved"],
    "admin/signed-in/": [],
    "admin/people/": [],
    "admin/people/<int:pk>/": [],
    "admin/people/<int:pk>/<slug:step>/": ["to", "role"],
    "admin/audit/": ["request", "by", "first", "last", "page"],
    "admin/audit/verify/": [],
    "admin/you/": [],
    "admin/you/sessions/": ["session"],
    "admin/you/authenticator/": ["code"],
    "admin/you/codes/": [],
    "admin/you/passkey/": ["credential"],
    "admin/you/passkey/remove/": ["passkey"],
    "admin/": [],
    "admin/login/": [],
    "admin/password_change/": [],
    "admin/autocomplete/": ["page"],
    "admin/jsi18n/": [],
    "admin/r/<path:content_type_id>/<path:object_id>/": [],
    "admin/treatments/unit/to-sign/": [],
    "admin/treatments/unit/<str:pk>/read/": ["version"],
    "admin/treatments/unit/<str:pk>/check/": [],
    "admin/treatments/unit/<str:pk>/preview/": [],
    "admin/treatments/unit/<str:pk>/send/": ["version"],
    "admin/treatments/unit/<str:pk>/sign/": ["version", "months"],
    "admin/treatments/unit/<str:pk>/send-back/": ["version"],
    "admin/treatments/unit/<str:pk>/allow/": ["version", "fingerprint"],
    "admin/treatments/unit/<str:pk>/ask/": ["version", "fingerprint"],
    "admin/treatments/unit/<str:pk>/comment/": ["version"],
    "admin/treatments/unit/<str:pk>/publish/": ["version", "at", "until"],
    "admin/treatments/unit/<str:pk>/call-off/": ["version"],
    "admin/treatments/unit/<str:pk>/take-down/": ["version", "at"],
    "admin/treatments/unit/<str:pk>/keep-up/": ["version"],
    "admin/treatments/unit/<str:pk>/bring-back/": ["version"],
    "admin/treatments/unit/<str:pk>/take-back/": ["version"],
    "admin/treatments/unit/<str:pk>/restore/": ["version"],
    "admin/treatments/unit/<str:pk>/begin/": ["at"],
    "admin/treatments/unit/<str:pk>/read-copied/": [],
    "admin/treatments/unit/<str:pk>/retire/": ["leads_to"],
    "admin/treatments/unit/<str:pk>/unretire/": [],
    "admin/treatments/unit/<str:pk>/translate/": ["language"],
    "admin/treatments/unit/<str:pk>/link/": ["lives", "days"],
    "admin/treatments/unit/<str:pk>/revoke/": ["link"],
    "admin/treatments/unit/<str:pk>/move/": ["to"],
    "admin/treatments/unit/<str:pk>/address/": ["slug"],
    "admin/treatments/unit/<str:pk>/compare/": ["old", "new"],
    "admin/treatments/source/<int:pk>/sign/": ["seen"],
    "admin/treatments/source/<int:pk>/drop/": [],
    "admin/treatments/term/<int:pk>/sign/": ["seen"],
    "admin/treatments/term/<int:pk>/drop/": [],
    "admin/booking/outboxmail/try-again/": ["mail"],
    "admin/booking/outboxmail/preview/": [],
    "admin/booking/outboxmail/preview/<slug:kind>/": [],
    "admin/booking/clinician/<int:pk>/feed/": [],
    "admin/booking/opentime/publish/": ["clinicians", "weekdays", "minutes", "first_day", "last_day", "begins", "ends"],
    "admin/booking/opentime/calendar/": ["day", "who", "time", "move", "at", "clinician"],
    "admin/booking/opentime/calendar/do/<slug:action>/": [
        "time",
        "clinician",
        "at",
        "who",
        "day",
        "begins",
        "ends",
        "comes",
    ],
    "admin/booking/opentime/calendar/sheet/": ["day"],
    "admin/booking/opentime/free-held/": ["time"],
    "admin/booking/opentime/hold-again/": ["freed"],
    "admin/booking/opentime/close/": ["day"],
    "admin/booking/opentime/opening/": [],
    "admin/booking/opentime/opening/hours/": ["opens-0-0", "closes-0-0"],
    "admin/booking/opentime/opening/reopen/<int:pk>/": [],
    "admin/booking/opentime/opening/reopened/": ["day"],
    "admin/booking/opentime/opening/sees/<int:pk>/": [],
    "admin/booking/opentime/opening/away/<int:pk>/": ["first_day", "begins", "last_day", "ends"],
    "admin/booking/opentime/opening/back/<int:pk>/": [],
    "admin/booking/consultationrequest/search/": ["q"],
    "admin/booking/consultationrequest/duplicates/": ["phone", "name"],
    "admin/booking/consultationrequest/<int:pk>/do/<slug:action>/": [
        *["time", "this", "last", "suggested", "seen", "other", "to", "prepared", "again_day", "again_at"],
    ],
    "admin/booking/consultationrequest/<int:pk>/look/": ["time", "suggested", "prepared", "day", "clinician", "show"],
    "admin/booking/consultationrequest/<int:pk>/correct/": ["seen", "benefit", "clinician", "phone", "windows"],
    "admin/booking/consultationrequest/hand-over/": ["to"],
    "admin/booking/consultationrequest/<int:pk>/advise/": [],
    "admin/booking/consultationrequest/<int:pk>/private/": ["time", "day"],
    "admin/booking/consultationrequest/<int:pk>/personal-data/": [],
    "admin/booking/consultationrequest/<int:pk>/personal-data/file/": [],
    "admin/booking/consultationrequest/news/": ["since"],
    "admin/booking/consultationrequest/figures/": ["weeks", "against"],
    "admin/booking/consultationrequest/export/<slug:form>/": ["owner__id__exact", "benefit__id__exact", "p"],
    "admin/booking/consultationrequest/views/": ["owner__id__exact", "p"],
    "admin/booking/consultationrequest/views/<int:pk>/drop/": [],
    "admin/booking/consultationrequest/work/<int:pk>/": [],
    r"admin/^(?P<app_label>treatments|booking|clinic_site)/$": [],
    "admin/(?P<url>.*)$": [],
}
ACTIONS = {"calendar/do/": calendar.ACTIONS, "<int:pk>/do/": actions.ACTIONS}
COPY = {"treatments/section/": Section, "treatments/source/": Source, "treatments/term/": Term}
# What a page of a record reads from its address, beside its form.
OWN_PARAMETERS = {
    "booking.consultationrequest": ["prepared", "way", "day", "clinician", "part"],
    "treatments.section": ["step"],
}


def routes(resolver=None, before=""):
    """All addresses of the project, as their patterns are written; signing out is left out, it would end the test."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif route != "admin/logout/":
            yield route


def filled(route, values):
    """An address: the pattern's parameters replaced by these values."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values.get(found[1], "x")), route)


def parameters(route):
    return re.findall(r"<(?:\w+:)?(\w+)>", route) if not route.startswith("^") else []


@pytest.fixture
def values():
    """What stands in an address in place of each parameter, so that it leads to a page."""
    staff = make_staff("manager")
    consultation_request = make_request()
    offer_times(consultation_request, [make_time(30)], staff)
    owe(OutboxMail.Kind.RECEIVED, consultation_request)
    PreparedAnswer.objects.create(title="Hours", text="We are open.")
    SavedView.objects.create(staff=staff, name="Mine", query="")
    BulkWork.objects.create(staff=staff, kind=BulkWork.Kind.TAKE, requests=[])
    return {
        "treatment": "microneedling",
        "benefit": "scars",
        "section": "risks",
        "slug": "privacy",
        "kind": "booked",
        "form": "csv",
        "action": "note",
        "pk": consultation_request.pk,
        "object_id": consultation_request.pk,
        "content_type_id": 1,
        "token": consultation_request.token,
    }


@pytest.fixture
def manager():
    """The client of somebody who may do everything; a view that breaks answers with 500."""
    client = Client(raise_request_exception=False)
    sign_in(client, make_staff("manager", is_superuser=True))
    return client


def broken(client, address, sent=None, methods=("get", "post")):
    """What broke when these values were sent to an address, each way; whatever came of it is taken back."""
    failed = []
    for send in (getattr(client, method) for method in methods):
        with transaction.atomic():
            response = send(address, sent or {})
            transaction.set_rollback(True)
        if response.status_code >= 500:
            failed.append(f"{send.__name__} {address[:120]} {list(sent or {})}")
    return failed


def test_each_address_says_which_of_its_fields_are_numbers():
    own = {UNIT.sub("unit", route) for route in routes() if not MODEL_PAGES.fullmatch(route)}
    assert own == set(FIELDS)


@pytest.mark.parametrize("bad", [*BAD[:3], pytest.param("x", id="a letter")])
def test_in_the_place_of_each_part_of_an_address(manager, values, bad):
    failed = []
    for route in {UNIT.sub("section", route) for route in routes()}:
        for parameter in parameters(route):
            failed += broken(manager, filled(route, values | {parameter: bad}))
    assert failed == []


def own_addresses(values):
    """Each address of the project, one for each action that it can do, with its fields."""
    for route, fields in FIELDS.items():
        page = route.replace("treatments/unit", "treatments/section")
        pk = next((model.objects.first().pk for part, model in COPY.items() if part in page), values["pk"])
        for action in next((table for part, table in ACTIONS.items() if part in route), [""]):
            yield filled(page, values | {"pk": pk, "action": action}), fields


@pytest.mark.parametrize("bad", BAD)
def test_in_each_field_of_the_projects_own_addresses(manager, values, bad):
    failed = []
    for address, fields in own_addresses(values):
        for field in fields:
            failed += broken(manager, address, {field: bad})
    assert failed == []


def test_a_letter_in_all_fields_of_an_address_at_once(manager, values):
    failed = []
    for address, fields in own_addresses(values):
        failed += broken(manager, address, dict.fromkeys(fields, "x")) if fields else []
    assert failed == []


@pytest.mark.parametrize("bad", BAD)
def test_in_the_lists_of_the_admin(manager, values, bad):
    failed = broken(manager, f"/admin/treatments/section/{Section.objects.first().pk}/history/", {"page": bad}, ["get"])
    for model in admin.site._registry:
        failed += broken_in_list(manager, model, bad)
    assert failed == []


def test_a_letter_in_one_list(manager, values):
    assert broken_in_list(manager, ConsultationRequest, "x") == []


def broken_in_list(manager, model, bad):
    """What broke when this stood for each page, filter and choice of a model's list."""
    failed, model_admin = [], admin.site._registry[model]
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for parameter in ["p", *_filters_of(model_admin)]:
        failed += broken(manager, address, {parameter: bad}, ["get"])
    for action in ["delete_selected", *(model_admin.actions or [])]:
        failed += broken(manager, address, {"action": action, ACTION_CHECKBOX_NAME: bad}, ["post"])
        failed += broken(manager, address, {"action": action, ACTION_CHECKBOX_NAME: "1", "index": bad}, ["post"])
    return failed


def _filters_of(model_admin):
    for name in model_admin.list_filter:
        name = name[0] if isinstance(name, tuple) else name  # a field with a filter of its own
        if isinstance(name, str):
            yield from (f"{name}__exact", f"{name}__id__exact", f"{name}__isnull", f"{name}__in")
        else:
            yield name.parameter_name
    if model_admin.date_hierarchy:
        yield from (f"{model_admin.date_hierarchy}__{part}" for part in ("year", "month", "day"))


class Controls(HTMLParser):
    """The names of all that a page's forms send, with the values they have."""

    def __init__(self, html):
        super().__init__()
        self.found = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in ("input", "select", "textarea") and attributes.get("name"):
            self.found[attributes["name"]] = attributes.get("value") or ""


@pytest.mark.parametrize("bad", BAD)
def test_in_the_forms_of_the_admin(manager, values, bad, few_rows):
    failed = []
    for model in admin.site._registry.keys() - {TreatmentFacts, Benefit}:  # edited as sections are
        failed += broken_in_forms(manager, model, bad)
    assert failed == []


def test_a_letter_in_the_forms_of_one_kind(manager, values, few_rows):
    assert broken_in_forms(manager, Section, "x") == []


@pytest.fixture
def few_rows(monkeypatch):
    """Django makes 2,000 empty rows of a number that is too large."""
    monkeypatch.setattr(formsets, "DEFAULT_MAX_NUM", 10)


def broken_in_forms(manager, model, bad):
    """
    What broke when this was sent to a model's forms: in all fields at once, as each is judged by itself; then in the
    counts of one kind of rows, as all would take long.
    """
    failed, pages = [], [f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/"]
    if record := model._default_manager.first():
        pages.append(f"{pages[0].removesuffix('add/')}{record.pk}/change/")
    for page in pages:
        sent = Controls(manager.get(page).text).found
        for parameter in OWN_PARAMETERS.get(model._meta.label_lower, []):
            failed += broken(manager, page, {parameter: bad}, ["get"])
        counts = {name for name in sent if name.endswith("_FORMS")}
        fields = sent.keys() - counts
        if len(fields) * len(bad) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 2:  # then those that hold a number now
            fields = {name for name in fields if sent[name].isdecimal()}
        failed += broken(manager, page, sent | dict.fromkeys(fields, bad), ["post"])
        failed += broken(manager, page, sent | dict.fromkeys(sorted(counts)[:4], bad), ["post"])
    return failed


def test_a_number_is_read_where_it_is_one():
    assert [number_in(text) for text in ("0", "12", "9" * 18)] == [0, 12, 10**18 - 1]


@pytest.mark.parametrize("text", ["", None, "x", "-1", "1.5", "²", " 1", "9" * 19, "9" * 5000])
def test_a_text_that_is_no_number_gives_none(text):
    assert number_in(text) is None
