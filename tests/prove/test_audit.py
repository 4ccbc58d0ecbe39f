"""Who looked: a day of four roles, 100,000 entries verified, and what a row costs a page (about 2 minutes)."""

import statistics
import time

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from booking.models import ConsultationRequest
from clinic_site.audit import guard, looking
from clinic_site.audit.sealing import seal_entries
from clinic_site.audit.verifying import verify
from clinic_site.models import AuditEntry
from clinic_site.models.audit import mac_of
from tests.booking.crowd import add_requests
from tests.factories import make_request, make_staff
from tests.signing_in import sign_in
from tests.site import ROOT

pytestmark = [pytest.mark.prove, pytest.mark.django_db]

LIST = "/admin/booking/consultationrequest/"
MANY = 100_000
SECONDS = 10
DEARER = 1.1  # times the processor time of the same page without its row
ROUNDS, PAGES = 40, 5
_said: list[str] = []


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture(scope="module", autouse=True)
def table():
    """Write what was found, once all of it is."""
    yield
    head = [f"# Who looked ({connection.vendor})", "", "Written by `make prove ARGS=audit`.", ""]
    path = ROOT / "docs" / "proofs" / f"audit-{connection.vendor}.md"
    path.write_text("\n".join([*head, *_said, ""]))


def test_a_day_of_four_roles_is_in_the_audit_each_look_once():
    asked = make_request(name="Ann Featherstonehaugh")
    page = f"{LIST}{asked.pk}/change/"
    day = {
        "frontdesk": [
            ("/admin/", "looked"),
            (f"{LIST}?view=answer", "looked"),
            (f"{LIST}?q=feather", "searched"),
            (page, "looked"),
            ("/admin/booking/opentime/calendar/", "looked"),
            ("/admin/booking/opentime/calendar/sheet/", "printed"),
            ("/admin/booking/outboxmail/", "looked"),
        ],
        "clinician": [("/admin/", "looked"), (page, "looked")],
        "marketing": [(page, "refused"), ("/admin/", "looked"), ("/admin/treatments/benefit/", None)],
        "manager": [("/admin/", "looked"), (page, "looked"), (f"/admin/audit/?request={asked.reference}", "looked")],
    }
    wanted = []
    for role, steps in day.items():
        client, member = Client(), make_staff(role)
        sign_in(client, member)
        for address, action in steps:
            assert client.get(address).status_code in (200, 403)
            wanted += [(member.pk, action)] if action else []
    assert list(AuditEntry.objects.order_by("pk").values_list("staff", "action")) == wanted
    about_them = AuditEntry.objects.about(asked.pk)
    seal_entries()
    assert verify().troubles == [] and "Feather" not in str(list(AuditEntry.objects.values_list()))
    rows = f"{len(wanted)} looks, {len(wanted)} rows, {about_them.count()} about the one request"
    _said.append(f"- A day of four roles: {rows}.")


def test_100000_entries_are_verified_in_less_than_ten_seconds_and_each_harm_is_named(settings):
    now = timezone.now()
    entries = [
        AuditEntry(
            action="looked", staff_id=1, role="Front desk", page="index", about=f",{n},", at=now, details={"of": n}
        )
        for n in range(MANY)
    ]
    for entry in entries:
        entry.mac = mac_of(settings.AUDIT_KEYS[0], *entry.signed_parts)
    AuditEntry.objects.bulk_create(entries, batch_size=2000)
    began = time.monotonic()
    seal_entries()
    sealed = time.monotonic() - began
    began = time.monotonic()
    verified = verify()
    took = time.monotonic() - began
    assert (verified.entries, verified.troubles) == (MANY, [])
    guard.remove("default")
    first = AuditEntry.objects.order_by("pk").first().pk
    AuditEntry.objects.filter(pk=first + 77_777).update(page="other")
    AuditEntry.objects.filter(pk=first + 5).delete()
    AuditEntry.objects.filter(seal=20).delete()
    named = verify().troubles
    assert len(named) == 3 and str(first + 77_777) in " ".join(named)
    speed = f"sealed in {sealed:.1f} s, verified in {took:.1f} s"
    _said.append(f"- {MANY:,} entries: {speed}; one changed, one removed, a tail cut: {len(named)} named.")
    assert took < SECONDS


@pytest.mark.parametrize("address", ["/admin/", f"{LIST}?view=answer", "a request"])
def test_a_page_with_its_row_costs_little_more_than_without(address, monkeypatch):
    client, name = Client(), address
    sign_in(client, make_staff("frontdesk"))
    add_requests(2000)
    if address == "a request":
        address = f"{LIST}{ConsultationRequest.objects.first().pk}/change/"
    watched = looking._watched
    times = {True: [], False: []}
    for number in range(ROUNDS):
        for with_row in (True, False) if number % 2 else (False, True):
            monkeypatch.setattr(looking, "_watched", watched if with_row else unwatched)
            began = time.process_time()
            for _page in range(PAGES):
                assert client.get(address).status_code == 200
            times[with_row].append((time.process_time() - began) / PAGES)
    with_row, without = (statistics.median(times[which]) * 1000 for which in (True, False))
    cost = f"{without:.1f} ms of processor time without its row, {with_row:.1f} with it"
    _said.append(f"- {name}: {cost} ({with_row / without:.2f} times).")
    assert with_row <= DEARER * without


def unwatched(view, request, args, kwargs):
    return view(request, *args, **kwargs)
