"""Who may ask for what: the answer of every address to everybody, for a table that is held (docs/access.md)."""

from collections.abc import Iterator
from contextlib import suppress

from django.contrib import admin
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.addresses import all_addresses
from tests.site import ROOT

TABLE = ROOT / "docs" / "access.md"
METHODS = ["GET", "HEAD", "POST"]
ROLES = ["frontdesk", "marketing", "clinician", "manager"]
WHO = ["anonymous", *ROLES]
CATCHES_ALL = {"admin:<path:object_id>/", "admin:(?P<url>.*)$"}  # old and unknown addresses of the admin
HEAD = """\
# Who may ask for what

Written by `WRITE=1 make prove ARGS=access`, from the URL configuration and the admin's registry, and held against it:
an address without a row, and an answer that changed, is red. A cell has the answers to GET, HEAD and POST without any
field, or one where they are the same: 200 shown, 302 led elsewhere (a visitor to the door), 303 done, 400 and 422 not
understood, 401 and 403 refused, 404 nothing there for them, 405 no such way in. Actions are sent for no record.

"""


def names() -> list[str]:
    """Every address that has a row, in the order of the table; then the actions of lists."""
    addresses = dict.fromkeys(name for name, _parts in all_addresses() if name not in CATCHES_ALL)
    return [*addresses, *(f"{name} {action}" for name, action in _actions())]


def rows(parts_of, sign_in_as) -> Iterator[tuple[str, list[str]]]:
    """
    Each name with what everybody is answered. `parts_of(name, part)` gives a part of an address that there is,
    `sign_in_as(client, role)` has a client be somebody.
    """
    clients = {who: Client(raise_request_exception=False) for who in WHO}
    for who in ROLES:
        sign_in_as(clients[who], who)
    parts = dict(all_addresses())
    for name in names():
        address, _space, action = name.partition(" ")
        url = _url(address, {part: parts_of(address, part) for part in parts[address]})
        yield name, [_answers(clients[who], url, action) for who in WHO]


def written() -> dict[str, list[str]]:
    """The table that is kept."""
    lines = [line.strip("| ").split(" | ") for line in TABLE.read_text().splitlines() if line.startswith("| `")]
    return {name.strip("`"): answers for name, *answers in lines}


def write(found):
    head = ["| address | " + " | ".join(WHO) + " |", "|---|" + "---|" * len(WHO)]
    lines = [f"| `{name}` | {' | '.join(answers)} |" for name, answers in found]
    TABLE.write_text(HEAD + "\n".join([*head, *lines, ""]))


def _actions():
    for model, model_admin in admin.site._registry.items():
        own = [action if isinstance(action, str) else action.__name__ for action in model_admin.actions or []]
        yield from ((f"admin:{model._meta.label_lower.replace('.', '_')}_changelist", action) for action in own)


def _url(name, parts):
    with suppress(NoReverseMatch):
        return reverse(name, kwargs=parts)
    raise Http404(f"no parts for {name}: {parts}")


def _answers(client, url, action):
    sent = {"action": action, "_selected_action": "999999"} if action else {}
    codes = [_code(client, method, url, sent) for method in (["POST"] if action else METHODS)]
    return codes[0] if len(set(codes)) == 1 else " ".join(codes)


def _code(client, method, url, sent):
    """What is answered; whatever that changed is as it was before."""
    cookies = client.cookies.output()
    kept = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        code = client.generic(method, url).status_code if method != "POST" else client.post(url, sent).status_code
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:
        client.cookies.clear()
        for name, value in kept.items():
            client.cookies[name] = value
    return str(code)
