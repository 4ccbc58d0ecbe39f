"""What the audit says of the pages of requests: of a look at each, and of what is pressed on it."""

import re

from django.contrib.admin.views.main import SEARCH_VAR
from django.utils.translation import gettext_lazy as _

from booking.models import ConsultationRequest
from clinic_site.audit.pages import Page, register_pages
from clinic_site.audit.recording import note_details, note_read
from clinic_site.audit.subjects import Subject, register_subjects
from clinic_site.models import AuditEntry

REQUEST, TIME, MAIL = "booking_consultationrequest", "booking_opentime", "booking_outboxmail"
WORD = re.compile(r"[a-z0-9_-]{1,30}", re.ASCII)  # of ours, or a number

register_pages(
    {
        "index": Page(_("Read the first page")),
        f"{REQUEST}_changelist": Page(_("Read the worklist"), _("Did something with several requests")),
        f"{REQUEST}_change": Page(_("Opened the request, with concern and safety answers"), is_of_one=True),
        f"{REQUEST}_history": Page(_("Read the request's history"), is_of_one=True),
        f"{REQUEST}_act": Page(_("Opened the request"), _("Pressed a button of the request"), is_of_one=True),
        f"{REQUEST}_correct": Page(_("Opened the request"), _("Corrected what is known of a patient"), is_of_one=True),
        f"{REQUEST}_look": Page(_("Opened the request"), _("Looked for other times of the request"), is_of_one=True),
        f"{REQUEST}_advise": Page(_("Opened the request"), _("Answered the desk's question"), is_of_one=True),
        f"{REQUEST}_private": Page(
            _("Opened the patient's page"), _("Pressed a button of the patient's page"), is_of_one=True
        ),
        f"{REQUEST}_personal_data": Page(
            _("Looked what is kept of a patient"), _("Took the patient's data out, as they asked"), is_of_one=True
        ),
        f"{REQUEST}_take_along": Page(
            _("Took what is kept of a patient along"), is_of_one=True, action=AuditEntry.Action.EXPORTED
        ),
        f"{REQUEST}_add": Page(_("Took a telephone call"), _("Kept a request from the telephone")),
        f"{REQUEST}_duplicates": Page(_("Looked for who had called before"), action=AuditEntry.Action.SEARCHED),
        f"{REQUEST}_export": Page(_("Exported requests"), action=AuditEntry.Action.EXPORTED),
        f"{REQUEST}_hand_over": Page(_("Read the worklist"), _("Handed their requests over to a colleague")),
        f"{REQUEST}_work": Page(_("Watched work on many requests")),
        f"{TIME}_changelist": Page(_("Read the list of times"), _("Did something with several times")),
        f"{TIME}_change": Page(_("Opened a time"), _("Changed a time")),
        f"{TIME}_calendar": Page(_("Read the calendar")),
        f"{TIME}_act": Page(_("Read the calendar"), _("Pressed a button of the calendar")),
        f"{TIME}_sheet": Page(_("Opened the day sheet to print"), action=AuditEntry.Action.PRINTED),
        f"{TIME}_free_held": Page(_("Read the calendar"), _("Freed times that were hoarded")),
        f"{TIME}_hold_again": Page(_("Read the calendar"), _("Held freed times again")),
        f"{TIME}_hours": Page(_("Looked whom new hours touch"), _("Changed hours")),
        f"{TIME}_reopen": Page(_("Looked whom hours touch"), _("Opened a closed day")),
        f"{TIME}_reopened": Page(_("Looked who lost a time that is open again"), _("Gave times back on an opened day")),
        f"{TIME}_sees": Page(_("Looked whom it touches"), _("Changed who sees patients")),
        f"{TIME}_away": Page(_("Looked whom an absence touches"), _("Entered an absence")),
        f"{TIME}_back": Page(_("Looked whom an absence touches"), _("Ended an absence")),
        f"{TIME}_close": Page(_("Looked whom a closed day touches"), _("Closed a day")),
        f"{MAIL}_changelist": Page(_("Read the list of mail")),
        f"{MAIL}_try_again": Page(_("Read the list of mail"), _("Had mail tried again")),
        f"{MAIL}_preview": Page(_("Read how mail reads")),
        f"{MAIL}_preview_one": Page(_("Read how a mail reads")),
        "booking_clinician_feed": Page(_("Opened a clinician"), _("Made or ended the address of a feed")),
        "feed": Page(_("A clinician's own calendar fetched their booked times")),
        "private": Page(_("Opened the patient's page by its link"), _("Pressed a button of the patient's page")),
    }
)


def find_request(text: str) -> Subject | None:
    """The request whose reference this is, however it is written."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    found = ConsultationRequest.objects.filter(reference=f"{letters[:3]}-{letters[3:]}").first()
    return Subject(found.pk, found.reference, found.name, found.desk_path, found.received_at) if found else None


def references_of(numbers) -> dict[int, str]:
    """How these requests are called without naming anybody."""
    return dict(ConsultationRequest.objects.filter(pk__in=numbers).values_list("pk", "reference"))


def note_requests(request, requests, **details):
    """Have the row of this page of the staff name all these requests, also those that are read once it is sent."""
    for pk in requests.values_list("pk", flat=True).iterator():
        note_read(pk)
    note_details(request, **details)


def words_of_filter(shown) -> dict[str, str]:
    """What a list was filtered by. What somebody searched for is left out: it can be a name."""
    words = {name: str(value) for name, value in shown.params.items() if name != SEARCH_VAR}
    return {name: value for name, value in words.items() if WORD.fullmatch(name) and WORD.fullmatch(value)}


register_subjects(find_request, references_of)
