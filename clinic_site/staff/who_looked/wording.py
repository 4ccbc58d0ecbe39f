"""What the screen says of an entry of the audit."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic_site.audit.pages import page_named
from clinic_site.models import AuditEntry

Action = AuditEntry.Action
SIGNS = {
    Action.LOOKED: "◉",
    Action.SEARCHED: "◎",
    Action.PRINTED: "▤",
    Action.EXPORTED: "⇩",
    Action.PRESSED: "✓",
    Action.RIGHTS: "◆",
    Action.COPY: "✎",
    Action.SIGNED_IN: "→",
    Action.SIGNED_OUT: "←",
    Action.REFUSED: "✕",
}
RIGHTS = {
    "added": _("Added %(member)s, who may do: %(role)s"),
    "reset": _("Reset the sign-in of %(member)s"),
    "role": _("Changed what %(member)s may do to: %(role)s"),
    "deactivated": _("Deactivated %(member)s"),
    "let-in": _("Let %(member)s in again"),
    "signed-out": _("Signed %(member)s out everywhere"),
    "password_change": _("Chose a new password"),
    "change_authenticator": _("Changed their own authenticator app"),
    "new_recovery_codes": _("Made new recovery codes for themselves"),
    "add_passkey": _("Added a passkey of their own"),
    "remove_passkey": _("Removed a passkey of their own"),
}
COMMANDS = {
    "export_request": _("Exported the request by a command"),
    "restore": _("Restored a backup"),
}
COPY = {
    "sent": _("Sent copy for sign-off"),
    "sent-back": _("Sent copy back"),
    "signed": _("Signed copy off"),
    "unsigned": _("Took a sign-off back"),
    "allowed": _("Allowed a wording that the copy check stops"),
    "published": _("Published copy"),
    "planned": _("Planned when copy goes live"),
    "called-off": _("Called a plan of copy off"),
    "taken-down": _("Took copy down"),
    "ends": _("Planned when copy ends"),
    "kept": _("Called an end of copy off"),
    "brought-back": _("Brought copy back"),
    "restored": _("Restored older copy"),
}


def did_words(entry, names, request_pk=None) -> str:
    """What somebody did, in a few words; `request_pk` is the request that the reader asks about."""
    action, details = entry.action, entry.details
    if action == Action.RIGHTS:
        values = {"member": names.get(details.get("member"), "?"), "role": details.get("role", "")}
        return str(RIGHTS.get(details.get("step"), _("Changed rights of %(member)s"))) % values
    if action == Action.COPY:
        return str(COPY.get(details.get("step"), _("Decided on copy")))
    if action == Action.REFUSED:
        return _refused_words(entry, names)
    if action in (Action.SIGNED_IN, Action.SIGNED_OUT):
        return str(Action(action).label)
    return _looked_words(entry, request_pk)


def why_words(entry, request_pk=None) -> str:
    """Beside it: how many requests it showed, with which button, by which filter."""
    parts = []
    number = len(entry.requests)
    if number and not (request_pk and number == 1) and entry.action != Action.PRESSED:
        parts.append(ngettext("%(number)s request shown", "%(number)s requests shown", number) % {"number": number})
    if form := entry.details.get("form"):
        parts.append(form.upper())
    if chosen := entry.details.get("filter"):
        parts.append(", ".join(f"{name}: {value}" for name, value in chosen.items()))
    if step := entry.action == Action.PRESSED and entry.details.get("step"):
        parts.append(str(_("button: %(name)s") % {"name": step}))
    return " · ".join(parts)


def _refused_words(entry, names):
    if entry.page == "account_login":
        member = names.get(entry.details.get("member"))
        if member is None:
            return str(_("A sign-in was refused; nobody here has that name"))
        return str(_("A sign-in as %(member)s was refused")) % {"member": member}
    return str(_("Asked for a page and was not let in"))


def _looked_words(entry, request_pk):
    page = page_named(entry.page)
    if entry.action == Action.SEARCHED:
        words = _("Searched, and this request was among what was found") if request_pk else _("Searched requests")
        return str(words)
    if page is None:
        return str(COMMANDS.get(entry.page, _("Opened another page")))
    if entry.action == Action.PRESSED:
        return str(page.pressed)
    if request_pk and entry.details.get("of", request_pk) != request_pk:
        return str(_("Saw its name beside another request"))
    return str(page.words)
