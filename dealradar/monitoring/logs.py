"""Logs: one JSON object a line for machines, readable lines in a terminal.

Never a secret or a body, and so never the variables of a traceback either.
"""

import logging
import sys
from io import TextIOBase
from typing import Final, TextIO, cast

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import ExceptionRenderer, JSONRenderer
from structlog.tracebacks import ExceptionDictTransformer

from dealradar.config import Settings

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class StandardError(TextIOBase):
    """Standard error as it is when something is written, not when the log was configured."""

    def write(self, text: str, /) -> int:
        """Write *text*; return how many characters that is."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Have what was written out."""
        sys.stderr.flush()


def configure(settings: Settings) -> None:
    """Send what is logged to standard error, from *settings*' level on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(_for_machines() if settings.is_production else _for_people()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.log_level]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", StandardError())),
    )


def _for_machines() -> list[structlog.typing.Processor]:
    return [ExceptionRenderer(ExceptionDictTransformer(show_locals=False)), JSONRenderer()]


def _for_people() -> list[structlog.typing.Processor]:
    return [ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain_traceback)]
