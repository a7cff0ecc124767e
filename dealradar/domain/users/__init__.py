"""People: who they are and how they prove it."""

from dealradar.domain.users import proofs, tokens
from dealradar.domain.users.actors import Actor
from dealradar.domain.users.models import Role, Standing
from dealradar.domain.users.shapes import AuthorOut

__all__ = ["Actor", "AuthorOut", "Role", "Standing", "proofs", "tokens"]
