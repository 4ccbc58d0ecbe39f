"""Where log lines go: to the terminal or the journal, all of them through one door."""

from typing import Any


def logging_config(log_format: str) -> dict[str, Any]:
    """For logging.config, of the site, its worker and its web server alike; `log_format` is line or json."""
    formatters = {"line": "LineFormatter", "json": "JsonFormatter"}
    to_terminal = {"handlers": ["terminal"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"few": {"()": "clinic_site.logs.limits.AFewAMinute"}},
        "formatters": {name: {"()": f"clinic_site.logs.formats.{formatter}"} for name, formatter in formatters.items()},
        "handlers": {
            "terminal": {"class": "logging.StreamHandler", "formatter": log_format, "filters": ["few"]},
        },
        "root": {"handlers": ["terminal"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "gunicorn.error": to_terminal | {"level": "INFO"},
            "huey": to_terminal | {"level": "WARNING"},
        },
    }
