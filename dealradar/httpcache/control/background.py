"""What each process does for the cache by the clock."""

from dealradar.httpcache import demand, overrides, stores
from dealradar.httpcache.control import changes


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
