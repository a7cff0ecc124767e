"""People: who they are, how they prove it, and how they are judged."""

from dealradar.domain.users import api_keys, credentials, proofs, tokens
from dealradar.domain.users.accounts import change, change_password, join, log_in, register, set_role
from dealradar.domain.users.actors import Actor
from dealradar.domain.users.importing import Stranger, bring_in
from dealradar.domain.users.models import Role, Standing
from dealradar.domain.users.passwords import Passwords
from dealradar.domain.users.queries import addresses_for_alerts, get, listing, own
from dealradar.domain.users.reputations import refresh_reputations
from dealradar.domain.users.shapes import (
    AuthorOut,
    LogIn,
    OwnChange,
    OwnOut,
    PasswordChange,
    Registration,
    SessionOut,
    UserOut,
    UserQuery,
)
from dealradar.domain.users.standings import ban, unban, warn

__all__ = [
    "Actor",
    "AuthorOut",
    "LogIn",
    "OwnChange",
    "OwnOut",
    "PasswordChange",
    "Passwords",
    "Registration",
    "Role",
    "SessionOut",
    "Standing",
    "Stranger",
    "UserOut",
    "UserQuery",
    "addresses_for_alerts",
    "api_keys",
    "ban",
    "bring_in",
    "change",
    "change_password",
    "credentials",
    "get",
    "join",
    "listing",
    "log_in",
    "own",
    "proofs",
    "refresh_reputations",
    "register",
    "set_role",
    "tokens",
    "unban",
    "warn",
]
