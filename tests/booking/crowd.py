"""Many requests, written in bulk: every 200th owes a word, and those with a 77 in their name can be searched."""

import re
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking.desk.worklist import QUESTIONS, found_by_question
from booking.models import ConsultationRequest, Event, SearchKey
from booking.models.search_keys import keys_of

# Of SQLite a table, or the letter that stands for it in a question within a question, without an index.
WHOLE = re.compile(r"SCAN \w+$|Seq Scan on booking_(consultationrequest|event)\b", re.MULTILINE)
SEARCHES = ["person77", "0077", "person77@patient.example"]


def add_requests(number, start=0, with_lines=False):
    """With lines, each has one of a month ago in its timeline."""
    now = timezone.now()
    made = ConsultationRequest.objects.bulk_create(
        (
            ConsultationRequest(
                reference=f"R{one:07}",
                name=f"Person{one} Denha",
                email=f"person{one}@patient.example",
                phone=f"+1586{one:07}",
                contact_by="email",
                form_key=f"bulk {one}",
                state="received" if one % 200 == 0 else "closed",
                received_at=now - timedelta(minutes=one),
                reply_by=now + timedelta(minutes=one),
                owed_by=now + timedelta(minutes=one) if one % 200 == 0 else None,
                consented_at=now,
            )
            for one in range(start, start + number)
        ),
        batch_size=1000,
    )
    SearchKey.objects.bulk_create(
        (
            SearchKey(request_id=consultation_request.pk, key=key)
            for consultation_request in made
            if "77" in consultation_request.name
            for key in keys_of(
                consultation_request.name,
                consultation_request.email,
                str(consultation_request.phone),
                consultation_request.reference,
            )
        ),
        batch_size=5000,
    )
    if with_lines:
        lines = (Event(request=one, at=now - timedelta(days=30), kind="received", actor="patient") for one in made)
        Event.objects.bulk_create(lines, batch_size=1000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE booking_consultationrequest")
            cursor.execute("ANALYZE booking_searchkey")
            cursor.execute("ANALYZE booking_event")


def queries_of(client, address):
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def reads_everything(queryset):
    """The plan, if the database would read all requests or all timelines, in no order that it needs; else None."""
    plan = queryset.explain()
    return plan if WHOLE.search(plan) else None


def plans_of_the_worklist(staff):
    """The parts of the worklist that would read everything: name and plan."""
    ordered = ConsultationRequest.objects.for_worklist()
    found = {
        name: ordered.filter(pk__in=found_by_question(question, staff))[:50] for name, question in QUESTIONS.items()
    }
    found |= {f"search for {words}": ordered.found_by(words)[:50] for words in SEARCHES}
    found |= {f"in state {state}": ordered.trusted().filter(state=state)[:50] for state in ("received", "booked")}
    found["everything, last page"] = ordered.trusted().reverse()[:50]  # as the worklist reads it: from its end
    return {name: plan for name, queryset in found.items() if (plan := reads_everything(queryset))}
