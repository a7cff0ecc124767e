"""Logs: one JSON object a line for machines, readable lines in a terminal; what libraries log takes the same form.

Never a secret or a body, and so never the variables of a traceback either, nor the rows that PostgreSQL quotes.
"""

import logging
import re
import sys
from io import TextIOBase
from typing import Any, Final, TextIO, cast

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import ExceptionRenderer, JSONRenderer
from structlog.stdlib import ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

from dealradar.config import Settings

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
SERVERS: Final = ("gunicorn", "gunicorn.error", "celery")
"""Who else may say what they do; of all other libraries, what is a warning or worse is heard."""

_QUOTED: Final = re.compile(r"\n(DETAIL|CONTEXT): .*", re.DOTALL)


class StandardError(TextIOBase):
    """Standard error as it is when something is written, not when the log was configured."""

    def write(self, text: str, /) -> int:
        """Write *text*; return how many characters that is."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Have what was written out."""
        sys.stderr.flush()


class Handler(logging.StreamHandler[TextIO]):
    """Where the lines of libraries go: the same way as ours."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__(cast("TextIO", StandardError()))
        self.setFormatter(formatter)


def configure(settings: Settings) -> None:
    """Send what is logged to standard error, from *settings*' level on."""
    rendering = _for_machines() if settings.is_production else _for_people()
    structlog.configure(
        processors=[*_COMMON, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.log_level]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", StandardError())),
    )
    bare = ProcessorFormatter.remove_processors_meta
    _take_over(ProcessorFormatter(processors=[bare, *rendering], foreign_pre_chain=_FOREIGN))
    for name in SERVERS:
        logging.getLogger(name).setLevel(max(logging.INFO, LEVELS[settings.log_level]))


_COMMON: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
_FOREIGN: Final = (*_COMMON, structlog.stdlib.add_logger_name)


def _take_over(formatter: logging.Formatter) -> None:
    root = logging.getLogger()
    for ours in [handler for handler in root.handlers if isinstance(handler, Handler)]:
        root.removeHandler(ours)
    root.addHandler(Handler(formatter))


def _for_machines() -> list[Processor]:
    return [ExceptionRenderer(ExceptionDictTransformer(show_locals=False)), _unquoted, JSONRenderer()]


def _for_people() -> list[Processor]:
    return [ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain_traceback)]


def _unquoted(_logger: Any, _name: str, event: EventDict) -> EventDict:  # noqa: ANN401  whatever logs
    """Return *event* without the values of rows, which PostgreSQL quotes where it says why it refused them."""
    for error in event.get("exception", ()):
        error["exc_value"] = _QUOTED.sub("", error["exc_value"])
    return event
