"""A mail server on the bare machine: writes a line of JSON into TAKEN for each mail that it takes."""

import json
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.prove.bare import MAIL_PORT, TAKEN


class Telling(Message):
    def handle_message(self, message):
        with open(TAKEN, "a", encoding="utf-8") as taken:
            taken.write(json.dumps({name: str(message[name]) for name in ("To", "Subject", "Message-ID")}) + "\n")


if __name__ == "__main__":
    Controller(Telling(), hostname="0.0.0.0", port=MAIL_PORT).start()
    Event().wait()
