"""Credentials of machines."""

from typing import Final

from flask.cli import AppGroup

commands: Final = AppGroup("api-keys", help="Credentials of machines.")
