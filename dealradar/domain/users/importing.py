"""People whom an import makes up, since what they wrote needs an author."""

from collections.abc import Collection
from dataclasses import dataclass

from dealradar.domain import arrivals
from dealradar.domain.arrivals import Arrivals
from dealradar.domain.users.models import User


@dataclass(frozen=True)
class Stranger:
    """The author of something imported: a member who can't log in."""

    username: str
    display_name: str


def bring_in(strangers: Collection[Stranger]) -> Arrivals:
    """Make those *strangers* who are not there yet; the caller commits.

    Whose name a registered person has is left out of the ids: nobody is given what they did not write.
    """
    rows = [
        {"username": stranger.username, "display_name": stranger.display_name, "is_anonymous": True}
        for stranger in strangers
    ]
    return arrivals.bring_in(User.username, rows, User.is_anonymous)
