"""Which paths a wish to warm is about."""

from dealradar.cache import StoreUnavailableError
from dealradar.domain.errors import BusyError
from dealradar.httpcache import stores
from dealradar.httpcache.control import paths
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
        BusyError: The store, which knows, can't be asked.
    """
    try:
        asked = [path for path in stores.most_asked(count if of is None else MAX_WARMED) if _is_public(path)]
    except StoreUnavailableError:
        raise BusyError("The cache store, which knows what is asked for most, can't be asked just now.") from None
    return [path for path in asked if of in {None, _endpoint(path)}][:count]


def _endpoint(path: str) -> str:
    return paths.policy_of(path.partition("?")[0]).endpoint


def _is_public(path: str) -> bool:
    """Whether *path* may be warmed: what comes out of the store is believed no more than what a person sends."""
    try:
        paths.check_public(path)
    except ValueError:
        return False
    return True
