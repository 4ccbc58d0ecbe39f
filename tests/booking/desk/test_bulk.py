"""One step for many requests: few at once, many by the worker, each exactly once however often it is begun again."""

import pytest

from booking import tasks
from booking.desk import bulk
from booking.desk.bulk import run_bulk_work, start_bulk_work
from booking.models import BulkWork, ConsultationRequest, Event, OutboxMail
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


def make_many(number, **fields):
    return [make_request(email=f"{one}@patient.example", **fields).pk for one in range(number)]


@pytest.fixture
def staff():
    return make_staff("frontdesk")


def test_a_page_of_requests_is_done_at_once(staff):
    work = start_bulk_work(BulkWork.Kind.TAKE, make_many(3), staff)
    assert work.ended_at and (work.done, work.left_alone) == (3, 0)


def test_more_than_a_page_is_left_to_the_worker_and_shows_how_far_it_is(as_staff, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    desk, requests = as_staff("frontdesk"), make_many(5)
    page = desk.post(LIST, {"action": "take_all", "_selected_action": requests}, follow=True)
    assert "0 of 5" in page.text and "You can leave this page" in page.text
    assert not ConsultationRequest.objects.exclude(owner=None).exists()
    work = run_bulk_work(BulkWork.objects.get().pk)
    page = desk.get(f"{LIST}work/{work.pk}/")
    assert "Done for 5 requests." in page.text and "data-again=" not in page.text


def test_work_that_was_cut_off_goes_on_where_it_stood(staff, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    monkeypatch.setattr(bulk, "CHUNK", 2)
    work = start_bulk_work(BulkWork.Kind.RELEASE, make_many(5, suspicions=["trap"]), staff)
    bulk._do_some(work.pk)
    assert BulkWork.objects.get().position == 2
    monkeypatch.setitem(
        bulk.STEPS_IN_BULK, BulkWork.Kind.RELEASE, killed_after(bulk.STEPS_IN_BULK[BulkWork.Kind.RELEASE], 1)
    )
    with pytest.raises(KeyboardInterrupt):
        bulk.run_bulk_work(work.pk)
    assert BulkWork.objects.get().position == 2
    assert ConsultationRequest.objects.filter(quarantine="released").count() == 2
    monkeypatch.undo()
    assert run_bulk_work(work.pk).done == 5
    assert Event.objects.filter(kind="released").count() == 5
    assert OutboxMail.objects.filter(kind="received").count() == 5


def killed_after(act, number):
    """The same step, in a process that is killed after so many requests."""
    done = []

    def until_killed(consultation_request, member):
        if len(done) == number:
            raise KeyboardInterrupt
        done.append(consultation_request)
        act(consultation_request, member)

    return until_killed


def test_what_has_ended_is_not_done_again(staff):
    work = start_bulk_work(BulkWork.Kind.TAKE, make_many(2), staff)
    ConsultationRequest.objects.update(owner=None)
    run_bulk_work(work.pk)
    assert not ConsultationRequest.objects.exclude(owner=None).exists()


def test_what_does_not_lead_on_is_left_alone_and_counted(staff):
    people, suspects = make_many(2), make_many(1, suspicions=["trap"])
    work = start_bulk_work(BulkWork.Kind.SPAM, [*people, *suspects, 10**6], staff)
    assert (work.done, work.left_alone) == (1, 3)


def test_the_sweep_goes_on_with_work_that_a_killed_worker_left(staff, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    work = start_bulk_work(BulkWork.Kind.TAKE, make_many(2), staff)
    handed = []
    monkeypatch.setattr(tasks, "do_bulk_work", handed.append)
    tasks.sweep.call_local()
    assert handed == [work.pk]


def test_work_is_shown_to_whoever_asked_for_it(as_staff, staff):
    work = start_bulk_work(BulkWork.Kind.TAKE, make_many(1), staff)
    assert as_staff("frontdesk").get(f"{LIST}work/{work.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["marketing", "clinician"])
def test_work_is_not_shown_to_who_may_not_do_it(as_staff, staff, role):
    work = start_bulk_work(BulkWork.Kind.TAKE, make_many(1), staff)
    assert as_staff(role).get(f"{LIST}work/{work.pk}/").status_code == 403


@pytest.mark.parametrize("action", ["take_all", "release_all", "confirm_spam_of_all"])
def test_a_clinician_does_nothing_to_many(as_staff, action):
    consultation_request = make_request(suspicions=["trap"])
    as_staff("clinician").post(f"{LIST}?view=spam", {"action": action, "_selected_action": [consultation_request.pk]})
    consultation_request.refresh_from_db()
    assert (consultation_request.owner, consultation_request.quarantine) == (None, "held")
