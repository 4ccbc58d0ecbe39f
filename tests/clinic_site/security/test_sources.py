from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections
from django.test import RequestFactory

from clinic_site.security.sources import count_from, source_of

DAY = 24 * 3600
CLIENT, NEAR, FAR = "203.0.113.7", "198.51.100.1", "198.51.100.2"


@pytest.fixture(autouse=True)
def fresh_counts(settings):
    """Redis is not rolled back after a test: each test counts under keys of its own."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}


def source(address=CLIENT, forwarded=None):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return source_of(RequestFactory().get("/", REMOTE_ADDR=address, **headers))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(CLIENT, CLIENT, True, id="one address"),
        pytest.param(CLIENT, "203.0.113.8", False, id="two addresses"),
        pytest.param("2001:db8:1:2::3", "2001:db8:1:2:ffff::4", True, id="one line has a /64"),
        pytest.param("2001:db8:1:2::3", "2001:db8:1:3::3", False, id="two lines"),
        pytest.param(f"::ffff:{CLIENT}", CLIENT, True, id="IPv4 written as IPv6"),
        pytest.param("not an address", CLIENT, False, id="no address"),
        pytest.param("not an address", "nor this", False, id="two that are no addresses"),
        pytest.param("", CLIENT, False, id="a socket without an address"),
        pytest.param("fe80::1%eth0", "fe80::2", True, id="an address with its interface"),
    ],
)
def test_a_source_is_the_network_that_somebody_is_given(one, other, same):
    assert (source(one) == source(other)) is same


def test_a_source_does_not_tell_the_address():
    assert CLIENT not in source() and len(source()) == 64


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        pytest.param(0, CLIENT, NEAR, id="without a proxy, what a client says is not believed"),
        pytest.param(1, CLIENT, CLIENT, id="one proxy"),
        pytest.param(1, f"10.9.9.9, {CLIENT}", CLIENT, id="one proxy, and a client who adds an address"),
        pytest.param(2, f"10.9.9.9, {CLIENT}, {FAR}", CLIENT, id="two proxies, and a client who adds an address"),
        pytest.param(2, FAR, NEAR, id="fewer addresses than proxies"),
    ],
)
def test_behind_proxies_the_outermost_of_them_says_who_it_was(settings, proxies, forwarded, believed):
    settings.TRUSTED_PROXIES = proxies
    assert source(NEAR, forwarded) == source_of(RequestFactory().get("/", REMOTE_ADDR=believed))


@pytest.mark.django_db
def test_each_source_and_each_thing_is_counted_by_itself():
    counts = [count_from(*what, DAY) for what in [("a", "x"), ("a", "x"), ("b", "x"), ("a", "y"), ("a", "x")]]
    assert counts == [1, 2, 1, 1, 3]


@pytest.mark.django_db
def test_a_count_begins_anew_after_its_seconds(time_machine):
    time_machine.move_to("2028-01-05T12:00:00Z", tick=False)
    count_from("a", "x", 60)
    time_machine.move_to("2028-01-05T12:00:59Z", tick=False)
    before = count_from("a", "x", 60)
    time_machine.move_to("2028-01-05T12:02:00Z", tick=False)
    assert (before, count_from("a", "x", 60)) == (2, 1)


@pytest.mark.django_db
def test_a_count_lasts_for_all_of_its_seconds(time_machine):
    time_machine.move_to("2028-01-05T00:30:00Z", tick=False)
    count_from("a", "x", DAY)
    time_machine.move_to("2028-01-05T23:30:00Z", tick=False)
    assert count_from("a", "x", DAY) == 2


@pytest.mark.usefixtures("committed")
def test_all_threads_share_one_count():
    def count(_number):
        try:
            return count_from("a", "x", DAY)
        finally:
            connections.close_all()

    counts = []
    for _thread in range(4):  # one after the other: the database's cache may miss one of two at the same moment
        with ThreadPoolExecutor(1) as thread:
            counts += thread.map(count, [0])
    assert counts == [1, 2, 3, 4]
