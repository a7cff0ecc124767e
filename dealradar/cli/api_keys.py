"""Credentials of machines, as operators hand them out and take them back."""

from datetime import UTC, datetime, timedelta
from typing import Final

import click
from flask.cli import AppGroup

from dealradar.cli.refusals import in_plain_words
from dealradar.domain.users import api_keys
from dealradar.domain.users.api_keys import ApiKeyOut
from dealradar.invalidation import transaction

commands: Final = AppGroup("api-keys", help="Credentials of machines.")


@commands.command("create")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help=f"One of {', '.join(api_keys.SCOPES)}; repeat it."
)
@click.option("--days", type=click.IntRange(1, 3_650), help="How long it is good; for ever unless given.")
def create(name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a key and print its secret, which is not kept and can't be shown again."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    with in_plain_words(), transaction():
        secret = api_keys.create(name, scopes, expires_at=expires_at)
    click.echo(secret)


@commands.command("list")
def listing() -> None:
    """Print each key: its name, how its secret begins, what it may do, and whether it still may."""
    for key in api_keys.listing():
        click.echo(f"{key.name}  {key.prefix}…  {','.join(key.scopes)}  {_state(key, datetime.now(UTC))}")


@commands.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """Make a key worth nothing, at once."""
    with in_plain_words(), transaction():
        api_keys.revoke(name)
    click.echo(f"{name} is revoked.")


def _state(key: ApiKeyOut, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at is not None:
        return f"{'expired' if key.expires_at <= now else 'expires'} {key.expires_at:%Y-%m-%d}"
    return "good for ever"
