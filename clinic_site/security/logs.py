"""What a log line may say."""

import logging
import re

SECRET = re.compile(r"(?<=/)[\w~-]{20,}(?=/)", re.ASCII)


class MaskPrivateLinks(logging.Filter):
    """Takes the secret part out of addresses: who reads a log must not be able to open a patient's page."""

    def filter(self, record):
        record.msg = mask(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(mask(value) for value in record.args)
        return True


def mask(value):
    """The same text with every path segment of 20 or more letters, as private and enrolment links have, left out."""
    return SECRET.sub("…", value) if isinstance(value, str) else value
