"""People, as operators see them."""

from typing import Final

from flask.cli import AppGroup

commands: Final = AppGroup("users", help="People and their roles.")
