"""Celery's entry: ``celery --app celery_worker worker``, and ``beat`` beside it, once."""

import sys
from typing import Final

from celery import Celery

import workers
from dealradar import extensions
from dealradar.app import create_app
from dealradar.config import ConfigError

try:
    _app = create_app()
except ConfigError as error:
    sys.exit(f"DealRadar's workers can't start:\n{error}")

celery_app: Final[Celery] = extensions.celery
workers.register(_app, celery_app)
