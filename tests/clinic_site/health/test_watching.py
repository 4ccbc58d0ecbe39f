from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.utils import timezone

from clinic_site.health.watching import FORGOTTEN_AFTER, LOOKS, forget_old_problems, look_after_site
from clinic_site.models import HealthLook, OperatorMessage, Problem, WorkerBeat
from tests.clinic_site.health.conftest import look


def subjects():
    return [message.subject for message in mail.outbox]


BEGAN, OVER = "Trouble at www.clinic.example: backup", "Over at www.clinic.example: backup"


def test_a_site_that_is_well_sends_no_word(watched):
    look(2 * LOOKS)
    assert (subjects(), Problem.objects.exclude(level="advice").exists()) == ([], False)


def test_trouble_is_told_once_when_it_begins_and_once_when_it_ends(watched, away):
    away()
    look(3 * LOOKS)
    assert subjects() == [BEGAN]
    away(False)
    look(3 * LOOKS)
    assert subjects() == [BEGAN, OVER]


def test_trouble_that_comes_back_is_told_again(watched, away):
    for is_away in (True, False, True):
        away(is_away)
        look()
    assert subjects() == [BEGAN, OVER, BEGAN]


def test_what_stops_the_site_is_told_as_that(watched):
    WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=4))
    look()
    assert subjects() == ["www.clinic.example is stopped: worker"]


def test_what_passes_by_itself_before_the_third_look_is_not_told(watched, away):
    away()
    look(LOOKS - 1)
    away(False)
    look()
    assert (subjects(), Problem.objects.open().exclude(level="advice").exists()) == ([], False)


def test_one_look_that_finds_nothing_ends_no_trouble(watched, away):
    away()
    look()
    for _time in range(LOOKS):
        away(False)
        look(LOOKS - 1)
        away()
        look(1)
    assert subjects() == [BEGAN]


def test_a_clock_that_only_one_of_two_machines_sees_wrong_is_told_once(watched):
    for _time in range(3 * LOOKS):
        WorkerBeat.objects.update(at=timezone.now() + timedelta(days=2))
        look(1)
        WorkerBeat.objects.update(at=timezone.now())
        look(1)
    assert subjects() == ["Trouble at www.clinic.example: clock"]


def test_the_words_follow_what_is_found(watched, away, settings, tmp_path):
    away()
    look()
    settings.BACKUP_TO = tmp_path / "elsewhere"
    look(1)
    assert "elsewhere" in Problem.objects.get(name="backup").words
    assert subjects() == [BEGAN]


def test_advice_is_noted_at_once_and_nobody_is_told(watched):
    look(1)
    assert Problem.objects.to_show().filter(level="advice", name="clinic").exists()
    look()
    assert not OperatorMessage.objects.exists()


def test_advice_that_was_followed_is_gone_at_the_next_look(watched, settings):
    settings.DEMO, settings.SECURE_HSTS_SECONDS = False, 3600
    settings.BACKUP_TO = settings.DATA_DIR
    look(1)
    assert Problem.objects.to_show().filter(name="https").exists()
    settings.SECURE_HSTS_SECONDS = 31536000
    look(1)
    assert not Problem.objects.open().filter(name="https").exists()


def test_of_many_processes_one_looks_in_a_minute(watched, settings):
    settings.LOOKS_APART = timedelta(seconds=50)
    HealthLook.objects.create(pk=1, at=timezone.now() - timedelta(seconds=51))
    assert HealthLook.claim(settings.LOOKS_APART) and not HealthLook.claim(settings.LOOKS_APART)


def test_a_look_by_a_clock_that_is_far_ahead_holds_up_nobody(watched):
    HealthLook.objects.create(pk=1, at=timezone.now() + timedelta(days=2))
    assert HealthLook.claim(timedelta(seconds=50))


def test_two_that_look_at_the_same_moment_tell_once(committed, watched, away, mail_server):
    mail_server.start()
    away()
    barrier = Barrier(2)

    def look_with_the_other():
        for _time in range(2 * LOOKS):
            barrier.wait()
            look_after_site()
        connection.close()

    both = [Thread(target=look_with_the_other) for _process in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [message["Subject"] for message in mail_server.box.messages] == [BEGAN]


def test_while_the_database_is_away_nothing_is_noted(watched, away):
    away()

    def refuse(execute, sql, *rest):
        if "healthlook" in sql or "SAVEPOINT" in sql:  # it went away after the look was claimed
            return execute(sql, *rest)
        raise OperationalError("away")

    with connection.execute_wrapper(refuse):
        look()
    assert not Problem.objects.exists()


def test_old_problems_are_forgotten_with_their_messages(watched, away):
    away()
    look()
    away(False)
    look()
    problem = Problem.objects.get(name="backup")
    assert problem.messages.count() == 2
    Problem.objects.update(ended_at=timezone.now() - FORGOTTEN_AFTER + timedelta(minutes=1))
    forget_old_problems()
    assert OperatorMessage.objects.count() == 2
    Problem.objects.update(ended_at=timezone.now() - FORGOTTEN_AFTER - timedelta(minutes=1))
    forget_old_problems()
    assert not OperatorMessage.objects.exists()


@pytest.mark.parametrize("permission", ["manager", "frontdesk"])
def test_the_manager_reads_on_the_first_page_what_is_wrong(watched, away, as_staff, permission):
    client = as_staff(permission)
    away()
    look()
    page = client.get("/admin/").text
    assert ("The site needs a look" in page, "not mounted" in page) == (permission == "manager",) * 2
    assert ("Still to do for the site" in page, "Sample Dermatology&#x27;," in page) == (permission == "manager",) * 2


def test_a_first_page_of_a_site_that_is_well_says_nothing_of_it(watched, as_staff):
    assert "The site needs a look" not in as_staff("manager").get("/admin/").text
