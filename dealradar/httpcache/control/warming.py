"""Which paths a wish to warm is about."""

from heapq import nlargest
from operator import itemgetter

from dealradar.cache import StoreUnavailableError
from dealradar.domain.errors import BusyError
from dealradar.httpcache import stores
from dealradar.httpcache.control import hot_pages, paths
from dealradar.httpcache.control.jobs import Kind, Wanted
from dealradar.httpcache.control.shapes import MAX_WARMED, Warming


def wanted(wish: Warming) -> Wanted:
    """Return the job that *wish* is.

    Raises:
        BusyError: It is about what is asked for most, and the store, which knows, can't be asked.
    """
    chosen = wish.paths if wish.top is None else most_asked(wish.top, of=wish.endpoint)
    return Wanted(Kind.WARM, paths=tuple(dict.fromkeys(chosen)))


def most_asked(count: int, *, of: str | None = None) -> list[str]:
    """Return up to *count* public paths, as below ``/api``, those in most demand first; only those *of* an endpoint.

    Of an endpoint there are only those that are among the `MAX_WARMED` in most demand.

    Raises:
        BusyError: The store, which knows best, can't be asked.
    """
    asked = in_demand(count if of is None else MAX_WARMED)
    return [path for path in asked if of in {None, _endpoint(path)}][:count]


def counted_lately(count: int) -> dict[str, float]:
    """Return what `in_demand` does, as far as the store has counted it since it was flushed.

    Raises:
        BusyError: The store can't be asked.
    """
    try:
        return {path: demand for path, demand in stores.most_asked(count).items() if _is_public(path)}
    except StoreUnavailableError:
        raise BusyError("The cache store, which knows what is asked for most, can't be asked just now.") from None


def in_demand(count: int) -> dict[str, float]:
    """Return up to *count* public paths, those in most demand first, and how often each was asked for lately.

    What the store has counted, and what is remembered of that from before it was flushed.

    Raises:
        BusyError: The store, which knows best, can't be asked.
    """
    counted, remembered = counted_lately(count), hot_pages.demanded(count)
    demand = {path: max(counted.get(path, 0.0), remembered.get(path, 0.0)) for path in {**counted, **remembered}}
    return dict(nlargest(count, demand.items(), key=itemgetter(1)))


def learn() -> int:
    """Have the database remember what the store has counted; return how many paths it knows. The caller commits.

    While the store can't be asked nothing is learned, nothing fades, and 0 is returned.
    """
    try:
        counted = counted_lately(hot_pages.MAX_KEPT)
    except BusyError:
        return 0
    return hot_pages.learn(counted)


def _endpoint(path: str) -> str:
    return paths.policy_of(path.partition("?")[0]).endpoint


def _is_public(path: str) -> bool:
    """Whether *path* may be warmed: what comes out of the store is believed no more than what a person sends."""
    try:
        paths.check_public(path)
    except ValueError:
        return False
    return True
