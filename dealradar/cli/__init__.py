"""What operators type: ``flask <command>``."""

from typing import Final

from click import Command
from flask import Flask

from dealradar.cli import alerts, api_keys, cache, db_indexes, imports, monitoring, recount, seed, users

COMMANDS: Final[tuple[Command, ...]] = (
    users.commands,
    api_keys.commands,
    cache.commands,
    alerts.commands,
    monitoring.commands,
    db_indexes.commands,
    imports.import_reviews,
    recount.command,
    seed.command,
)


def register(app: Flask) -> None:
    """Make the commands known to ``flask``."""
    for command in COMMANDS:
        app.cli.add_command(command)
