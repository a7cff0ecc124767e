"""People, as operators make and promote them."""

from typing import Final

import click
from flask import current_app
from flask.cli import AppGroup

from dealradar.cli.refusals import in_plain_words
from dealradar.domain import users
from dealradar.domain.users import Registration, Role
from dealradar.invalidation import transaction

commands: Final = AppGroup("users", help="People and their roles.")


@commands.command("create-admin")
@click.argument("username")
@click.argument("email")
@click.password_option(help="Asked for if it isn't given.")
def create_admin(username: str, email: str, password: str) -> None:
    """Make an account that may do everything."""
    with in_plain_words(), transaction():
        wish = Registration(username=username, email=email, password=password)
        users.join(wish, role=Role.ADMIN, passwords=current_app.extensions["passwords"])
    click.echo(f"{username} is an admin now.")


@commands.command("set-role")
@click.argument("username")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def set_role(username: str, role: str) -> None:
    """Give somebody a role, in force with their next request."""
    with in_plain_words(), transaction():
        users.set_role(username, Role(role))
    click.echo(f"{username} is {role} now.")
