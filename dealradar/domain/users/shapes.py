"""What the world sees of people, and what they send of themselves."""

from dealradar.domain.shapes import Output
from dealradar.domain.users.models import Role


class AuthorOut(Output):
    """Who wrote something: what a page shows beside it."""

    id: int
    username: str
    display_name: str
    reputation: int
    role: Role
