"""
One side of bench/size.py: the desk's screens and the worker's rounds on the data of DATA_DIR, without a web server.

Reads lines of 'what times' and answers each with the processor's seconds for one, the median of so many. PostgreSQL
runs on the same machine, and what it takes is counted, too.
"""

import datetime
import logging
import os
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic_site.settings"

import django

django.setup()
logging.disable(logging.CRITICAL)

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from booking.desk.figures import keep_figures  # noqa: E402
from booking.desk.worklist import QUESTIONS  # noqa: E402
from booking.mail import reminders  # noqa: E402
from booking.models import ConsultationRequest  # noqa: E402
from booking.retention import purge  # noqa: E402
from booking.samples.people_in_bulk import FIRST_NAMES  # noqa: E402
from booking.schedule.picking import lapse_unconfirmed  # noqa: E402
from booking.schedule.times import lapse_what_is_due  # noqa: E402
from clinic_site.models import StaffMember  # noqa: E402
from tests.signing_in import sign_in  # noqa: E402

LIST = "/admin/booking/consultationrequest/"
ONE_OF_A_HUNDRED = FIRST_NAMES[27]
reminders.REMIND_AT, reminders.EVENING = datetime.time.min, datetime.time.max  # measured at any hour


def clock():
    """Seconds of the processor: of this process, and of the one that answers it where PostgreSQL keeps the data."""
    answering = 0
    if connection.vendor == "postgresql":
        server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        answering = int(server.read_text().split()[0]) / 1e9
    return time.process_time() + answering


def screens():
    """The address of each screen that is measured, by its name; what names somebody is sent to it, not in it."""
    one = ConsultationRequest.objects.open().filter(redacted_at=None, is_sample=True).exclude(email="").latest("pk")
    by_phone = ConsultationRequest.objects.filter(redacted_at=None).exclude(phone="").latest("pk")
    number = str(by_phone.phone)[2:]
    searches = {
        "a name with 20 matches": "amadea twentyfold",
        "a name that 1 % have": ONE_OF_A_HUNDRED,
        "a number": number,
        "an email address": one.email,
        "a reference": one.reference,
    }
    return (
        {"home": "/admin/", "worklist, first page": LIST, "worklist, last page": f"{LIST}?p=last"}
        | {f"worklist: {question.words}": f"{LIST}?view={name}" for name, question in QUESTIONS.items()}
        | {"worklist, closed": f"{LIST}?state=closed"}
        | {f"search: {name}": f"{LIST}?q={words}" for name, words in searches.items()}
        | {
            "a request": f"{LIST}{one.pk}/change/",
            "calendar": "/admin/booking/opentime/calendar/",
            "figures": f"{LIST}figures/",
            "phone-in's duplicates, by number": (f"{LIST}duplicates/", {"phone": number}),
            "phone-in's duplicates, by name": (f"{LIST}duplicates/", {"name": ONE_OF_A_HUNDRED}),
        }
    )


def sweep():
    """What the worker does each minute, but for mail and the watchdog."""
    lapse_what_is_due()
    lapse_unconfirmed()
    keep_figures()


def front_desk():
    """A client that is signed in as the front desk."""
    client = Client(HTTP_HOST="127.0.0.1")
    sign_in(client, StaffMember.objects.get(username="frontdesk"))
    return client


def asks():
    """Everything that is measured: what to call, by its name."""
    client = front_desk()

    def look(address):
        answer = client.get(address) if isinstance(address, str) else client.post(*address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")

    looks = {name: lambda address=address: look(address) for name, address in screens().items()}
    return looks | {"sweep": sweep, "reminders": reminders.owe_reminders, "purge": purge}


def seconds(ask, times):
    taken = []
    for _time in range(times):
        began = clock()
        ask()
        taken.append(clock() - began)
    return median(taken)


def main():
    known = asks()
    print("\t".join(known), flush=True)
    for line in sys.stdin:
        name, times = line.rstrip("\n").split("\t")
        print(seconds(known[name], int(times)), flush=True)


if __name__ == "__main__":
    main()
