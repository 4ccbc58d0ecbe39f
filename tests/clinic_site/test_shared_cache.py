"""The cache that all web processes share: in a file, or in Redis; away, it is an empty one that nobody waits for."""

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from clinic_site import breaker
from clinic_site.breaker import Breaker, breaker_of
from clinic_site.environment import redis_within
from clinic_site.shared_cache import ForgivingFileCache, ForgivingRedisCache
from tests.site import ROOT

COUNT = """
import sys, django
django.setup()
from clinic_site.shared_cache import SqliteFileCache
cache = SqliteFileCache(sys.argv[1], {})
for _time in range(50):
    cache.incr("count")
"""


@pytest.fixture
def cache(tmp_path):
    return ForgivingFileCache(tmp_path / "cache.sqlite3", {})


@pytest.fixture
def hung():
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_value_is_there_until_it_is_taken_away(cache):
    cache.set("readers", {1: ("Amira", None)})
    cache.set("number", 7)
    assert (cache.get("readers"), cache.get("number"), cache.get("other", "none")) == ({1: ("Amira", None)}, 7, "none")
    assert (cache.delete("number"), cache.delete("number"), cache.get("number")) == (True, False, None)
    cache.clear()
    assert cache.get("readers") is None


def test_a_value_ends_with_its_time(cache, time_machine):
    time_machine.move_to("2028-01-05T12:00:00Z", tick=False)
    cache.set("a", 1, timeout=60)
    cache.set("b", 1, timeout=None)
    time_machine.move_to("2028-01-05T12:00:59Z", tick=False)
    assert (cache.get("a"), cache.touch("a", 120), cache.add("a", 2)) == (1, True, False)
    time_machine.move_to("2028-01-05T12:02:59Z", tick=False)
    assert (cache.get("a"), cache.touch("a"), cache.add("a", 2)) == (None, False, True)
    assert (cache.get("a"), cache.get("b")) == (2, 1)


def test_what_has_ended_leaves_the_file(cache, time_machine):
    time_machine.move_to("2028-01-05T12:00:00Z", tick=False)
    for number in range(20):
        cache.add(f"key-{number}", 1, timeout=60)
    time_machine.move_to("2028-01-05T13:00:00Z", tick=False)
    cache.add("last", 1)
    assert cache._run("SELECT COUNT(*) FROM kept") == (1,)


def test_counts_of_threads_and_processes_are_whole(cache):
    cache.set("count", 0)
    command = [sys.executable, "-c", COUNT, cache.address]
    others = [subprocess.Popen(command, cwd=ROOT, env=None) for _process in range(2)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _number: cache.incr("count"), range(50)))
    assert [other.wait() for other in others] == [0, 0]
    assert cache.get("count") == 150


def test_a_count_that_is_not_there_is_refused(cache):
    with pytest.raises(ValueError, match="not found"):
        cache.incr("count")


def test_a_file_that_a_power_cut_left_broken_is_made_anew(cache, tmp_path):
    cache.set("a", 1)
    (tmp_path / "cache.sqlite3").write_bytes(b"no database at all" * 1000)
    assert cache.add("a", 2) and cache.get("a") == 2


def test_a_file_that_cannot_be_written_is_an_empty_cache(tmp_path):
    cache = ForgivingFileCache(tmp_path / "not a folder" / "cache.sqlite3", {})
    cache.set("a", 1)
    assert (cache.get("a", "none"), cache.add("a", 1), cache.incr("a")) == ("none", True, 1)


def test_a_redis_that_hangs_is_waited_for_once(hung):
    cache = ForgivingRedisCache(redis_within(hung, seconds=1), {})
    began = time.monotonic()
    assert cache.add("a", 1)
    first = time.monotonic() - began
    assert (cache.add("a", 1), cache.incr("a"), cache.get("a", "none")) == (True, 1, "none")
    assert 1 <= first < 3 and time.monotonic() - began < first + 1


def test_while_one_waits_for_an_answer_the_others_do_not():
    def hangs():
        asked.set()
        answered.wait(60)
        return "an answer"

    service, asked, answered = Breaker("It"), Event(), Event()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(service.ask, hangs, "nothing")
        asked.wait(60)
        time.sleep(breaker.SLOW + 0.1)
        assert service.ask(lambda: "another", "nothing") == "nothing"
        answered.set()
        assert waiting.result() == "an answer"
    assert service.ask(lambda: "another", "nothing") == "another"


def test_what_one_part_found_out_about_a_server_the_others_know(hung):
    ForgivingRedisCache(redis_within(hung, seconds=1), {}).get("a")
    assert breaker_of(hung).ask(lambda: "an answer", "nothing") == "nothing"


def test_what_failed_is_asked_again_after_a_while(monkeypatch):
    asked = []

    def fails():
        asked.append(1)
        raise OSError

    service = Breaker("It")
    assert [service.ask(fails, "nothing") for _time in range(3)] == ["nothing"] * 3
    assert len(asked) == 1
    monkeypatch.setattr(breaker.time, "monotonic", lambda: time.perf_counter() + 10**9)
    assert service.ask(lambda: "an answer", "nothing") == "an answer"


def test_an_error_that_it_does_not_know_is_not_swallowed():
    def fails():
        raise KeyError

    with pytest.raises(KeyError):
        Breaker("It").ask(fails, "nothing", (OSError,))
