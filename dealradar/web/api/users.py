"""People over HTTP."""

from dealradar.domain import users
from dealradar.domain.users import UserOut
from dealradar.web.endpoint import Routes

routes = Routes("users")


@routes.get("/users/<int:user_id>")
def get(user_id: int) -> UserOut:
    """One person's public profile and counts."""
    return users.get(user_id)
