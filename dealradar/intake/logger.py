"""gunicorn's own lines, in the form of all others."""

import re
from typing import Any, Final

from gunicorn import glogging
from gunicorn.config import Config

_MALFORMED: Final = re.compile(r"(Invalid request from ip=\S*):\s.*", re.DOTALL)


class PassingLogger(glogging.Logger):  # type: ignore[misc]  # gunicorn has no types
    """Passes what it is told on to where the log was configured to go (`dealradar.monitoring.logs`)."""

    def setup(self, cfg: Config) -> None:
        """Do without handlers of its own."""
        super().setup(cfg)
        for handler in list(self.error_log.handlers):
            self.error_log.removeHandler(handler)
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  whatever logging takes
        """Warn, but without quoting what somebody sent that is no request: it may well be a password."""
        super().warning(_MALFORMED.sub(r"\1", msg), *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  likewise
        """Tell of a fault, but not with the query of the request that met it."""
        super().exception(msg, *(_path(one) if isinstance(one, str) else one for one in args), **kwargs)


def _path(target: str) -> str:
    return target.partition("?")[0]
