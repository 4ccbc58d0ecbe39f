"""Published pages before Django, asked as gunicorn asks."""

import gzip
from datetime import timedelta
from threading import Barrier, Thread

import brotli
import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from clinic_site.content_revision import ContentRevision, changes
from clinic_site.models import Banner, Clinic
from clinic_site.pages import page_cache
from tests.clinic_site.addresses import PUBLIC
from tests.clinic_site.pages.reader import Reader, connections_stay
from tests.factories import make_benefit, make_copy, make_staff
from tests.signing_in import sign_in
from treatments.models import OldAddress, Unit, Version

pytestmark = [pytest.mark.django_db, pytest.mark.clock]
PAGE = "/treatments/microneedling/benefits/scars/"
OTHER_PAGE = "/treatments/microneedling/cost/"


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """A change with all that follows its commit: `with commit(): …`."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def rename(heading="Scars, in new words"):
    Version.objects.filter(unit__slug="scars").update(heading=heading)


def test_a_page_that_is_kept_costs_no_query(reader, django_assert_num_queries):
    first = reader.get(PAGE)
    with django_assert_num_queries(0):
        second = reader.get(PAGE)
    assert (first.content, first.status) == (second.content, 200)


def test_a_kept_page_has_the_words_and_headers_that_django_gives(reader, client):
    response = client.get(PAGE, SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
    kept = reader.get(PAGE)
    assert "".join(kept.text.split()) == "".join(response.text.split())
    own = {"ETag", "Content-Length"}
    assert {name: value for name, value in kept.headers.items() if name not in own} == {
        name: value for name, value in response.items() if name not in own
    }


@pytest.mark.parametrize("name", ["Content-Security-Policy", "X-Frame-Options", "Permissions-Policy"])
@pytest.mark.timeless
def test_a_kept_page_and_its_304_carry_the_policy(reader, name):
    page = reader.get(PAGE)
    unchanged = reader.get(PAGE, headers={"If-None-Match": page.headers["ETag"]})
    assert page.headers[name] == unchanged.headers[name]


def test_an_edit_shows_at_the_next_request_in_each_worker(commit):
    workers = [Reader(), Reader()]
    before = [worker.get(PAGE).text for worker in workers]
    with commit():
        rename()
    after = [worker.get(PAGE).text for worker in workers]
    assert ["Scars, in new words" in text for text in before + after] == [False, False, True, True]


def test_an_edit_that_is_rolled_back_shows_nowhere(reader, commit):
    reader.get(PAGE)
    number = changes.number
    rename()  # its commit never comes
    assert ("Scars, in new words" in reader.get(PAGE).text, changes.number) == (False, number)


def test_a_change_that_a_killed_process_did_not_tell_of_is_found_by_the_next_look(reader):
    changes.follow(ContentRevision.current())
    reader.get(PAGE)
    rename()  # committed, and killed before it told
    changes.follow(ContentRevision.current())
    assert "Scars, in new words" in reader.get(PAGE).text


def test_a_look_that_finds_nothing_new_lets_pages_stay(reader, commit, django_assert_num_queries):
    with commit():
        rename()
    reader.get(PAGE)
    changes.follow(ContentRevision.current())
    with django_assert_num_queries(0):
        reader.get(PAGE)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Clinic.objects.update(name="Another Clinic"),
        lambda: Banner.objects.create(text="Another Clinic", shown_until=timezone.now() + timedelta(hours=1)),
    ],
    ids=["profile", "banner"],
)
def test_a_change_of_the_clinic_shows_on_every_page(reader, commit, change):
    Clinic().save()
    reader.get(PAGE), reader.get(OTHER_PAGE)
    with commit():
        change()
    assert all("Another Clinic" in reader.get(page).text for page in (PAGE, OTHER_PAGE))


def test_a_version_that_begins_later_shows_when_the_clock_says_so_with_no_job_run(reader):
    now = timezone.now()
    benefit = make_benefit(heading="As it was")
    benefit.newest_version().go_live(now - timedelta(days=1))
    planned = make_copy(benefit.newest_version())
    planned.heading = "As it is now"
    planned.save()
    planned.go_live(now + timedelta(hours=1))
    seen = []
    for minutes in (0, 59, 60, 61):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            page = reader.get(benefit.get_absolute_url()).text
            seen.append(["As it was" in page, "As it is now" in page])
    assert seen == [[True, False], [True, False], [False, True], [False, True]]


def test_an_old_address_leads_to_the_new_one(reader):
    unit = Unit.objects.get(slug="scars")
    OldAddress.objects.create(treatment=unit.treatment, kind=unit.kind, slug="marks", unit=unit)
    answers = [reader.get("/treatments/microneedling/benefits/marks/") for _time in range(2)]
    assert [(answer.status, answer.headers["Location"]) for answer in answers] == [(301, PAGE)] * 2


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("", None, bytes),
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("br;q=0.0, gzip", "gzip", gzip.decompress),
        ("br; q=0.00, gzip; q=0.000", None, bytes),
        ("br;q=0.001, gzip", "br", brotli.decompress),
        ("BR", "br", brotli.decompress),
        ("identity", None, bytes),
        (",;q=,,", None, bytes),
    ],
)
@pytest.mark.timeless
def test_a_page_comes_in_the_smallest_form_that_the_browser_takes(reader, accepted, encoding, decode):
    plain = reader.get(PAGE).content
    answer = reader.get(PAGE, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert decode(answer.content) == plain
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("known", ["{}", '"other", {}', "strong", "*"])
@pytest.mark.timeless
def test_a_browser_that_has_the_page_is_sent_no_body_until_it_changes(reader, commit, known):
    tag = reader.get(PAGE).headers["ETag"]
    known = tag.removeprefix("W/") if known == "strong" else known.format(tag)
    again = reader.get(PAGE, headers={"If-None-Match": known})
    with commit():
        rename()
    changed = reader.get(PAGE, headers={"If-None-Match": known})
    assert (again.status, again.content) == (304, b"")
    assert changed.status == (304 if known == "*" else 200)


@pytest.mark.timeless
def test_one_tag_stands_for_a_page_in_all_its_encodings_and_is_weak_for_that(reader):
    tags = {reader.get(PAGE, headers={"Accept-Encoding": accepted}).headers["ETag"] for accepted in ("br", "gzip", "")}
    assert [tag[:3] for tag in tags] == ['W/"']


@pytest.mark.timeless
def test_head_has_the_headers_and_no_body(reader):
    page, head = reader.get(PAGE), reader.get(PAGE, method="HEAD")
    assert (head.status, head.content, dict(head.headers)) == (200, b"", dict(page.headers))


@pytest.mark.timeless
def test_a_range_is_not_asked_for_here(reader):
    assert reader.get(PAGE, headers={"Range": "bytes=0-10"}).content == reader.get(PAGE).content


TRICKS = {
    "a prefix": {"SCRIPT_NAME": OTHER_PAGE[:-1]},
    "another path in a header": {"HTTP_PATH_INFO": OTHER_PAGE},
    "a rewritten path": {"HTTP_X_REWRITE_URL": OTHER_PAGE, "HTTP_X_ORIGINAL_URL": OTHER_PAGE},
    "a prefix in a header": {"HTTP_SCRIPT_NAME": OTHER_PAGE, "HTTP_X_FORWARDED_PREFIX": OTHER_PAGE},
    "another host": {"HTTP_HOST": "evil.example"},
    "no host": {"HTTP_HOST": ""},
    "a forwarded host": {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_FORWARDED": "host=evil.example"},
    "a forwarded scheme": {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_SSL": "on"},
    "another scheme": {"wsgi.url_scheme": "https"},
    "a method in a header": {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST", "HTTP_X_METHOD": "DELETE"},
    "a language": {"HTTP_ACCEPT_LANGUAGE": "ar", "HTTP_COOKIE": "django_language=ar"},
    "a cookie": {"HTTP_COOKIE": "evil=1; staff=nobody"},
    "an encoding": {"HTTP_ACCEPT_ENCODING": "br, gzip, evil"},
    "a query": {"QUERY_STRING": "evil=1&_method=DELETE"},
    "a broken query": {"QUERY_STRING": "%00&%ff"},
    "a body": {"CONTENT_LENGTH": "5", "CONTENT_TYPE": "application/x-www-form-urlencoded"},
    "a range": {"HTTP_RANGE": "bytes=0-0"},
    "an expectation": {"HTTP_EXPECT": "100-continue", "HTTP_UPGRADE": "h2c"},
}


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
@pytest.mark.timeless
def test_nothing_that_a_client_sends_changes_what_the_next_reader_gets(trick):
    honest = Reader().get(PAGE)
    tricked = Reader()
    tricked.get(PAGE, **trick)
    tricked.get(OTHER_PAGE, **trick)
    after = tricked.get(PAGE)
    assert (after.content, dict(after.headers)) == (honest.content, dict(honest.headers))


@pytest.mark.parametrize(
    "path",
    [
        "//treatments/microneedling/benefits/scars/",
        "/treatments//microneedling/benefits/scars/",
        "/treatments/microneedling/./benefits/scars/",
        "/treatments/microneedling/cost/../benefits/scars/",
        "/treatments/microneedling/benefits/scars%2F",
        "/Treatments/microneedling/benefits/scars/",
        PAGE[:-1],
        PAGE + "\n",
        "http://evil.example" + PAGE,
    ],
)
@pytest.mark.timeless
def test_a_path_that_is_written_otherwise_is_kept_under_no_page(reader, path):
    odd = reader.get(path)
    assert odd.status in (301, 400, 404) and not reader.application.kept
    assert reader.get(PAGE).status == 200


@pytest.mark.timeless
def test_a_prefix_is_refused(reader):
    assert reader.get(PAGE, SCRIPT_NAME="/clinic").status == 400


@pytest.mark.timeless
def test_a_query_that_nobody_reads_is_no_way_around_the_memory(reader, django_assert_num_queries):
    page = reader.get(PAGE)
    with django_assert_num_queries(0):
        assert reader.get(f"{PAGE}?x=1&campaign=spring").content == page.content


@pytest.mark.timeless
def test_another_scheme_than_the_sites_is_left_to_django(settings):
    settings.SITE_URL, settings.SECURE_SSL_REDIRECT = "https://127.0.0.1", True
    reader = Reader()
    assert (reader.get(PAGE, **{"wsgi.url_scheme": "http"}).status, reader.application.kept) == (301, {})
    assert (reader.get(PAGE).status, len(reader.application.kept)) == (200, 1)


@pytest.mark.timeless
def test_a_trusted_proxy_says_by_which_scheme_it_was_asked(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SITE_URL, settings.SECURE_SSL_REDIRECT = "https://127.0.0.1", True
    reader, plain = Reader(), {"wsgi.url_scheme": "http"}
    asked = [reader.get(PAGE, HTTP_X_FORWARDED_PROTO=told, **plain).status for told in ("https", "http", "https, http")]
    assert asked == [200, 301, 200]


@pytest.mark.timeless
def test_an_unknown_host_is_refused_and_keeps_nothing(reader):
    assert (reader.get(PAGE, HTTP_HOST="evil.example").status, reader.application.kept) == (400, {})


def test_who_is_signed_in_is_answered_by_django(reader, client):
    sign_in(client, make_staff("manager"))
    cookie = f"staff={client.cookies['staff'].value}"
    answer = reader.get(PAGE, headers={"Cookie": cookie})
    assert (answer.status, reader.application.kept) == (200, {})


@pytest.mark.parametrize("address", ["/consultation/", "/search/?q=scar", "/visit/", "/healthz", "/admin/sign-in/"])
@pytest.mark.timeless
def test_what_depends_on_more_than_its_path_is_not_kept(reader, address):
    assert (reader.get(address).status, reader.application.kept) == (200, {})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.timeless
def test_another_method_is_left_to_django(reader, method):
    assert (reader.get(PAGE, method=method).status in (403, 405), reader.application.kept) == (True, {})


def test_a_page_that_is_not_there_is_not_kept(reader):
    assert reader.get("/team/").status == 404
    make_benefit(slug="later").newest_version().go_live()
    assert reader.get("/treatments/microneedling/benefits/later/").status == 200
    assert "/team/" not in reader.application.kept


def test_a_page_that_goes_leaves_the_memory(reader, commit):
    reader.get(PAGE)
    with commit():
        Version.objects.filter(unit__slug="scars").update(live_until=timezone.now())
    assert (reader.get(PAGE).status, reader.application.kept) == (404, {})


@pytest.mark.timeless
def test_the_memory_has_an_end(reader, monkeypatch):
    monkeypatch.setattr(page_cache, "MOST_PAGES", 2)
    for page in (PAGE, OTHER_PAGE, "/treatments/"):
        reader.get(page)
    assert list(reader.application.kept) == ["/treatments/"]


def test_pages_are_rendered_before_the_first_reader_asks(reader, django_assert_num_queries):
    with connections_stay():
        reader.application.render_all([PAGE, "/consultation/", OTHER_PAGE])
    with django_assert_num_queries(0):
        assert [reader.get(page).status for page in (PAGE, OTHER_PAGE)] == [200, 200]
    assert list(reader.application.kept) == [PAGE, OTHER_PAGE]


@pytest.mark.parametrize("address", [address for address in PUBLIC if "?" not in address])
@pytest.mark.timeless
def test_each_public_address_answers_as_django_does(reader, client, address):
    assert reader.get(address).status == client.get(address, SERVER_NAME="127.0.0.1").status_code


@pytest.mark.timeless
def test_a_stampede_renders_once(committed):
    queries, together, statuses = [], Barrier(8), []

    def count(execute, sql, *statement):
        queries.append(sql)
        return execute(sql, *statement)

    def come(reader):
        together.wait()
        with connection.execute_wrapper(count):
            statuses.append(reader.get(PAGE).status)
            connection.close()

    Reader().get(PAGE)  # what stands on every page is kept from here on
    with connection.execute_wrapper(count):
        Reader().get(PAGE)
    alone = len(queries)
    queries.clear()
    reader = Reader()
    threads = [Thread(target=come, args=[reader]) for _one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (statuses, len(queries)) == ([200] * 8, alone)


def test_a_page_that_is_edited_while_it_is_rendered_is_rendered_anew(committed):
    edits = iter(["Scars, in new words"])

    def edit_elsewhere(heading):
        rename(heading)
        connection.close()

    def read_and_edit(execute, sql, *statement):
        result = execute(sql, *statement)
        if "treatments_version" in sql and (heading := next(edits, None)):
            editor = Thread(target=edit_elsewhere, args=[heading])
            editor.start()
            editor.join()
        return result

    with connection.execute_wrapper(read_and_edit):
        page = Reader().get(PAGE)
    assert page.text.count("Scars, in new words") == Reader().get(PAGE).text.count("Scars, in new words") > 0


def refuse(*_statement):
    raise OperationalError("the database is away")


def test_without_a_database_kept_pages_go_on(reader):
    reader.get(PAGE)
    with connection.execute_wrapper(refuse):
        assert reader.get(PAGE).status == 200


def test_without_a_database_a_page_whose_time_is_over_says_so(reader):
    Banner.objects.create(text="Closed today", shown_until=timezone.now() + timedelta(hours=1))
    reader.get(PAGE)
    with time_machine.travel(timezone.now() + timedelta(hours=2)), connection.execute_wrapper(refuse):
        late = reader.get(PAGE)
    assert (late.status, late.headers["Retry-After"]) == (503, "10")
