"""How does the server write its log, and what never gets into it?

One line per event: JSON for machines, coloured text on a terminal (LOG_FORMAT=json|console). Values under
keys that may hold a secret are replaced before any renderer sees them; query strings and bodies are never
logged.
"""

import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

SECRET_WORDS = ("password", "token", "secret", "authorization", "cookie", "signing_key", "private_key")
HIDDEN = "(hidden)"


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every key that sounds like a secret, at any depth of plain dictionaries."""
    for key, value in event.items():
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = HIDDEN
        elif isinstance(value, dict):
            event[key] = hide_secrets(None, "", dict(value))
    return event


def build_logging(log_format: str, level: str) -> dict[str, Any]:
    """Django's LOGGING; also points structlog at it. On a terminal only what needs attention."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    is_json = log_format == "json" or (not log_format and not sys.stderr.isatty())
    level = level or ("INFO" if is_json else "WARNING")
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if is_json:
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        last += [structlog.dev.ConsoleRenderer()]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": last,
                "foreign_pre_chain": [*shared, structlog.stdlib.ExtraAdder(allow=[])],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers print a second time and mail administrators.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # Answers below 500 are in our own request line.
            "django.request": {"level": "ERROR"},
        },
    }
