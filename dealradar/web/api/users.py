"""People over HTTP."""

from dealradar.domain import users
from dealradar.domain.shapes import Page
from dealradar.domain.users import UserOut, UserQuery
from dealradar.security.permissions import MODERATOR
from dealradar.web.endpoint import Routes

routes = Routes("users")


@routes.get("/users", who=MODERATOR)
def listing(query: UserQuery) -> Page[UserOut]:
    """List people, who joined last first; by a part of their name, or by what moderators thought of them."""
    return users.listing(query)


@routes.get("/users/<int:user_id>")
def get(user_id: int) -> UserOut:
    """One person's public profile and counts."""
    return users.get(user_id)
