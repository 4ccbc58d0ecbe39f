"""gunicorn's own lines, through the same door as all others."""

import logging
from logging.config import dictConfig
from os import environ

from gunicorn.glogging import Logger

from clinic_site.logs.configuration import logging_config


class WebServerLogger(Logger):
    """What is no HTTP is told without what it was."""

    def setup(self, cfg):
        self.error_log = logging.getLogger("gunicorn.error")
        self.access_log = logging.getLogger("gunicorn.access")
        # What is bad is named by the settings, together with all else.
        dictConfig(logging_config("json" if environ.get("LOG_FORMAT") == "json" else "line"))

    def warning(self, msg, *args, **kwargs):
        if str(msg).startswith("Invalid request"):
            msg, args = "A request that is not HTTP was refused.", ()
        super().warning(msg, *args, **kwargs)
