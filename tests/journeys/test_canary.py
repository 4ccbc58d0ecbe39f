"""What a patient writes in her own words is in clear nowhere but on the desk's screen."""

import re
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import psycopg
import pytest
import redis

from tests.journeys.sites import JourneySite
from tests.site import wait_for

CANARY = "canaryconcernwords"
NOTE = "canarynotewords"


class Browser:
    """Posts forms and keeps cookies, as a browser does."""

    def __init__(self, site):
        self.site = site
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path):
        return self.opener.open(self.site.url + path).read().decode()

    def post(self, path, **answers):
        """Send a form with the hidden fields of its page; returns the page that answers."""
        page = self.get(path)
        time.sleep(2.1 if "form_token" in page else 0)  # a form that is answered faster is taken for a program's
        hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|form_token)" value="([^"]+)"', page))
        data = urllib.parse.urlencode({**hidden, **answers}).encode()
        request = urllib.request.Request(self.site.url + answers.pop("_to", path), data, {"Referer": self.site.url})
        try:
            return self.opener.open(request).read().decode()
        except urllib.error.HTTPError as refused:
            return refused.read().decode()


@pytest.fixture(scope="module")
def used_site(tmp_path_factory):
    """A site on which a canary was typed, refused, sent, read, answered and noted."""
    with JourneySite(tmp_path_factory.mktemp("canary")) as site:
        patient, desk = Browser(site), Browser(site)
        refused = patient.post("/consultation/", name="Amira", concern=CANARY)
        assert CANARY in refused
        patient.post("/consultation/", name="Amira", email="a@patient.example", consent="on", concern=CANARY)
        desk.post("/admin/sign-in/", login="frontdesk", password=site.staff("frontdesk")["password"])
        desk.post("/admin/sign-in/second-step/", code=site.manage("sign_in_code", "frontdesk").strip())
        row = re.search(r"/admin/booking/consultationrequest/\d+/", desk.get("/admin/booking/consultationrequest/"))[0]
        assert CANARY in desk.get(f"{row}change/")
        _post_from(desk, row, "do/step/", state="in-conversation", note=NOTE)
        _post_from(desk, row, "do/note/", note=NOTE)
        assert NOTE in desk.get(f"{row}change/")
        wait_for(lambda: len(site.mails) >= 2)
        yield site


def _post_from(desk, row, action, **answers):
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', desk.get(f"{row}change/"))[1]
    data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **answers}).encode()
    headers = {"Referer": desk.site.url}
    desk.opener.open(urllib.request.Request(f"{desk.site.url}{row}{action}", data, headers)).read()


def holds(text):
    return CANARY in text or NOTE in text


def test_the_canary_is_in_no_file_of_the_data_folder_nor_in_the_log(used_site):
    files = [file for file in Path(used_site.data_dir).rglob("*") if file.is_file() and "static" not in file.parts]
    assert {"site.log", "secret_key", "staff.json"} <= {file.name for file in files}
    assert [file.name for file in files if holds(file.read_bytes().decode("latin-1"))] == []


def test_the_canary_is_in_no_row_of_the_database(used_site):
    everything = used_site.manage("dumpdata", "--all")
    assert "a@patient.example" in everything
    assert CANARY in everything  # read through the model, with the keys: the dump is of clear values
    assert holds(_raw_rows(used_site)) is False


def test_the_canary_is_in_no_decoded_session(used_site):
    code = (
        "from clinic_site.models import StaffSession;"
        "from clinic_site.staff.session_store import SessionStore;"
        "print([SessionStore().decode(session.session_data) for session in StaffSession.objects.all()])"
    )
    decoded = used_site.manage("shell", "-v0", "-c", code)
    assert "_auth_user_id" in decoded and not holds(decoded)


def test_the_canary_is_in_no_task_of_the_queue(used_site):
    address = used_site.environment.get("REDIS_URL")
    if address:
        server = redis.from_url(address)
        values = b"".join(server.dump(key) or b"" for key in server.scan_iter())
    else:
        values = (Path(used_site.data_dir) / "queue.sqlite3").read_bytes()
        assert values
    assert not holds(values.decode("latin-1"))


def test_the_canary_is_in_no_mail(used_site):
    assert len(used_site.mails) >= 2
    assert not any(holds(mail) for mail in used_site.mails)


def _raw_rows(site):
    """Every row of every table as text, as the database holds it."""
    if not site.database_name:
        database = Path(site.data_dir) / "db.sqlite3"
        beside = [database, database.with_name("db.sqlite3-wal")]
        return "".join(file.read_bytes().decode("latin-1") for file in beside if file.exists())
    with psycopg.connect(site.environment["DATABASE_URL"]) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [connection.execute(f'SELECT t::text FROM "{table}" AS t').fetchall() for (table,) in tables]
    return str(rows)
