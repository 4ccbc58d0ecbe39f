"""A process killed with -9 between any two lines loses no acknowledged request and no mail (about 10 minutes)."""

from itertools import count

import pytest
from django.db import connection

from tests.booking.conftest import mail_server  # noqa: F401 - a fixture
from tests.booking.kill_rounds import kill_while_keeping, kill_while_sending
from tests.site import ROOT

pytestmark = [
    pytest.mark.prove,
    pytest.mark.usefixtures("committed"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),  # the child uses one thread only
]


@pytest.fixture(scope="module")
def table():
    rows = []
    yield rows
    head = [
        f"# Killed with -9 at each line, on {'PostgreSQL' if connection.vendor == 'postgresql' else 'SQLite'}",
        "",
        "Written by `make prove`. A form is sent, and a mail, again and again; each time the process is killed a line",
        "later, of our own code and the database's or the mail's, until it ends by itself. Then the same form is sent",
        "again, and the mail once its lease is over: each request is there once and whole, each mail arrived.",
        "",
        "| killed while | lines | before anything was kept | after it was kept | mails that came twice |",
        "|---|---:|---:|---:|---:|",
    ]
    path = ROOT / "docs" / "proofs" / f"kills-{connection.vendor}.md"
    path.write_text("\n".join([*head, *rows, ""]))


def test_a_request_killed_at_any_line_is_kept_whole_or_not_at_all_and_can_be_sent_again(tmp_path, table):
    ends, _end = kill_while_keeping(count(), tmp_path / "acknowledged")
    table.append(f"| keeping a request | {ends.total()} | {ends['nothing']} | {ends['kept']} | – |")
    assert ends["nothing"] and ends["kept"] and ends.total() > 60


def test_a_worker_killed_at_any_line_of_sending_loses_no_mail_and_doubles_it_at_most_once(mail_server, table):  # noqa: F811
    mail_server.start()
    ends = kill_while_sending(count(), mail_server)
    table.append(f"| sending a mail | {ends.total()} | – | – | {ends['twice']} |")
    assert ends["once"] and ends["twice"] and ends.total() > 140
