"""A mail server on the bare machine: says a line of JSON for each mail that it takes."""

import json
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.prove.bare import MAIL_PORT


class Telling(Message):
    def handle_message(self, message):
        print(json.dumps({name: str(message[name]) for name in ("To", "Subject", "Message-ID")}), flush=True)


if __name__ == "__main__":
    Controller(Telling(), hostname="127.0.0.1", port=MAIL_PORT).start()
    Event().wait()
