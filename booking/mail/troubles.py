"""What an error of sending means: whether to try again, and what a person reads about it."""

import re
import smtplib
import socket

from booking.models.outbox import Trouble

# Codes of RFC 5321, 4.2.3. An enhanced code (RFC 3463), where the server gives one, says more than they do.
NO_SUCH_MAILBOX = {550, 551, 553}
PERMANENT = range(500, 600)
OUR_SIGN_IN = {530, 534, 535, 538}
ENHANCED = re.compile(rb"\b5\.(\d)\.\d")
OF_THE_NETWORK = (smtplib.SMTPException, ConnectionError, TimeoutError, socket.gaierror)
ABOUT_ADDRESS = b"1"  # the second digit of an enhanced code


def trouble_of(error) -> Trouble:
    """The trouble behind an error. What the mail server of the address refuses for good is told apart from the rest."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _refusal(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPDataError):
        return _refusal(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused):
        return Trouble.SIGN_IN
    return Trouble.NOT_REACHED if isinstance(error, OF_THE_NETWORK) else Trouble.OURS


def _refusal(code, words):
    if code in OUR_SIGN_IN:
        return Trouble.SIGN_IN
    if code not in PERMANENT:
        return Trouble.NOT_NOW
    words = words if isinstance(words, bytes) else str(words).encode()
    enhanced = ENHANCED.search(words)
    about_address = enhanced[1] == ABOUT_ADDRESS if enhanced else code in NO_SUCH_MAILBOX
    return Trouble.NO_SUCH_ADDRESS if about_address else Trouble.REFUSED
