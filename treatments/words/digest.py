"""
What a clinician signs: the fields that patients read, in one canonical form, and its digest (decision 13).

A field of a version or of its rows stands in `SIGNED_FIELDS` or in `UNSIGNED_FIELDS`; a test fails for one that is in
neither.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal

from treatments.models import (
    CareSign,
    Caution,
    Choice,
    Claim,
    ClinicField,
    Comparison,
    Count,
    Finding,
    KeyFact,
    Passage,
    Picture,
    PreparationStep,
    Question,
    RecoveryDay,
    Risk,
    Source,
    Step,
    Term,
    Version,
)

# A row's key is read as its place on the page and in addresses, its position as the order.
SIGNED_FIELDS: dict[type, list[str]] = {
    Version: ["title", "heading", "lead", "summary", "synonyms"],
    KeyFact: ["key", "position", "label", "low", "high", "unit", "confirm", "layer"],
    Claim: ["key", "position", "sentence", "grade", "use", "use_note", "sources", "layer"],
    Finding: [
        *["key", "position", "claim", "source", "design"],
        *["studies", "people", "sessions", "affected", "out_of", "result", "shown"],
    ],
    Step: ["key", "position", "heading", "minutes", "minutes_note", "pace", "confirm", "body", "tell_us", "ask_us"],
    Comparison: ["key", "position", "topic", "without", "visits", "days_off", "marks", "with_option", "layer"],
    PreparationStep: ["key", "position", "label", "days_before", "text"],
    RecoveryDay: ["key", "position", "label", "first_day", "last_day", "may_see", "may_do"],
    CareSign: ["key", "position", "level", "text"],
    Risk: ["key", "position", "frequency", "text", "layer"],
    Caution: ["key", "position", "situation", "question", "tone", "explanation", "in_form"],
    Passage: ["key", "position", "heading", "body", "aside", "elsewhere", "elsewhere_text", "layer"],
    Question: ["key", "position", "question", "answer", "layer"],
    ClinicField: ["key", "position", "label", "value", "meanwhile", "ask"],
    Choice: ["key", "position", "name", "kind", "speaks_for", "speaks_against", "visits", "graded_by"],
    Count: ["key", "position", "label", "affected", "out_of"],
    # Who agreed to a picture is for staff alone, and signed with it all the same.
    Picture: ["key", "position", "image", "text", "decorative", "caption", "consent", "consent_until"],
}

# What rows did not have when words were first signed. Left out while it says nothing, so that an older sign-off holds.
JOINED_LATER = {"layer", "shown", "aside", "elsewhere", "elsewhere_text", "ask", "visits", "days_off", "marks"}
JOINED_LATER |= {"figures"}

# What happens to a version, and who did it. Of a row: its number in the table, and whose row it is.
UNSIGNED_FIELDS: dict[type, list[str]] = {
    Version: [
        *["id", "unit", "language", "number", "live_from", "live_until", "ends_at", "shipped", "digest", "why"],
        *["written_by", "author", "written_at", "sent_by", "sent_at", "review_due", "review_mailed_at"],
        *["signed_by", "signer", "signed_at", "signed_digest"],
    ],
} | {model: ["id", "version"] for model in SIGNED_FIELDS if model is not Version}

# Of what pages share. The rest says whether it is live, and what its draft is.
REFERENCE_FIELDS: dict[type, list[str]] = {
    Source: ["key", "title", "publisher", "year", "url", "note", "figures"],
    Term: ["slug", "term", "meaning", "also"],
}


def canonical(wording) -> str:
    """All that is read of a wording, as one text: the same words always give the same text."""
    whole = {"version": _fields(wording, wording.version)}
    for model, rows in wording.rows.items():
        if rows:
            ordered = sorted(rows, key=lambda row: (row.position, row.key))
            whole[model._meta.model_name] = [_fields(wording, row) for row in ordered]
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(wording) -> str:
    """The SHA-256 of the canonical form, in hexadecimal digits."""
    return hashlib.sha256(canonical(wording).encode()).hexdigest()


def digest_of_reference(reference) -> str:
    """The SHA-256 of what a source or a word of the glossary says."""
    return digest_of_fields(reference, REFERENCE_FIELDS[type(reference)])


def digest_of_fields(record, names) -> str:
    """The SHA-256 of what these fields of a record say."""
    values = {name: getattr(record, name) for name in sorted(names)}
    said = "\n".join(f"{name}: {value}" for name, value in values.items() if value or name not in JOINED_LATER)
    return hashlib.sha256(said.encode()).hexdigest()


def _fields(wording, record):
    values = {name: value_of(wording, record, name) for name in SIGNED_FIELDS[type(record)]}
    return {name: value for name, value in values.items() if value or name not in JOINED_LATER}


def value_of(wording, record, name):
    """The value of a field as text, number or list; a claim or source by its key."""
    if name == "sources":
        return wording.sources_of(record)
    if name in ("claim", "source"):
        return getattr(record, name).key
    value = getattr(record, name)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value
