"""What each process does beside its requests and tasks."""

from typing import Final

from flask import Flask

from dealradar.httpcache import demand, overrides, stores
from dealradar.httpcache.control import changes
from dealradar.httpcache.control.rounds import Rounds

POLICIES_EVERY_S: Final = 2.0
"""With a slow statement on top, a change is in force everywhere within 5 s."""

DEMAND_EVERY_S: Final = 5.0


def begin_serving(app: Flask) -> None:
    """Begin what a process that serves *app* does, and have the cache ready for it; in that process, once."""
    Rounds(app, follow_policies, every_s=POLICIES_EVERY_S).begin()
    with app.app_context():
        stores.await_first_recovery()
    Rounds(app, tell_demand, every_s=DEMAND_EVERY_S).begin()


def begin_working(app: Flask) -> None:
    """Begin what a process that does background tasks does, which answers what it warms; in that process, once."""
    Rounds(app, follow_policies, every_s=POLICIES_EVERY_S).begin()


def tell_demand() -> None:
    """Tell the store what was asked for here since it was last told.

    Raises:
        StoreUnavailableError: It can't be told, and the counts are lost.
    """
    counts = demand.current().take()
    stores.tally(hits=counts.hits, asked=counts.asked)


def follow_policies() -> None:
    """Let what the database says of the policies hold in this process.

    Raises:
        SQLAlchemyError: It can't be asked; what held goes on to.
    """
    overrides.current().put({endpoint: known.override for endpoint, known in changes.standing().items()})
