"""Outgoing mail as files, for a demonstration without a mail server."""

import os
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class EmlFileBackend(BaseEmailBackend):
    """Writes each message to `EMAIL_FILE_PATH` as one .eml file, which any mail program opens."""

    def send_messages(self, email_messages):
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _write(folder, message.message())
        return len(email_messages)


def _write(folder, message):
    """One file a Message-ID: the same message sent again replaces itself, as it would in a reader's mailbox."""
    name = message["Message-ID"].strip("<>").partition("@")[0]
    half_written = folder / f".{name}.{os.getpid()}"
    half_written.write_bytes(message.as_bytes(linesep="\r\n"))
    half_written.replace(folder / f"{name}.eml")
