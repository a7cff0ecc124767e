"""The application factory: read top to bottom, it is the table of contents of the program."""

from flask import Flask
from sqlalchemy.engine import make_url

from dealradar.config import Settings
from dealradar.extensions import db, migrate


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application that *settings* describe; without them, those of the environment.

    Raises:
        ConfigError: A variable of the environment has a value that is not allowed.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None)
    app.extensions["settings"] = settings
    _connect_database(app, settings)
    return app


def _connect_database(app: Flask, settings: Settings) -> None:
    timeout_ms = settings.database_statement_timeout_ms
    app.config["SQLALCHEMY_DATABASE_URI"] = make_url(settings.database_url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": settings.database_pool_size,
        "max_overflow": 0,
        "pool_timeout": settings.database_connect_timeout_s,
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": settings.database_connect_timeout_s,
            "options": f"-c statement_timeout={timeout_ms} -c timezone=UTC",
        },
    }
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations")
