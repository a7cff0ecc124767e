"""The entry of gunicorn, and of any other WSGI server."""

import sys

from dealradar.app import create_app
from dealradar.config import ConfigError
from dealradar.fastlane import middleware

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"DealRadar can't start:\n{error}")
middleware.put_before(app)
