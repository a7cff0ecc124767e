"""The libraries that every web process needs, imported once by gunicorn's master, before it forks (ADR 0047)."""

import gc
from importlib import import_module
from typing import Final

LIBRARIES: Final = (
    "PIL.ImageDraw",
    "argon2",
    "botocore.session",
    "celery",
    "celery.app.base",
    "celery.worker",
    "email_validator",
    "flask",
    "flask_caching",
    "flask_limiter",
    "flask_migrate",
    "flask_sqlalchemy",
    "flask_swagger_ui",
    "isal.igzip",
    "jinja2",
    "prometheus_flask_exporter",
    "psycopg",
    "pydantic_settings",
    "redis.asyncio",
    "smtplib",
    "sqlalchemy.dialects.postgresql.psycopg",
    "structlog",
)
"""What takes long to import and does nothing but that when it is."""


def load() -> None:
    """Import them, and have the collector leave alone what is there then: memory that nobody writes stays shared."""
    for name in LIBRARIES:
        import_module(name)
    gc.freeze()
