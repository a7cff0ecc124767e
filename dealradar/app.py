"""The application factory: read top to bottom, it is the table of contents of the program."""

from functools import partial
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy.engine import make_url

from dealradar import background, cli, invalidation, jobs
from dealradar.cache import Event
from dealradar.config import Settings
from dealradar.domain import (
    lost_connections,
    reading,
    registry,  # noqa: F401  the models, for whoever looks at the metadata
)
from dealradar.domain.users import Passwords
from dealradar.extensions import REPLICA, cache, celery, db, migrate
from dealradar.fastlane import connecting
from dealradar.httpcache import demand, origins, overrides, trace
from dealradar.httpcache.trace import Trace
from dealradar.invalidation import missed
from dealradar.monitoring import http_measures, logs, requests, spending, store_measures
from dealradar.monitoring.alerts import watcher
from dealradar.web import wiring

MIGRATIONS: Final = Path(__file__).parent.parent / "migrations"
BACKEND: Final = "dealradar.cache.backend.TaggedRedisCache"


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application that *settings* describe; without them, those of the environment.

    Raises:
        ConfigError: A variable of the environment has a value that is not allowed.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None)
    app.extensions["settings"] = settings
    app.extensions["passwords"] = Passwords(max_concurrent=settings.password_hash_max_concurrent)
    logs.configure(settings)
    http_measures.connect(app)
    _connect_database(app, settings)
    _connect_cache(app, settings)
    invalidation.connect(app, settings)
    overrides.connect(app)
    demand.connect(app)
    watcher.connect(app)
    jobs.configure(celery, broker_url=settings.celery_broker_url)
    wiring.register(app, settings)
    connecting.connect(app, settings)
    cli.register(app)
    app.extensions["note_refused"] = partial(requests.note_refused, app)
    app.extensions["begin_serving"] = partial(background.begin_serving, app)
    app.extensions["end_serving"] = partial(background.end, app)
    return app


def _connect_database(app: Flask, settings: Settings) -> None:
    options = {
        "pool_size": settings.database_pool_size,
        "max_overflow": 0,
        "pool_timeout": settings.database_connect_timeout_s,
        "pool_use_lifo": True,  # the one used last has its statements prepared, and its server process is still warm
        "skip_autocommit_rollback": True,  # there is nothing to roll back
        "hide_parameters": True,  # an error that is logged must not say whose password or address it was about
        "connect_args": {
            "connect_timeout": settings.database_connect_timeout_s,
            "options": f"-c statement_timeout={settings.database_statement_timeout_ms} -c timezone=UTC",
        },
    }
    app.config["SQLALCHEMY_DATABASE_URI"] = make_url(settings.database_url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    if settings.database_replica_url:
        app.config["SQLALCHEMY_BINDS"] = {REPLICA: options | {"url": make_url(settings.database_replica_url)}}
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            lost_connections.watch(engine)
            reading.prepare(engine)
            spending.listen(engine)
    migrate.init_app(app, db, directory=str(MIGRATIONS))


def _connect_cache(app: Flask, settings: Settings) -> None:
    app.config["CACHE_TYPE"] = BACKEND if settings.cache_enabled else "NullCache"
    app.config["CACHE_NO_NULL_WARNING"] = True
    app.config["CACHE_DEFAULT_TIMEOUT"] = settings.cache_default_ttl_s
    app.config["CACHE_REDIS_URL"] = settings.redis_url
    app.config["CACHE_TIMEOUT_S"] = settings.cache_timeout_ms / 1_000
    app.config["CACHE_MAX_ENTRY_BYTES"] = settings.cache_max_entry_bytes
    tracing = trace.connect(app, settings)
    app.config["CACHE_OBSERVER"] = store_measures.observe if tracing is None else partial(_observe, tracing)
    app.config["CACHE_MISSED"] = partial(missed, app)
    cache.init_app(app)
    origins.connect(app, settings, stored=None if tracing is None else tracing.stored)


def _observe(tracing: Trace, event: Event) -> None:
    store_measures.observe(event)
    tracing.observe(event)
