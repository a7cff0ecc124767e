"""What operators type: ``flask <group> <command>``."""

from typing import Final

from flask import Flask
from flask.cli import AppGroup

from dealradar.cli import api_keys, users

GROUPS: Final[tuple[AppGroup, ...]] = (users.commands, api_keys.commands)


def register(app: Flask) -> None:
    """Make the groups of commands known to ``flask``."""
    for group in GROUPS:
        app.cli.add_command(group)
