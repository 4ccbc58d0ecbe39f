"""How staff edit a version in a browser, for tests of the admin."""

from tests.factories import make_benefit, make_row, make_staff
from treatments.models import Benefit, Claim, ClaimSource, Finding, Passage, Version
from treatments.models.rows import ROW_MODELS
from treatments.publishing.signoff import sign
from treatments.words.references import Shelf, signature_of
from treatments.words.wording import Wording

REQUIRED = ["risks", "who-should-not", "when-to-call", "alternatives"]  # and limits, which each test version has


def make_page():
    """A live benefit with two claims, the findings behind them, and two passages: its version."""
    version = make_benefit(slug="softer", summary="As it is.").newest_version()
    first = make_row(Claim, version, "first", ["S2"], sentence="It may soften skin.")
    second = make_row(Claim, version, "second", ["S1", "S36"], position=10)
    make_row(Finding, version, "of-first", claim=first)
    make_row(Finding, version, "of-second", claim=second, position=10)
    make_row(Finding, version, "also-of-second", claim=second, position=20)
    for position, key in enumerate(REQUIRED, start=1):
        make_row(Passage, version, key, position=position * 10)
    version.go_live()
    return version


def newest():
    return Benefit.objects.get(slug="softer").newest_version()


def address_of(version, page="change"):
    return version.unit.get_staff_url(page)


def page_data(response):
    """What a browser sends back from a change page in which nothing was touched."""
    edited = response.context["edited"]
    forms = [edited.texts]
    forms += [form for formset in edited.formsets.values() for form in (formset.management_form, *formset.forms)]
    sent = {field.html_name: as_sent(field.value()) for form in forms for field in form}
    sent["base"] = response.context["newest"].pk
    return {name: value for name, value in sent.items() if value is not None}


def as_sent(value):
    """Browsers leave out what is unticked, and end each line of a text with a carriage return too."""
    if value is None or value is False:
        return None
    if value is True:
        return "on"
    if isinstance(value, str):
        return value.replace("\n", "\r\n")
    return [getattr(part, "pk", part) for part in value] if isinstance(value, list) else value


def row_in(sent, kind, key):
    """The prefix of the form in which that row stands."""
    named = (name for name, value in sent.items() if name.startswith(kind) and name.endswith("-key") and value == key)
    return next(named).removesuffix("key")


def add_row(sent, kind, **fields):
    """Fill in the empty row that a page has for each kind; of findings, the one of that claim."""
    empty = range(int(sent[f"{kind}-INITIAL_FORMS"]), int(sent[f"{kind}-TOTAL_FORMS"]))
    claim = fields.get("claim_key")
    number = next(n for n in empty if claim in (None, sent.get(f"{kind}-{n}-claim_key")))
    sent |= {f"{kind}-{number}-{name}": value for name, value in fields.items()}


def as_it_is(version):
    """A version with all its rows, byte for byte, but for the moment at which it ends."""
    rows = {model.__name__: list(model.objects.filter(version=version).values()) for model in ROW_MODELS}
    rows["sources"] = list(ClaimSource.objects.filter(claim__version=version).values())
    words = Version.objects.filter(pk=version.pk).values().get()
    return {name: value for name, value in words.items() if name != "live_until"}, rows


def words_of(version):
    """What readers see of a version: its texts and rows, without what ties them to it."""
    ties = {"id", "version_id", "claim_id"}
    words = {name: getattr(version, name) for name in ("title", "heading", "lead", "summary", "synonyms")}
    words |= {
        f"{model.__name__} {row['key']}": {name: value for name, value in row.items() if name not in ties}
        for model in ROW_MODELS
        for row in model.objects.filter(version=version).values()
    }
    words |= {f"sources of {claim}": [link.source.key for link in claim.cited.all()] for claim in version.claims.all()}
    return words | {f"claim of {finding}": finding.claim.key for finding in version.findings.all()}


def changed(before, after):
    """The texts and rows in which two versions differ, by their names."""
    old, new = words_of(before), words_of(after)
    return sorted(name for name in old | new if old.get(name) != new.get(name))


def do(client, version, step, **fields):
    """
    Take a step on a version as whoever is signed in; returns the answer and what their next page said.

    That page is a short one: the unit's, to which the answer leads, takes a hundred times as long to write.
    """
    sent = {"version": version.pk} | fields
    answer = client.post(version.unit.get_staff_url(step.replace("-", "_")), sent)
    return answer, [str(message) for message in client.get("/admin/keys/").context["messages"]]


def seen(version):
    """What a clinician signs who reads that version now."""
    return signature_of(Wording.of(Version.objects.get(pk=version.pk)), Shelf.load())


def signed(version):
    sign(version, make_staff("clinician"), seen(version), 12, unsent=True)
    return Version.objects.get(pk=version.pk)
