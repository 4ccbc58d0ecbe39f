"""What a crowd (load.py) had, in numbers for a table."""

import json
import time
from collections import Counter
from contextlib import contextmanager

from tests.prove.bare import ACKNOWLEDGED, TAKEN

ALLOW = """
from clinic_site.models import Limits
names = ["from_source", "from_source_a_day", "in_all_an_hour"]
Limits.objects.update_or_create(pk=1, defaults=dict.fromkeys(names, 9999))
"""


def shell(machine, script):
    """What a script says in the project's shell on that machine."""
    (machine.tree / "root/script.py").write_text(script)
    return machine.run("clinic shell -v0 < /root/script.py").strip()


def allow_many(machine):
    """So that nobody of a crowd is kept apart as a suspect, which would owe them no mail."""
    shell(machine, ALLOW)


@contextmanager
def crowd_of(begun, seen):
    """A crowd that was begun by its command; at the end `seen` holds what it found."""
    while begun.stdout.readline() != "ready\n":
        assert begun.poll() is None
    yield
    begun.stdin.write("\n")
    begun.stdin.flush()
    seen |= json.loads(begun.stdout.readline())


def acknowledged_on(machine):
    """How many requests were acknowledged so far."""
    return int(machine.said(ACKNOWLEDGED[1:]) or 0)


def told(seen, kind):
    """Of one kind of reader: how many answers of which status, and the slowest."""
    answers = seen["answers"][kind]
    statuses = Counter(str(status) for status, _seconds in answers)
    slowest = max((seconds for _status, seconds in answers), default=0)
    return f"{', '.join(f'{number} × {status}' for status, number in sorted(statuses.items()))}; {slowest:.1f} s"


def refused(seen):
    """All answers that were no answer, or none of ours."""
    good = {200, 303, 429}
    return [(kind, status) for kind, all_of in seen["answers"].items() for status, _s in all_of if status not in good]


def wait_for_mail(machine, addresses, seconds=240):
    """How many mails each address got, once all of these have one."""
    give_up = time.monotonic() + seconds
    while True:
        got = Counter(json.loads(line)["To"] for line in machine.said(TAKEN[1:]).splitlines())
        missing = [address for address in addresses if not got[address]]
        if not missing:
            return got
        assert time.monotonic() < give_up, missing
        time.sleep(1)
