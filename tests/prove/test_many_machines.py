"""Two web machines, a worker, their data and a store for pictures behind nginx: machines are killed and cut off."""

import json
import time

import pytest

from tests.prove.bare import NAME, ROOT
from tests.prove.bare.crowds import acknowledged_on, allow_many, crowd_of, told, wait_for_mail
from tests.prove.bare.machine import BareMachine, is_possible
from tests.prove.bare.network import CURL, WEB, kill, lay_network, start_web, start_worker
from tests.prove.bare.pictures import end_consent, keep_picture

pytestmark = [pytest.mark.prove, pytest.mark.skipif(bool(is_possible()), reason=is_possible() or "-")]

TABLE = ROOT / "docs" / "proofs" / "many-machines.md"
REQUESTS, SENDERS = 1000, 20
LONGEST = 1200  # seconds
MOST_STALE = 1.0  # seconds
EDIT = """
import json, time
from pathlib import Path
from clinic_site.models import Notice
Notice.objects.create(slug="proof", title="Proof", body="edit 0", shown=True)
number = 0
while not Path("/tmp/no-more-edits").exists():
    time.sleep(4)
    number += 1
    Notice.objects.filter(slug="proof").update(body=f"edit {number}")
    print(json.dumps([number, time.time()]), flush=True)
"""
OUT_OF_ORDER = {
    "one web server killed (-9)": (lambda machine: kill(machine, "web1"), lambda machine: start_web(machine, "web1")),
    "another restarted": (lambda machine: restart(machine, "web2"), lambda machine: None),
    "its network cut": (
        lambda machine: machine.run("ip link set to-web2 down"),
        lambda machine: machine.run("ip link set to-web2 up"),
    ),
}


def restart(machine, name):
    """In good order, as an update of that machine does without a second server on it."""
    machine.run(f"kill -TERM $(ip netns pids {name} | head -n 1)")
    machine.wait_until(f'[ -z "$(ip netns pids {name})" ]')
    start_web(machine, name)


def staleness(edits, committed):
    """How long after an edit was committed the oldest words were still read, in seconds, over all readings."""
    worst = 0.0
    for began, number in edits:
        if number + 1 in committed:
            worst = max(worst, began - committed[number + 1])
    return worst


def picture_on(machine, web, name):
    """Status and digest of a picture, asked of one web server itself."""
    ask = f"{CURL} -H 'Host: {NAME}' -H 'X-Forwarded-Proto: https' http://{WEB[web]}:8000/pictures/{name}"
    status = machine.run(f"{ask} --output /tmp/picture --write-out '%{{http_code}}'")
    return status, machine.run("sha256sum < /tmp/picture")


def test_machines_may_be_killed_restarted_and_cut_off():
    with BareMachine() as machine:
        machine.play("tests.prove.bare.mail")
        lay_network(machine)
        for name in WEB:
            start_web(machine, name)
        start_worker(machine)
        allow_many(machine)
        lose_machines(machine)


def lose_machines(machine):
    """Pictures, then requests and edits while machines are lost; then write the table."""
    picture = keep_picture(machine)
    on_each = {picture_on(machine, web, picture) for web in WEB}
    assert [status for status, _digest in on_each] == ["200"], on_each
    assert machine.run("find /var/lib/web1 /var/lib/web2 -name '*.webp'") == ""
    seen, committed, taken = under_edits(machine)
    mails = wait_for_mail(machine, seen["acknowledged"], 900)
    end_consent(machine)
    assert {picture_on(machine, web, picture)[0] for web in WEB} == {"404"}
    rows = [f"| {kind} | {told(seen, kind)} |" for kind in ("page", "edited", "style", "form", "sender")]
    lost, stale = set(seen["acknowledged"]) - set(seen["there"]), staleness(seen["edits"], committed)
    words = {"acknowledged": len(seen["acknowledged"]), "mails": len(mails), "what": ", then ".join(OUT_OF_ORDER)}
    end = END.format(**words, lost=len(lost), stale=stale, edits=len(committed), taken=taken)
    print("\n".join(rows), end)
    assert not lost and stale <= MOST_STALE and len(seen["acknowledged"]) >= REQUESTS, end
    TABLE.write_text("\n".join([BEGINNING, *rows, end]))


def under_edits(machine):
    """What a crowd had, when each edit was committed, and the seconds that all took."""
    seen: dict = {}
    (machine.tree / "root/edit.py").write_text(EDIT)
    editing = machine.start("clinic shell -v0 < /root/edit.py")
    committed = dict([json.loads(editing.stdout.readline())])
    began = time.monotonic()
    with crowd_of(machine.play(f"tests.prove.bare.load {SENDERS} /notices/proof/"), seen):
        for begin, end in OUT_OF_ORDER.values():
            time.sleep(10)
            begin(machine)
            time.sleep(10)
            end(machine)
        while time.monotonic() - began < LONGEST and acknowledged_on(machine) < REQUESTS:
            time.sleep(5)
    taken = time.monotonic() - began
    machine.run("touch /tmp/no-more-edits")
    return seen, committed | read_edits(editing), taken


def read_edits(editing):
    """What it said of its edits, up to its end."""
    found = {}
    for line in editing.stdout:
        number, at = json.loads(line)
        found[number] = at
    return found


BEGINNING = """# Many machines

Written by `make prove ARGS=many-machines`: two web servers, a worker, and PostgreSQL, Redis and an S3-compatible store
on a machine of their own, each in a network namespace, behind the shipped nginx with the lines for each web server.
Each cell: answers, and the slowest. A name in place of a status is a connection that failed.

| who | answers |
|---|---|"""
END = """
Meanwhile: {what}. {acknowledged} requests were acknowledged in {taken:.0f} s, {lost} of them were not there afterwards;
each had its mail ({mails} addresses). A page was edited {edits} times and read all the time: the oldest words were read
{stale:.2f} s after the edit that replaced them. A picture came from both web servers with the same bytes, lay on
neither, and from both no more once its consent had ended.
"""
