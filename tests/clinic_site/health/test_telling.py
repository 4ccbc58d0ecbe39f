from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from booking import tasks
from clinic_site.health import outside
from clinic_site.health.outside import ping_watchdog
from clinic_site.health.telling import tell_what_is_owed
from clinic_site.models import OperatorMessage, Problem
from tests.clinic_site.health.conftest import look


def make_time_pass(minutes):
    """What was set for later, or leased, is so much nearer."""
    for message in OperatorMessage.objects.all():
        message.due_at -= timedelta(minutes=minutes)
        message.leased_until = message.leased_until and message.leased_until - timedelta(minutes=minutes)
        message.save()


def test_the_mail_says_what_since_when_and_what_to_type(watched, away):
    away()
    look()
    [message] = mail.outbox
    assert (message.to, message.extra_headers["Auto-Submitted"]) == (["owner@clinic.example"], "auto-generated")
    assert message.body.splitlines()[0].startswith("Since ")
    assert "The folder for backups, " in message.body and "manage.py doctor" in message.body
    assert "https://www.clinic.example/admin/" in message.body


def test_the_last_mail_says_that_nothing_more_is_to_be_done(watched, away):
    away()
    look()
    away(False)
    look()
    assert "You need do nothing more:" in mail.outbox[-1].body


def test_the_address_gets_the_same_as_json(watched, away, alert_address):
    away()
    look()
    away(False)
    look()
    began, ended = alert_address.messages
    assert began["text"].startswith("Trouble at www.clinic.example: backup: The folder for backups, ")
    assert (began["what"], began["level"], began["check"], began["ended_at"]) == ("began", "trouble", "backup", None)
    assert (ended["what"], ended["began_at"]) == ("ended", began["began_at"])
    assert [path for path, _content in alert_address.taken] == ["/alert", "/alert"]


def test_while_no_mail_leaves_the_address_is_told(watched, away, alert_address, mail_server, settings):
    away()  # and the mail server is not started
    look()
    assert [message["what"] for message in alert_address.messages] == ["began"]


def test_word_that_no_mail_could_carry_arrives_when_mail_is_back_in_its_order(watched, away, mail_server):
    away()
    look()
    away(False)
    look()
    mail_server.start()
    tell_what_is_owed()
    assert mail_server.box.messages == []  # its next try has not come
    make_time_pass(minutes=1)
    tell_what_is_owed()
    assert [message["Subject"] for message in mail_server.box.messages] == [
        "Trouble at www.clinic.example: backup",
        "Over at www.clinic.example: backup",
    ]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_an_address_that_takes_nothing_is_tried_again_and_never_followed(watched, away, alert_address, status):
    alert_address.status = status
    away()
    look()
    tell_what_is_owed()
    assert len(alert_address.taken) == 1
    alert_address.status = 200
    make_time_pass(minutes=1)
    tell_what_is_owed()
    assert [path for path, _content in alert_address.taken] == ["/alert", "/alert"]
    tell_what_is_owed()
    assert len(alert_address.taken) == 2


def test_an_address_that_stays_silent_is_waited_for_a_moment_alone(watched, away, alert_address, monkeypatch):
    monkeypatch.setattr(outside, "SECONDS", 0.2)
    alert_address.silence.clear()
    away()
    look()
    assert OperatorMessage.objects.owed().get().way == "address"
    assert len(mail.outbox) == 1


def test_a_way_that_fails_for_long_is_told_by_the_other(watched, away, alert_address):
    alert_address.status = 500
    away()
    look()
    for _try in range(2):
        make_time_pass(minutes=60)
        look(1)
    look()
    assert [message.subject for message in mail.outbox] == [
        "Trouble at www.clinic.example: backup",
        "Trouble at www.clinic.example: word of trouble",
    ]
    assert mail.outbox[-1].body.count("does not reach ALERT_URL:") == 1


def test_a_process_that_was_killed_while_it_told_has_it_told_after_its_lease(watched, away):
    Problem.objects.create(name="backup", level="trouble", words="It is away.", seen=3, is_told=True)
    OperatorMessage.owe(Problem.objects.get(name="backup"), is_end=False)
    assert OperatorMessage.objects.lease_next("mail")  # and killed
    tell_what_is_owed()
    assert mail.outbox == []
    make_time_pass(minutes=2)
    tell_what_is_owed()
    tell_what_is_owed()
    assert len(mail.outbox) == 1


def test_a_moment_that_a_wrong_clock_set_is_not_waited_for(watched):
    Problem.objects.create(name="backup", level="trouble", words="It is away.", seen=3, is_told=True)
    OperatorMessage.owe(Problem.objects.get(name="backup"), is_end=False)
    OperatorMessage.objects.update(due_at=timezone.now() + timedelta(days=2))
    tell_what_is_owed()
    assert len(mail.outbox) == 1


def test_the_watchdog_is_pinged_by_each_sweep(db, alert_address, settings):
    settings.WATCHDOG_URL = f"{alert_address.address}/ping"
    tasks.sweep.call_local()
    tasks.sweep.call_local()
    assert alert_address.pings == ["/ping", "/ping"]


def test_a_sweep_that_breaks_leaves_the_watchdog_without_a_ping(db, alert_address, settings, monkeypatch):
    def broken():
        raise RuntimeError

    settings.WATCHDOG_URL = f"{alert_address.address}/ping"
    monkeypatch.setattr(tasks, "owe_reminders", broken)
    with pytest.raises(RuntimeError):
        tasks.sweep.call_local()
    assert alert_address.pings == []


def test_a_watchdog_that_does_not_answer_harms_no_sweep(settings, alert_address, caplog):
    alert_address.status = 500
    settings.WATCHDOG_URL = f"{alert_address.address}/secret-of-the-ping"
    ping_watchdog()
    assert caplog.messages == ["WATCHDOG_URL does not answer: HTTPError."]


def test_without_an_address_nobody_is_pinged(settings, alert_address):
    settings.WATCHDOG_URL = ""
    ping_watchdog()
    assert alert_address.taken == []
