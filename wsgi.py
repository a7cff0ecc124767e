"""gunicorn's entry."""

import sys

from dealradar.app import create_app
from dealradar.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"DealRadar can't start:\n{error}")
