import logging

import pytest

from clinic_site.logs.limits import KINDS, MOST, AFewAMinute


@pytest.fixture
def minute(monkeypatch):
    """A function that lets a minute begin."""
    now = [0]
    monkeypatch.setattr("clinic_site.logs.limits.time.monotonic", lambda: now[0] * 60.0)

    def begin():
        now[0] += 1

    begin()
    return begin


def line(words="%s does not answer.", value="Redis", name="clinic_site.breaker", error=None):
    return logging.LogRecord(name, logging.WARNING, __file__, 1, words, (value,), error and (type(error), error, None))


def let_through(limit, *lines):
    return [one for one in lines if limit.filter(one)]


def test_a_few_of_a_kind_are_let_through_and_the_last_says_so(minute):
    limit = AFewAMinute()
    through = let_through(limit, *(line(value=str(number)) for number in range(1000)))
    assert len(through) == MOST
    *before, last = [getattr(one, "left_out", "") for one in through]
    assert (set(before), last) == ({""}, "more of these are left out for a minute")


def test_a_new_minute_says_how_many_were_left_out(minute):
    limit = AFewAMinute()
    let_through(limit, *(line() for _number in range(10)))
    minute()
    first, second = let_through(limit, line(), line())
    assert first.left_out == f"{10 - MOST} lines were left out before this one"
    assert not hasattr(second, "left_out")


def test_other_words_and_other_errors_are_other_kinds(minute):
    limit = AFewAMinute()
    let_through(limit, *(line() for _number in range(10)))
    others = [line(words="%s hangs."), line(name="huey"), line(error=ValueError()), line(error=KeyError())]
    assert let_through(limit, *others) == others


def test_however_many_kinds_there_are_the_log_stays_short(minute):
    limit = AFewAMinute()
    assert len(let_through(limit, *(line(words=f"{number} %s") for number in range(10_000)))) == KINDS + MOST
