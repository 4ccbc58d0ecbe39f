"""A real mail server on loopback, which keeps what it takes and can refuse, delay and hang up."""

import asyncio
import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

NO_SUCH_USER = "550 5.1.1 No such user here"


class Mailbox(Message):
    """
    A mail server on loopback that keeps what it takes.

    While `refusal` is set, it answers with that; while `slow` is, only after so many seconds; while `drops` is, it
    hangs up instead of answering, 'before' or 'after' it took the message. Nobody has one of the addresses in `dead`.
    """

    def __init__(self):
        super().__init__()
        self.messages, self.dead = [], set()
        self.refusal, self.slow, self.drops = "", 0, ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.dead:
            return NO_SUCH_USER
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refusal:
            return self.refusal
        await asyncio.sleep(self.slow)
        if self.drops != "before":
            answer = await super().handle_DATA(server, session, envelope)
        if self.drops:
            server.transport.abort()
            return "421 gone"
        return answer

    def handle_message(self, message):
        self.messages.append(message)


@pytest.fixture
def mail_server(settings):
    """Real SMTP: start() and stop() it; `.box.messages` holds what arrived."""

    class Server(Controller):
        def stop(self, *args, **kwargs):
            if self._thread is not None:
                super().stop(*args, **kwargs)

    box = Mailbox()
    server = Server(box, hostname="127.0.0.1", port=_free_port())
    server.box = box
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    yield server
    server.stop()
    server.loop.close()  # also that of one that was never started


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
