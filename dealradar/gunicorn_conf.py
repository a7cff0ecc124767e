"""How gunicorn serves the site: ``gunicorn --config python:dealradar.gunicorn_conf wsgi:app``."""

import sys
from typing import Any, Final

from gunicorn import util

from dealradar.config import ConfigError, Settings
from dealradar.intake import connections, libraries
from dealradar.intake.arrivals import LINE_BYTES, Bounds
from dealradar.intake.fastlane import FastLaneWorker
from dealradar.intake.logger import PassingLogger
from dealradar.intake.refusals import REFUSALS
from dealradar.intake.succession import SUCCESSION
from dealradar.monitoring import logs, multiprocess

try:
    _settings: Final = Settings.from_environment()
except ConfigError as error:
    sys.exit(f"DealRadar can't start:\n{error}")

LARGE_AT_ONCE: Final = 1_024
"""So many of the largest requests may be coming in to a process at once; of small ones as many as connect."""

_host: Final = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

bind: Final = f"{_host}:{_settings.port}"
workers: Final = _settings.web_concurrency
worker_class: Final = f"{FastLaneWorker.__module__}.{FastLaneWorker.__name__}"
threads: Final = _settings.web_threads
timeout: Final = 30
graceful_timeout: Final = 5
keepalive: Final = 5
worker_connections: Final = connections.allowed()
loglevel: Final = _settings.log_level
limit_request_line: Final = LINE_BYTES
FastLaneWorker.bounds = Bounds(
    body_bytes=_settings.max_body_bytes,
    together_bytes=LARGE_AT_ONCE * _settings.max_body_bytes,
    whole_within_s=float(_settings.request_timeout_s),
)

# Whom to believe is decided in one place (dealradar/security/proxies.py); left to itself, gunicorn takes the scheme
# from whoever calls from the loopback.
forwarded_allow_ips: Final = ",".join(str(network) for network in _settings.trusted_proxies)
secure_scheme_headers: Final[dict[str, str]] = {}
forwarder_headers: Final = ""

# The application logs its requests itself, with what the cache did, and gunicorn's lines take the same form.
accesslog: Final = None
logger_class: Final = f"{PassingLogger.__module__}.{PassingLogger.__name__}"
logs.configure(_settings)

# Nobody here uses it, and it would lie in a folder that all clones of a user share.
control_socket_disable: Final = True


def on_starting(_server: Any) -> None:  # noqa: ANN401  gunicorn has no types
    """Import what isn't ours once for all workers; a HUP loads our own code anew, not the libraries'."""
    libraries.load()


def post_worker_init(worker: Any) -> None:  # noqa: ANN401  gunicorn has no types
    """Begin what a process that serves does beside its requests."""
    # Reached through the application: the master imports none of it, so that a HUP loads new code.
    REFUSALS.listener = worker.wsgi.extensions["note_refused"]
    worker.wsgi.extensions["begin_serving"]()
    SUCCESSION.be_ready(worker.age)


def on_reload(server: Any) -> None:  # noqa: ANN401  gunicorn has no types
    """Have the present workers serve until those that are forked next can."""
    SUCCESSION.begin(server.worker_age)


def worker_exit(_server: Any, worker: Any) -> None:  # noqa: ANN401  gunicorn has no types
    """Have a worker that ends in good order write down what it still has to; one that couldn't load has no more."""
    if worker.wsgi is not None:
        worker.wsgi.extensions["end_serving"]()


def child_exit(_server: Any, worker: Any) -> None:  # noqa: ANN401  gunicorn has no types
    """Take a dead worker's gauges out of the sums; its counters stay."""
    multiprocess.forget(worker.pid)


util.write_error = REFUSALS.write  # gunicorn would send a page of HTML and has no setting for it
